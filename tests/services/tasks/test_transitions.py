"""State transitions of tasks, allowed and refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from snapshots.errors import Conflict, Invalid, LeaseLost, NotFound, TooLarge, Unprocessable
from snapshots.messages import Message
from snapshots.models import Event, Media, Operation, Snapshot, SnapshotTemplate, Task
from snapshots.services import tasks, templates
from snapshots.services.library import media as media_service
from snapshots.services.library.tags import TagChange
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import CoverSpec, SnapshotSpec
from snapshots.services.work import pipeline
from snapshots.video.types import Failure, PointKey

ONE = [SnapshotSpec(10, ["0s"])]


def submit(media: Media, **changes: object) -> Task:
    values = {"snapshots": ONE, "interface": Task.Interface.REST, **changes}
    return submission.submit(media=media, **values)  # type: ignore[arg-type]


def expire(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


# --- Submitting ----------------------------------------------------------------------------------


def test_submitting_freezes_the_template(ready_media: Media) -> None:
    template = templates.create(values={"name": "mine", "width": 320})
    task = submit(ready_media, snapshots=[SnapshotSpec(template.definition, ["0s"])])
    templates.update(template=template, values={"width": 640})
    templates.delete(template=template)
    frozen = task.operations.get().template
    assert (frozen["name"], frozen["width"]) == ("mine", 320)


def test_task_ids_have_one_form(ready_media: Media, settings: object) -> None:
    assert submit(ready_media).task_id.startswith("1500000001-procedurev2-")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"snapshots": []}, "snapshots", "required"),
        ({"snapshots": [SnapshotSpec(10, [])]}, "snapshots", "required"),
        ({"snapshots": [SnapshotSpec(99, ["0s"])]}, "snapshots.0.template", "template_not_found"),
        ({"snapshots": [SnapshotSpec(10, ["0s", "7"])]}, "snapshots.0.at.1", "invalid_time_point"),
        ({"covers": [CoverSpec(10, "x")]}, "covers.0.at", "invalid_time_point"),
        ({"snapshots": [SnapshotSpec(10, ["0s"] * 101)]}, "snapshots", "too_many_points"),
        (
            {"snapshots": [SnapshotSpec(10, ["0s"] * 100)], "covers": [CoverSpec(10, "0s")]},
            "snapshots",
            "too_many_points",
        ),
        ({"snapshots": [SnapshotSpec(10, ["0s"], "fast")]}, "snapshots.0.mode", "invalid_choice"),
        ({"priority": 11}, "priority", "out_of_range"),
        ({"priority": -11}, "priority", "out_of_range"),
    ],
)
def test_wrong_requests_name_the_field(
    ready_media: Media, changes: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        submit(ready_media, **changes)
    assert (field, code) in [(p.field, p.code) for p in caught.value.problems]
    assert not Task.objects.exists()


def test_media_not_ready_is_refused_with_retry_after(probing_media: Media) -> None:
    with pytest.raises(Conflict) as caught:
        submit(probing_media)
    assert caught.value.code == "media_not_ready"
    assert caught.value.retry_after_s


def test_failed_media_is_refused_with_its_error(ready_media: Media) -> None:
    ready_media.status, ready_media.error_code = "failed", "no_video"
    with pytest.raises(Unprocessable) as caught:
        submit(ready_media)
    assert caught.value.code == "no_video"


def test_too_large_pictures_are_refused_at_submission(ready_media: Media) -> None:
    template = templates.create(values={"width": 0, "height": 4096, "resolution_adaptive": False})
    ready_media.width, ready_media.height = 4000, 1000
    with pytest.raises(TooLarge):
        submit(ready_media, snapshots=[SnapshotSpec(template.definition, ["0s"])])


def test_session_id_is_accepted_once_in_three_days(ready_media: Media) -> None:
    first = submit(ready_media, session_id="a")
    with pytest.raises(Conflict) as caught:
        submit(ready_media, session_id="a")
    assert (caught.value.code, caught.value.existing_id) == ("duplicate_session", first.task_id)
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, seconds=1))
    submit(ready_media, session_id="a")


# --- Claiming ------------------------------------------------------------------------------------


def test_claim_counts_the_attempt_before_the_work(ready_media: Media) -> None:
    task = submit(ready_media)
    claim = tasks.claim_next()
    assert claim
    task.refresh_from_db()
    assert (task.status, task.attempts, task.fence) == ("processing", 1, 1)
    assert (claim.pk, claim.fence, claim.attempts) == (task.pk, 1, 1)
    assert task.started_at
    assert tasks.claim_next() is None


def test_expired_lease_can_be_claimed_and_invalidates_the_old_claim(
    ready_media: Media,
) -> None:
    task = submit(ready_media)
    old = tasks.claim_next()
    expire(task)
    new = tasks.claim_next()
    assert old
    assert new
    assert new.fence == old.fence + 1
    operation = Operation.objects.get()
    failure = Failure(PointKey(0, 0), "0s", "frame_unavailable", Message("x"))
    for write in (
        lambda: tasks.extend(claim=old),
        lambda: tasks.record_failure(claim=old, operation=operation, index=0, failure=failure),
        lambda: tasks.finish(claim=old),
        lambda: tasks.fail(claim=old, code="timeout", message=Message("x")),
        lambda: tasks.release(claim=old),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert not Snapshot.objects.exists()
    assert not Event.objects.filter(subject=task.task_id).exists()
    tasks.extend(claim=new)


def test_task_fails_after_three_dead_workers(ready_media: Media) -> None:
    task = submit(ready_media)
    for _ in range(3):
        assert tasks.claim_next()
        expire(task)
    assert tasks.claim_next() is None
    assert tasks.fail_exhausted() == 1
    task.refresh_from_db()
    assert (task.status, task.error_code) == ("failed", "worker_lost")
    assert Event.objects.filter(subject=task.task_id).count() == 1
    assert tasks.fail_exhausted() == 0


def test_released_task_waits_again(ready_media: Media) -> None:
    submit(ready_media)
    claim = tasks.claim_next()
    assert claim
    tasks.release(claim=claim)
    again = tasks.claim_next()
    assert again
    assert again.attempts == 2


# --- Ending --------------------------------------------------------------------------------------


def test_waiting_task_can_be_aborted_with_an_event(ready_media: Media) -> None:
    task = submit(ready_media)
    tasks.abort(task=task)
    task.refresh_from_db()
    assert task.status == "aborted"
    assert task.finished_at
    assert Event.objects.filter(subject=task.task_id).count() == 1
    assert not pipeline.run_next()


@pytest.mark.parametrize("begun", [tasks.claim_next, pipeline.run_next])
def test_running_task_cannot_be_aborted(ready_media: Media, begun: object) -> None:
    task = submit(ready_media)
    begun()  # type: ignore[operator]
    with pytest.raises(Conflict) as caught:
        tasks.abort(task=task)
    assert caught.value.code == "not_waiting"


def test_deleting_media_ends_its_tasks_and_their_claims(ready_media: Media) -> None:
    running = submit(ready_media)
    claim = tasks.claim_next()
    waiting = submit(ready_media)
    media_service.delete(media=ready_media)
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert (running.status, running.error_code) == ("failed", "media_not_found")
    assert waiting.status == "aborted"
    assert running.file_id == ready_media.file_id
    assert claim
    with pytest.raises(LeaseLost):
        tasks.finish(claim=claim)


def test_media_just_deleted_accepts_no_task_and_no_change(ready_media: Media) -> None:
    media_service.delete(media=Media.objects.get(pk=ready_media.pk))
    with pytest.raises(Invalid) as caught:
        submit(ready_media)
    assert [problem.code for problem in caught.value.problems] == ["media_not_found"]
    with pytest.raises(NotFound):
        media_service.update(media=ready_media, name="x", tags=TagChange(add=["y"]))


def test_template_changes_do_not_affect_frozen_tasks(ready_media: Media) -> None:
    task = submit(ready_media)
    SnapshotTemplate.objects.filter(pk=10).update(quality=1)
    assert task.operations.get().template["quality"] == 90
