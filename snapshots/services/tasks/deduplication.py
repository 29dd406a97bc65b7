"""Session ids: by which a caller makes sure that one wish becomes one task."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ...errors import Conflict
from ...messages import message as _
from ...models import Task
from ...models.queries.advisory_lock import one_at_a_time

WINDOW = timedelta(days=3)


def refuse_known(session_id: str) -> None:
    """Call inside the transaction that makes the task: of two with one id, the other waits.

    Raises `Conflict` (`duplicate_session`). An empty id is none.
    """
    if not session_id:
        return
    one_at_a_time(f"session {session_id}")
    since = timezone.now() - WINDOW
    first = Task.objects.filter(session_id=session_id, created_at__gt=since).first()
    if first:
        raise Conflict(
            "duplicate_session",
            _(
                "This session_id was already used for task %(task_id)s. Use a new one "
                "for a new task.",
                task_id=first.task_id,
            ),
            existing_id=first.task_id,
        )
