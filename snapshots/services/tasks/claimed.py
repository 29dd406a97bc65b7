"""Transitions by the holder of a claim, who loses the right to them when it is taken over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from ... import fault_injection, queue
from ...errors import LeaseLost
from ...messages import Message
from ...models import Media, Operation, Snapshot, Task
from ...models.tasks.task import TaskQuerySet
from ...models.work.lease import Claim
from ...models.work.row_error import error_values
from ...video.types import Failure, Picture
from .. import covers
from ..events import outbox
from . import results


def claim_next() -> Claim | None:
    """Claim the best waiting task: highest priority, then oldest. `None` when there is none."""
    return _claim(Task.objects.processes(), timezone.now())


def claim_next_pull() -> Claim | None:
    """Claim the best of the pulls that are due, in the same order."""
    now = timezone.now()
    return _claim(Task.objects.pulls().due(now), now)


def _claim(rows: TaskQuerySet, now: datetime) -> Claim | None:
    claim = rows.claim(
        order=["-priority", "pk"],
        now=now,
        until=_lease_end(now),
        status=Task.Status.PROCESSING,
        started_at=Coalesce("started_at", now),
    )
    if claim:
        with transaction.atomic():
            waiting = Operation.objects.filter(task=claim.pk, status=Operation.Status.WAITING)
            waiting.update(status=Operation.Status.PROCESSING)
            for task in _held(claim).filter(notify_mode=Task.Notify.CHANGE):
                outbox.task_changed(task=task)
        fault_injection.point("after_claim")
    return claim


def extend(*, claim: Claim, **changes: int) -> None:
    """Extend the lease, and write the `changes`, such as `progress`. Raises `LeaseLost`."""
    if not _held(claim).update(lease_until=_lease_end(timezone.now()), **changes):
        raise LeaseLost


def record_picture(
    *, claim: Claim, operation: Operation, index: int, name: str, sha256: str, picture: Picture
) -> None:
    """Record a stored picture with its receipt at its point. Raises `LeaseLost`."""
    _record(
        claim,
        operation,
        index,
        at=operation.at[index],
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
    """Record why a point has no picture. Raises `LeaseLost`."""
    _record(
        claim,
        operation,
        index,
        at=operation.at[index],
        **error_values(failure.code, failure.message),
    )


def finish(*, claim: Claim) -> None:
    """End a task that ran: states, current sets, cover and event in one transaction.

    Raises `LeaseLost`.
    """
    with transaction.atomic():
        task = _lock(claim)
        media = _lock_media(task)
        operations = list(task.operations.order_by("index").prefetch_related("snapshots"))
        for operation in operations:
            results.settle(operation)
        results.renew_current_sets(task, media, operations)
        if covers.set_by_task(task=task, media=media, operations=operations):
            media = _lock_media(task)
        _end(claim, task, Task.Status.FINISHED, progress=100)
        steps = [(operation, operation.snapshots.all()) for operation in operations]
        outbox.task_ended(task=task, media=media, steps=steps)
        fault_injection.point("before_finish")
    fault_injection.point("after_finish")


def finish_pull(*, claim: Claim, source: str, size_bytes: int) -> None:
    """End a pull: its video is stored, and is probed next. Raises `LeaseLost`."""
    with transaction.atomic():
        task = _lock(claim)
        Media.objects.filter(pk=_media_pk(task)).update(
            status=Media.Status.PROBING,
            source=source,
            size_bytes=size_bytes,
            updated_at=timezone.now(),
        )
        _end(claim, task, Task.Status.FINISHED, progress=100)
        outbox.task_ended(task=task)
        transaction.on_commit(queue.wake_worker)


def fail(*, claim: Claim, code: str, message: Message) -> None:
    """End a task that could not run. Finished pictures stay. Raises `LeaseLost`."""
    with transaction.atomic():
        task = _lock(claim)
        results.close(claim.pk, code, message)
        _end(claim, task, Task.Status.FAILED, **error_values(code, message))
        outbox.task_ended(task=task)


def release(*, claim: Claim, counts: bool = True) -> None:
    """Give the task back to the next worker; the attempt `counts`. Raises `LeaseLost`."""
    attempts = {} if counts else {"attempts": F("attempts") - 1}
    with transaction.atomic():
        if not _held(claim).update(status=Task.Status.WAITING, lease_until=None, **attempts):
            raise LeaseLost
        transaction.on_commit(queue.wake_worker)


def postpone(*, claim: Claim, due_at: datetime) -> None:
    """Give a pull back until `due_at`; no attempt counts. Raises `LeaseLost`."""
    waiting = {"status": Task.Status.WAITING, "lease_until": None, "attempts": 0}
    if not _held(claim).update(due_at=due_at, **waiting):
        raise LeaseLost


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


def _lock_media(task: Task) -> Media:
    """The task's media item, ready for presentation, locked until the transaction ends.

    Raises `LeaseLost`.
    """
    rows = Media.objects.for_reading().select_for_update(of=("self",))
    return rows.get(pk=_media_pk(task))


def _media_pk(task: Task) -> int:
    """Key of a claimed task's media item. A deletion ends the claims, so without one it is lost."""
    if task.media_id is None:
        raise LeaseLost
    return task.media_id


def _record(claim: Claim, operation: Operation, index: int, **values: object) -> None:
    with transaction.atomic():
        task = _lock(claim)
        _upsert(
            Snapshot(
                operation=operation,
                index=index,
                media_id=_media_pk(task),
                definition=operation.definition,
                **values,
            )
        )
        _held(claim).update(progress=results.progress(task), lease_until=_lease_end(timezone.now()))
        if task.notify_mode == Task.Notify.CHANGE:
            task.refresh_from_db(fields=["progress"])
            outbox.task_changed(task=task)
        fault_injection.point("before_commit")
    fault_injection.point("after_commit")


def _upsert(snapshot: Snapshot) -> None:
    """Insert or replace in one statement: an earlier attempt may have left a row for the point."""
    key = ["operation", "index"]
    fields = [f.name for f in Snapshot._meta.concrete_fields if f.name not in ("id", *key)]
    Snapshot.objects.bulk_create(
        [snapshot], update_conflicts=True, unique_fields=key, update_fields=fields
    )


def _end(claim: Claim, task: Task, status: Task.Status, **changes: object) -> None:
    """Write the end of a locked task, into its row and into `task`. Raises `LeaseLost`."""
    end = {"status": status, "finished_at": timezone.now(), "lease_until": None, **changes}
    if not _held(claim).update(**end):
        raise LeaseLost
    for field, value in end.items():
        setattr(task, field, value)
