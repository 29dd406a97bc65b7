"""The life of a task. Nowhere else does a task change its state.

Every change is a conditional UPDATE whose row count is looked at: who holds a good claim writes,
everybody else gets `LeaseLost`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .. import faults, queue
from ..errors import Conflict, LeaseLost, NotFound
from ..models import Media, Operation, Snapshot, Task
from ..models.lease import Claim, holder_name
from ..models.task import TaskQuerySet
from ..video.results import Failure, Picture
from . import covers, events, outcomes

log = structlog.get_logger()

_ENDED = (Task.Status.FINISHED, Task.Status.FAILED, Task.Status.ABORTED)


def get(*, task_id: str) -> Task:
    try:
        return Task.objects.for_reading().get(task_id=task_id)
    except Task.DoesNotExist as error:
        raise NotFound("task_not_found", f"There is no task {task_id}.") from error


def abort(*, task: Task) -> None:
    """End a task that nobody has begun. Raises `Conflict` (`not_waiting`) once it has."""
    with transaction.atomic():
        waiting = Task.objects.filter(pk=task.pk, status=Task.Status.WAITING)
        if not waiting.update(status=Task.Status.ABORTED, finished_at=timezone.now()):
            raise Conflict(
                "not_waiting", "Only a waiting task can be aborted; this one has begun or ended."
            )
        outcomes.close(task.pk, "aborted", "The task was aborted before it began.")
        events.task_ended(task=Task.objects.get(pk=task.pk))


# --- Held by a claim -----------------------------------------------------------------------------


def claim_next() -> Claim | None:
    """Take the best waiting task: highest priority, then oldest. `None` when there is none."""
    return _claim(Task.objects.processes(), timezone.now())


def claim_next_pull() -> Claim | None:
    """The same of the pulls that are due."""
    now = timezone.now()
    return _claim(Task.objects.pulls().due(now), now)


def _claim(rows: TaskQuerySet, now: datetime) -> Claim | None:
    claim = rows.claim(
        order=["-priority", "pk"],
        now=now,
        until=_lease_end(now),
        status=Task.Status.PROCESSING,
    )
    if claim:
        with transaction.atomic():
            _held(claim).filter(started_at=None).update(started_at=now)
            waiting = Operation.objects.filter(task=claim.pk, status=Operation.Status.WAITING)
            waiting.update(status=Operation.Status.PROCESSING)
            events.task_changed(task=Task.objects.get(pk=claim.pk))
        faults.point("after_claim")
    return claim


def extend(*, claim: Claim, **changes: int) -> None:
    """Hold on for another lease, and tell the `progress` where it is given. Raises `LeaseLost`."""
    if not _held(claim).update(lease_until=_lease_end(timezone.now()), **changes):
        raise LeaseLost


def record_picture(
    *, claim: Claim, operation: Operation, index: int, name: str, sha256: str, picture: Picture
) -> None:
    """Bind a stored picture to its point, with its receipt. Raises `LeaseLost`."""
    _record(
        claim,
        operation,
        index,
        at=picture.at,
        picture=name,
        sha256=sha256,
        size_bytes=len(picture.data),
        format=picture.format,
        width=picture.width,
        height=picture.height,
        time_ms=picture.time_ms,
        pts=picture.pts,
        time_base=picture.time_base,
        frame_time=picture.frame_time,
        key_frame=picture.key_frame,
    )


def record_failure(*, claim: Claim, operation: Operation, index: int, failure: Failure) -> None:
    """Note why a point has no picture. Raises `LeaseLost`."""
    _record(
        claim,
        operation,
        index,
        at=failure.at,
        error_code=failure.code,
        error_message=failure.message,
    )


def finish(*, claim: Claim) -> None:
    """The task ran to its end: states, current sets, cover and event in one transaction.

    Raises `LeaseLost`.
    """
    with transaction.atomic():
        task = _lock(claim)
        media = Media.objects.select_for_update().get(pk=_media_pk(task))
        operations = list(task.operations.prefetch_related("snapshots"))
        for operation in operations:
            outcomes.settle(operation)
        outcomes.renew_current_sets(task, media)
        covers.set_by_task(task=task, media=media, operations=operations)
        _end(claim, Task.Status.FINISHED, progress=100)
        faults.point("before_finish")
    faults.point("after_finish")


def finish_pull(*, claim: Claim, source: str, size_bytes: int) -> None:
    """The video is here, and is probed next. Raises `LeaseLost`."""
    with transaction.atomic():
        task = _lock(claim)
        Media.objects.filter(pk=_media_pk(task)).update(
            status=Media.Status.PROBING,
            source=source,
            size_bytes=size_bytes,
            updated_at=timezone.now(),
        )
        _end(claim, Task.Status.FINISHED, progress=100)
        transaction.on_commit(queue.ring)


def fail(*, claim: Claim, code: str, message: str) -> None:
    """The task could not run. Pictures already made are kept. Raises `LeaseLost`."""
    with transaction.atomic():
        _lock(claim)
        outcomes.close(claim.pk, code, message)
        _end(claim, Task.Status.FAILED, error_code=code, error_message=message)


def release(*, claim: Claim) -> None:
    """Give the task back to whoever answers next. Raises `LeaseLost`."""
    with transaction.atomic():
        if not _held(claim).update(status=Task.Status.WAITING, lease_until=None):
            raise LeaseLost
        transaction.on_commit(queue.ring)


def postpone(*, claim: Claim, due_at: datetime) -> None:
    """Give a pull back, not to be tried before; no attempt counts. Raises `LeaseLost`."""
    waiting = {"status": Task.Status.WAITING, "lease_until": None, "attempts": 0}
    if not _held(claim).update(due_at=due_at, **waiting):
        raise LeaseLost


# --- Without a claim -----------------------------------------------------------------------------


def hold_for_deleted_media(*, media: Media) -> None:
    """Lock the media's open tasks before the media: workers lock in that order, and two orders
    end in a deadlock. Call inside the deletion.
    """
    open_tasks = Task.objects.filter(media=media).exclude(status__in=_ENDED).order_by("pk")
    list(open_tasks.select_for_update().values_list("pk"))


def end_for_deleted_media(*, media: Media) -> None:
    """Abort what waits for this media, fail what runs on it. Call inside the deletion."""
    now = timezone.now()
    message = "The media was deleted."
    for task in Task.objects.filter(media=media).exclude(status__in=_ENDED):
        status = Task.Status.ABORTED if task.status == "waiting" else Task.Status.FAILED
        changed = Task.objects.filter(pk=task.pk, status=task.status).update(
            status=status,
            error_code="media_not_found",
            error_message=message,
            finished_at=now,
            lease_until=None,
            fence=task.fence + 1,
        )
        if changed:
            outcomes.close(task.pk, "media_not_found", message)
            events.task_ended(task=Task.objects.get(pk=task.pk))


def give_back(*, supervisor: str, to_blame: Collection[int]) -> int:
    """Let others take up at once what the workers of a dead cluster were at; how many tasks."""
    return Task.objects.all().give_back(supervisor, to_blame=to_blame, status=Task.Status.WAITING)


def give_back_pulls() -> int:
    """Let others go on at once with what this very process was pulling; how many tasks."""
    mine = Task.objects.pulls().filter(holder=holder_name(), lease_until__isnull=False)
    return mine.update(status=Task.Status.WAITING, lease_until=None, attempts=0)


def held(*, supervisor: str) -> int:
    """How many tasks the workers of a supervisor are at."""
    return Task.objects.all().held_by(supervisor).count()


def may_still_name(*, task: Task, picture: str) -> bool:
    """Whether a row names this picture, or could: an ended task never gets another row."""
    is_open = Task.objects.filter(pk=task.pk, finished_at=None).exists()
    return is_open or Snapshot.objects.filter(picture=picture).exists()


def fail_exhausted() -> int:
    """Fail tasks whose workers vanished three times; how many."""
    count = 0
    for pk in Task.objects.exhausted(timezone.now()).values_list("pk", flat=True):
        count += _fail_vanished(pk)
    return count


@transaction.atomic
def _fail_vanished(pk: int) -> int:
    code, message = "worker_lost", "The worker vanished three times while at this task."
    failed = Task.objects.exhausted(timezone.now()).filter(pk=pk)
    changed = failed.update(
        status=Task.Status.FAILED,
        error_code=code,
        error_message=message,
        finished_at=timezone.now(),
        lease_until=None,
    )
    if changed:
        outcomes.close(pk, code, message)
        events.task_ended(task=Task.objects.get(pk=pk))
    return changed


# --- Inside --------------------------------------------------------------------------------------


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.MEDIAHUB_LEASE_S)


def _held(claim: Claim) -> TaskQuerySet:
    return Task.objects.all().held(claim)


def _lock(claim: Claim) -> Task:
    """The claimed task, locked until the transaction ends. Raises `LeaseLost`."""
    task: Task | None = _held(claim).select_for_update().first()
    if task is None:
        raise LeaseLost
    return task


def _media_pk(task: Task) -> int:
    """The media of a held task; deleting a media ends its claims, so one without is lost."""
    if task.media_id is None:
        raise LeaseLost
    return task.media_id


def _record(claim: Claim, operation: Operation, index: int, **values: object) -> None:
    with transaction.atomic():
        task = _lock(claim)
        Snapshot.objects.update_or_create(
            operation=operation,
            index=index,
            defaults={
                "media_id": _media_pk(task),
                "definition": operation.definition,
                **values,
            },
        )
        _held(claim).update(
            progress=outcomes.progress(task), lease_until=_lease_end(timezone.now())
        )
        if task.notify_mode == Task.Notify.CHANGE:
            task.refresh_from_db(fields=["progress"])
            events.task_changed(task=task)
        faults.point("before_commit")
    faults.point("after_commit")


def _end(claim: Claim, status: Task.Status, **changes: object) -> None:
    changed = _held(claim).update(
        status=status, finished_at=timezone.now(), lease_until=None, **changes
    )
    if not changed:
        raise LeaseLost
    events.task_ended(task=Task.objects.get(pk=claim.pk))
