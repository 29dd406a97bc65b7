"""The main job end to end, in this process: rows, files and pixels."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image

from snapshots import storage
from snapshots.errors import LeaseLost
from snapshots.models import Event, Media, Snapshot, Task
from snapshots.services import covers, presentation, tasks
from snapshots.services.frames import decoding
from snapshots.services.library import media as media_service
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import CoverSpec, SnapshotSpec
from snapshots.services.work import pipeline
from snapshots.video.info import FrameIndex
from tests.support import storage_paths
from tests.support.processes import decode_children, wait_for
from tests.video.made import numbered

TEN = [f"{n}s" for n in ("0", "0.1", "0.5", "0.9", "1", "1.1", "1.5", "1.7", "1.9", "2")]


def stored(name: str) -> Path:
    return Path(storage_paths.pictures().path(name))


def number_in(name: str) -> int:
    with Image.open(stored(name)) as image:
        return numbered.read_number(np.asarray(image.convert("RGB")))


def submit(media: Media, **specs: object) -> Task:
    return submission.submit(media=media, interface=Task.Interface.REST, **specs)  # type: ignore[arg-type]


def test_request_becomes_exact_pictures(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, TEN)])
    assert pipeline.run_next()

    task.refresh_from_db()
    assert (task.status, task.progress, task.attempts) == ("finished", 100, 1)
    rows = list(Snapshot.objects.filter(operation__task=task).order_by("index"))
    assert [row.at for row in rows] == TEN
    shown = [number_in(row.picture) for row in rows]
    assert shown == [0, 3, 15, 27, 30, 33, 45, 51, 57, 59]
    assert [row.key_frame for row in rows] == [n in (0, 30) for n in shown]
    for row in rows:
        data = stored(row.picture).read_bytes()
        assert (row.size_bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert row.sha256[:32] in row.picture


def test_task_sets_its_cover_when_it_ends(ready_media: Media) -> None:
    assert ready_media.cover_by == Media.CoverBy.AUTO
    automatic = stored(ready_media.cover_picture)
    assert automatic.exists()
    submit(ready_media, covers=[CoverSpec(10, "1s"), CoverSpec(10, "99s")])
    pipeline.run_next()

    media = media_service.get(file_id=ready_media.file_id)
    cover = presentation.cover(media)
    assert cover
    assert (cover["set_by"], cover["at"], cover["template"]) == ("task", "1s", 10)
    assert media.cover_snapshot
    assert number_in(media.cover_snapshot.picture) == 30


@pytest.mark.django_db(transaction=True)
def test_replaced_automatic_cover_can_be_restored(ready_media: Media) -> None:
    automatic = stored(ready_media.cover_picture)
    assert automatic.exists()
    submit(ready_media, covers=[CoverSpec(10, "1s")])
    pipeline.run_next()
    assert automatic.exists()
    change = covers.last_change(media=ready_media)
    assert change is not None
    assert (change.picture, change.by) == (ready_media.cover_picture, "auto")


def test_points_fail_individually_with_their_errors(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s", "99s", "f60", "f59"])])
    pipeline.run_next()
    shape = presentation.task(tasks.get(task_id=task.task_id))
    operation = shape["operations"][0]
    assert (shape["status"], operation["status"]) == ("finished", "partial")
    codes = [(point["error"] or {}).get("code") for point in operation["points"]]
    assert codes == [None, "time_out_of_range", "time_out_of_range", None]


def test_numbered_frames_are_those_of_the_stored_index(ready_media: Media) -> None:
    """An index of every second frame: had it been counted anew, f10 would show frame 10."""
    whole = decoding.frame_index(ready_media)
    assert whole
    halved = FrameIndex(whole.time_base, whole.pts[::2], whole.key_frames[::2])
    Media.objects.update(frame_index=halved.to_bytes())
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["f10", " F29 ", "f30", "1s"])])
    pipeline.run_next()
    rows = Snapshot.objects.filter(operation__task=task).order_by("index")
    assert [row.error_code for row in rows] == ["", "", "time_out_of_range", ""]
    assert [number_in(row.picture) for row in rows if row.picture] == [20, 58, 30]


def test_a_stored_point_that_does_not_parse_fails_alone(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s", " 1s ", "2s"])])
    task.operations.update(at=["0s", " 1s ", "soon"])
    pipeline.run_next()
    rows = Snapshot.objects.filter(operation__task=task).order_by("index")
    assert [row.at for row in rows] == ["0s", " 1s ", "soon"]
    assert [row.error_code for row in rows] == ["", "", "invalid_time_point"]


def test_operation_without_pictures_fails_and_its_task_finishes(
    ready_media: Media,
) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["98s", "99s"])])
    pipeline.run_next()
    shape = presentation.task(tasks.get(task_id=task.task_id))
    assert shape["status"] == "finished"
    assert shape["operations"][0]["status"] == "failed"
    assert shape["operations"][0]["error"]["code"] == "time_out_of_range"


def test_duplicate_points_stay_in_the_requested_order(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["1s", "0s", "1s"])])
    pipeline.run_next()
    rows = Snapshot.objects.filter(operation__task=task).order_by("index")
    assert [number_in(row.picture) for row in rows] == [30, 0, 30]
    assert len({row.picture for row in rows}) == 3


def test_failed_set_replaces_no_current_set(ready_media: Media) -> None:
    first = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])])
    pipeline.run_next()
    submit(ready_media, snapshots=[SnapshotSpec(10, ["99s"])])
    pipeline.run_next()
    current = Snapshot.objects.filter(media=ready_media, is_current=True)
    assert [row.operation.task_id for row in current] == [first.pk]


def test_later_task_has_the_current_set_whichever_ends_first(
    ready_media: Media,
) -> None:
    older = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])], priority=-5)
    newer = submit(ready_media, snapshots=[SnapshotSpec(10, ["1s"])], priority=5)
    pipeline.run_next()
    pipeline.run_next()
    older.refresh_from_db()
    newer.refresh_from_db()
    assert newer.finished_at
    assert older.finished_at
    assert newer.finished_at < older.finished_at
    current = Snapshot.objects.filter(media=ready_media, is_current=True)
    assert [row.operation.task_id for row in current] == [newer.pk]
    assert Snapshot.objects.filter(media=ready_media).count() == 2


def test_operations_with_one_template_share_a_set(ready_media: Media) -> None:
    task = submit(
        ready_media, snapshots=[SnapshotSpec(10, ["0s"]), SnapshotSpec(10, ["1s", "1.5s"])]
    )
    pipeline.run_next()
    current = Snapshot.objects.filter(media=ready_media, is_current=True, operation__task=task)
    assert current.count() == 3


def test_waiting_tasks_run_by_priority(ready_media: Media) -> None:
    tried = [submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])], priority=p) for p in (0, 9)]
    pipeline.run_next()
    assert [task.status for task in Task.objects.order_by("pk")] == ["waiting", "finished"]
    assert len(tried) == 2


def test_end_is_one_event_with_the_task_as_rest_shows_it(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])])
    pipeline.run_next()
    event = Event.objects.get(subject=task.task_id)
    assert (event.kind, event.sequence, event.mode) == ("task.finished", 1, "pull")
    assert event.payload["task"] == presentation.task(tasks.get(task_id=task.task_id))
    assert event.payload["media"]["file_id"] == ready_media.file_id


@pytest.mark.parametrize(("mode", "kinds"), [("none", []), ("change", ["task.changed"] * 3)])
def test_notify_modes(ready_media: Media, mode: str, kinds: list[str]) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s", "1s"])], notify_mode=mode)
    pipeline.run_next()
    events = Event.objects.filter(subject=task.task_id).order_by("sequence")
    expected = [*kinds, "task.finished"] if kinds else []
    assert [event.kind for event in events] == expected


def test_task_with_a_missing_source_fails_with_a_code(ready_media: Media) -> None:
    storage_paths.source_path(ready_media.source).unlink()
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])])
    pipeline.run_next()
    task.refresh_from_db()
    assert (task.status, task.error_code) == ("failed", "unreadable")
    point = presentation.task(tasks.get(task_id=task.task_id))["operations"][0]["points"][0]
    assert (point["status"], point["error"]["code"]) == ("failed", "unreadable")


def test_source_missing_before_probing_fails_with_a_code(
    probing_media: Media,
) -> None:
    storage_paths.source_path(probing_media.source).unlink()
    assert pipeline.probe_next()
    probing_media.refresh_from_db()
    assert (probing_media.status, probing_media.error_code) == ("failed", "unreadable")


def test_losing_the_lease_stops_the_child(
    ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(ready_media, snapshots=[SnapshotSpec(10, TEN)])

    def lost(**_: object) -> None:
        raise LeaseLost

    monkeypatch.setattr(tasks, "record_picture", lost)
    assert pipeline.run_next()
    assert wait_for(lambda: decode_children() == [])


def test_second_attempt_continues_after_recorded_points(ready_media: Media) -> None:
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s", "1s"])])
    pipeline.run_next()
    first = dict(Snapshot.objects.values_list("index", "picture"))
    Snapshot.objects.filter(index=1).delete()
    Task.objects.filter(pk=task.pk).update(status="waiting", finished_at=None)
    pipeline.run_next()
    assert dict(Snapshot.objects.values_list("index", "picture")) == first
    folder = stored(first[0]).parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        Path(name).name for name in first.values()
    )


@pytest.mark.django_db(transaction=True)
def test_media_deleted_during_its_task_leaves_no_picture(
    ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion comes just after a picture was written and before its row."""
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s", "1s"])])
    save = storage.save_picture

    def save_then_delete(name: str, data: bytes) -> None:
        save(name, data)
        media_service.delete(media=Media.objects.get(pk=ready_media.pk))

    monkeypatch.setattr(storage, "save_picture", save_then_delete)
    assert pipeline.run_next()
    task.refresh_from_db()
    assert (task.status, task.error_code) == ("failed", "media_not_found")
    folder = stored(task.task_id)
    assert not folder.exists() or not list(folder.iterdir())


