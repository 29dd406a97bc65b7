"""Prepared queries give what the same querysets give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from snapshots.models import Media, Snapshot, Task
from snapshots.models.queries.prepared_query import Prepared
from snapshots.services.security import access_keys
from snapshots.services.tasks import listing


def same(prepared: Prepared[Any], value: object) -> None:
    found, wanted = list(prepared.all(value)), list(prepared._rows(value))
    assert wanted
    assert [row.__dict__ | {"_state": None} for row in found] == [
        row.__dict__ | {"_state": None} for row in wanted
    ]
    for row in found:
        assert (row._state.db, row._state.adding) == ("default", False)


def test_rows_are_those_of_the_querysets(
    make_media: Callable[..., Media], make_snapshot: Callable[..., Snapshot], admin_user: User
) -> None:
    media = make_media(frame_index=b"index")
    snapshot = make_snapshot(media)
    task = Task.objects.get()
    key = access_keys.create_key(user=admin_user).key
    same(listing._TASK, task.task_id)
    same(listing._OPERATIONS, task.pk)
    same(listing._SNAPSHOTS, task.pk)
    same(listing._MEDIA, media.pk)
    same(access_keys._KEY, key.secret_id)
    same(access_keys._USER, admin_user.pk)
    (found,) = listing._SNAPSHOTS.all(task.pk)
    assert found == snapshot
    assert found.time_ms == 1000
    assert found.key_frame is True


def test_what_is_deferred_is_read_when_asked_for(make_media: Callable[..., Media]) -> None:
    media = make_media(frame_index=b"index")
    found = listing._MEDIA.first(media.pk)
    assert found is not None
    assert found.get_deferred_fields() == {"frame_index"}
    assert bytes(found.frame_index or b"") == b"index"


def test_nothing_is_nothing(db: None) -> None:
    assert listing._TASK.first("no-such") is None
    assert list(listing._OPERATIONS.all(0)) == []


def test_more_parameters_than_one_are_refused(db: None) -> None:
    with pytest.raises(TypeError):
        Prepared(lambda name: Media.objects.filter(name=name, status="ready"), "").all("x")
