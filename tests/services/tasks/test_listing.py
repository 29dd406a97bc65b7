"""A task's detail: in SQL of its own, and the same rows as by Django's querysets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from snapshots.errors import NotFound
from snapshots.models import Media, Snapshot, Task
from snapshots.services import presentation
from snapshots.services.tasks import listing


def test_detail_equals_what_querysets_read(
    make_media: Callable[..., Media], make_snapshot: Callable[..., Snapshot]
) -> None:
    media = make_media(frame_index=b"index")
    snapshot = make_snapshot(media, key_frame=True)
    task = Task.objects.for_reading().get()
    found = listing.detail(task_id=task.task_id)
    assert found.task == presentation.task(task)
    assert found.media == presentation.media_facts(media)
    (point,) = found.task["operations"][0]["points"]
    assert point["snapshot"] == {"id": snapshot.pk, **presentation.receipt(snapshot)}
    assert (point["snapshot"]["time_ms"], point["snapshot"]["key_frame"]) == (1000, True)


def test_detail_reads_no_frame_index(
    make_media: Callable[..., Media],
    make_task: Callable[..., Task],
    django_assert_num_queries: Callable[[int], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = make_task(make_media(frame_index=b"index"))
    seen: list[Media] = []

    def media_facts(row: Media) -> dict[str, Any]:
        seen.append(row)
        return {}

    monkeypatch.setattr(presentation, "media_facts", media_facts)
    with django_assert_num_queries(4):  # task, snapshots, operations, media
        listing.detail(task_id=task.task_id)
    assert seen[0].get_deferred_fields() == {"frame_index"}


def test_detail_of_a_task_without_media(
    make_media: Callable[..., Media], make_task: Callable[..., Task]
) -> None:
    task = make_task(make_media())
    Task.objects.update(media=None)
    assert listing.detail(task_id=task.task_id).media is None


def test_unknown_task_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        listing.detail(task_id="no-such")
