"""Submission of tasks: their rows are created, and a worker is woken once they are committed."""

from __future__ import annotations

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ... import queue
from ...errors import Conflict, Invalid, NotFound
from ...messages import message as _
from ...models import Media, Operation, Task
from ...models.tasks.task_id import new_id_like
from . import deduplication, pulls
from .specs import CoverSpec, SnapshotSpec, build_operations, require_ready

log = structlog.get_logger()


def submit(
    *,
    media: Media,
    snapshots: list[SnapshotSpec] | None = None,
    covers: list[CoverSpec] | None = None,
    interface: str,
    user: User | None = None,
    priority: int = 0,
    notify_mode: str = Task.Notify.FINISH,
    session_id: str = "",
    session_context: str = "",
    task_id: str = "",
) -> Task:
    """Accept a request: its rows are committed, and a worker is woken after that.

    Templates and points are frozen as requested. Raises `Invalid` with the path of each wrong
    field, `Conflict` (`media_not_ready`, `duplicate_session`), `Unprocessable` for media that
    failed, `TooLarge` if a picture would be.
    """
    operations = build_operations(
        media=media, snapshots=snapshots or [], covers=covers or [], priority=priority
    )
    with transaction.atomic():
        _lock_media(media)
        deduplication.check_unused(session_id)
        task = Task.objects.create(
            media=media,
            file_id=media.file_id,
            interface=interface,
            priority=priority,
            notify_mode=notify_mode,
            session_id=session_id,
            session_context=session_context,
            requested_by=user,
            **({"task_id": task_id} if task_id else {}),
        )
        _add_operations(task, operations)
    log.info("task accepted", task_id=task.task_id, file_id=task.file_id, interface=interface)
    return task


def rerun(*, task: Task, interface: str, user: User | None = None) -> Task:
    """A new task with the same values and frozen templates; the old one keeps its result.

    Raises `Conflict` (`not_ended`, `media_not_ready`), `NotFound` if the media was deleted,
    `Unprocessable` if it failed.
    """
    if not task.is_ended:
        raise Conflict("not_ended", _("This task has not ended yet. Wait for it, or abort it."))
    if task.kind == Task.Kind.PULL:
        return pulls.rerun(task=task, interface=interface, user=user)
    if task.media is None:
        raise NotFound("media_not_found", _("The video of this task was deleted."))
    require_ready(task.media)
    with transaction.atomic():
        _lock_media(task.media)
        again = Task.objects.create(
            task_id=new_id_like(task.task_id),
            media=task.media,
            file_id=task.file_id,
            interface=interface,
            rerun_of=task,
            requested_by=user,
            **task.options(),
        )
        frozen = ("index", "type", "definition", "template", "mode", "at")
        _add_operations(
            again, [Operation(**row) for row in task.operations.order_by("index").values(*frozen)]
        )
    log.info("task accepted", task_id=again.task_id, rerun_of=task.task_id, interface=interface)
    return again


# --- Inside --------------------------------------------------------------------------------------


def _add_operations(task: Task, operations: list[Operation]) -> None:
    """Add the operations of a new task, and wake a worker once they are committed."""
    for operation in operations:
        operation.task = task
    Operation.objects.bulk_create(operations)
    transaction.on_commit(queue.wake_worker)


def _lock_media(media: Media) -> None:
    """Lock the media's row until the transaction ends. Raises `Invalid` when it is gone."""
    if not Media.objects.filter(pk=media.pk).update(updated_at=timezone.now()):
        raise Invalid.field("media", "media_not_found", _("The video was deleted a moment ago."))
