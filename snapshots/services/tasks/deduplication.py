"""Deduplicates task submissions by session id."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ...errors import Conflict
from ...messages import message as _
from ...models import Task
from ...models.queries.advisory_lock import advisory_lock

WINDOW = timedelta(days=3)


def check_unused(session_id: str) -> None:
    """Raises `Conflict` (`duplicate_session`) if a task of the last three days has this id.

    Call inside the transaction that creates the task: of two with one id, the second waits. An
    empty id never conflicts.
    """
    if not session_id:
        return
    advisory_lock(f"session {session_id}")
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
