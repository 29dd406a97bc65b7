"""Procedures that start once a pulled video is ready."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone

from ...errors import DomainError
from ...messages import Message
from ...models import Media, Pull, Task
from ...models.work.row_error import error_values
from ..events import outbox
from . import procedures, submission

log = structlog.get_logger()


def begin(*, media: Media) -> None:
    """Start the procedure that this ready video's pull named. Call inside that transaction.

    A procedure that can no longer start becomes a failed task under the id that was promised.
    """
    pull = _pull_with_procedure(media)
    if pull is None:
        return
    requested = pull.task
    try:
        with transaction.atomic():
            specs = procedures.specs(procedures.get(name=pull.procedure))
            submission.submit(
                media=media,
                snapshots=specs.snapshots,
                covers=specs.covers,
                interface=requested.interface,
                user=requested.requested_by,
                task_id=pull.procedure_task_id,
                **requested.options(),
            )
    except DomainError as error:
        _fail(pull, media, error.code, error.message)


def give_up(*, media: Media, code: str, message: Message) -> None:
    """Fail the procedure of a video that will never be ready."""
    pull = _pull_with_procedure(media)
    if pull is not None:
        _fail(pull, media, code, message)


def _pull_with_procedure(media: Media) -> Pull | None:
    """The last finished pull of this video, if it named a procedure that has not started."""
    finished = Pull.objects.filter(task__media=media, task__status=Task.Status.FINISHED)
    pull = finished.select_related("task__requested_by").order_by("-pk").first()
    if pull is None or not pull.procedure:
        return None
    is_begun = Task.objects.filter(task_id=pull.procedure_task_id).exists()
    return None if is_begun else pull


def _fail(pull: Pull, media: Media, code: str, message: Message) -> None:
    requested = pull.task
    task = Task.objects.create(
        task_id=pull.procedure_task_id,
        media=media,
        file_id=media.file_id,
        interface=requested.interface,
        requested_by=requested.requested_by,
        **requested.options(),
        status=Task.Status.FAILED,
        finished_at=timezone.now(),
        **error_values(code, message),
    )
    outbox.task_ended(task=task)
    log.info("procedure could not start", task_id=task.task_id, code=code)
