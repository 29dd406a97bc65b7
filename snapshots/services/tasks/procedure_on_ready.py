"""What was asked for with a video's address: the saved flow that begins once it is ready."""

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
    """Begin the flow that this ready video's pull named. Call inside that transaction.

    A flow that cannot begin any more becomes a failed task under the id that was told.
    """
    pull = _owed(media)
    if pull is None:
        return
    asked = pull.task
    try:
        with transaction.atomic():
            wishes = procedures.wishes(procedures.get(name=pull.procedure))
            submission.submit(
                media=media,
                snapshots=wishes.snapshots,
                covers=wishes.covers,
                interface=asked.interface,
                user=asked.asked_by,
                task_id=pull.procedure_task_id,
                **asked.manner(),
            )
    except DomainError as error:
        _fail(pull, media, error.code, error.message)


def give_up(*, media: Media, code: str, message: Message) -> None:
    """The video will never be ready, and whoever waits for its flow is told so."""
    pull = _owed(media)
    if pull is not None:
        _fail(pull, media, code, message)


def _owed(media: Media) -> Pull | None:
    """The last pull of this video that came, if it named a flow that has not begun."""
    came = Pull.objects.filter(task__media=media, task__status=Task.Status.FINISHED)
    pull = came.select_related("task__asked_by").order_by("-pk").first()
    if pull is None or not pull.procedure:
        return None
    is_begun = Task.objects.filter(task_id=pull.procedure_task_id).exists()
    return None if is_begun else pull


def _fail(pull: Pull, media: Media, code: str, message: Message) -> None:
    asked = pull.task
    task = Task.objects.create(
        task_id=pull.procedure_task_id,
        media=media,
        file_id=media.file_id,
        interface=asked.interface,
        asked_by=asked.asked_by,
        **asked.manner(),
        status=Task.Status.FAILED,
        finished_at=timezone.now(),
        **error_values(code, message),
    )
    outbox.task_ended(task=task)
    log.info("a flow could not begin", task_id=task.task_id, code=code)