def test_picture_of_a_stale_worker_stays_if_a_row_names_it(
    ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers write the same name; the one that lost its lease must not take it along."""
    task = submit(ready_media, snapshots=[SnapshotSpec(10, ["0s"])])
    save = storage.save_picture

    def save_and_be_overtaken(name: str, data: bytes) -> None:
        save(name, data)
        monkeypatch.setattr(storage, "save_picture", save)
        Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert pipeline.run_next()

    monkeypatch.setattr(storage, "save_picture", save_and_be_overtaken)
    assert pipeline.run_next()
    task.refresh_from_db()
    assert (task.status, task.attempts) == ("finished", 2)
    assert number_in(Snapshot.objects.get(operation__task=task).picture) == 0


def test_nothing_waiting_returns_false(presets: None) -> None:
    assert not pipeline.run_next()
    assert not pipeline.probe_next()


# --- Probing -------------------------------------------------------------------------------------


def test_probing_sets_facts_and_a_first_cover(ready_media: Media) -> None:
    assert (ready_media.status, ready_media.width, ready_media.height) == ("ready", 160, 96)
    assert ready_media.duration_s == pytest.approx(2.0)
    assert len(ready_media.sha256) == 64
    assert ready_media.cover_by == "auto"
    assert ready_media.cover_at.endswith("s")
    shown = number_in(ready_media.cover_picture)
    assert shown == int(float(ready_media.cover_at[:-1]) * 30 + 0.02)
    assert Event.objects.filter(kind="media.ready", subject=ready_media.file_id).count() == 1


def test_no_automatic_cover_if_switched_off(
    probing_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIAHUB_AUTO_COVER", False)
    pipeline.probe_next()
    probing_media.refresh_from_db()
    assert (probing_media.status, probing_media.cover_picture) == ("ready", "")


def test_black_video_gets_no_automatic_cover(presets: None, tmp_path: Path) -> None:
    black = [np.zeros((96, 160, 3), np.uint8)] * 30
    media = media_service.import_file(
        path=numbered.make(tmp_path / "black.mp4", frames=30, pictures=black)
    )
    pipeline.probe_next()
    media.refresh_from_db()
    assert (media.status, media.cover_picture) == ("ready", "")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: numbered.make_sound(path.with_suffix(".mp4")), "no_video"),
        (lambda path: numbered.cut(numbered.make(path.with_suffix(".mp4")), 0.01), "unreadable"),
    ],
)
def test_unusable_file_fails_with_its_code(
    presets: None, tmp_path: Path, make: object, code: str
) -> None:
    media = media_service.import_file(path=make(tmp_path / "x"))  # type: ignore[operator]
    pipeline.probe_next()
    media.refresh_from_db()
    assert (media.status, media.error_code) == ("failed", code)
    assert media.error_message
