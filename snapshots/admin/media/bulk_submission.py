"""Submits a task for each selected media item, and summarises the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from ...errors import DomainError, Invalid
from ...models import Media, Task
from ...services.tasks import submission
from ...translation import translate
from ..ui.permissions import may
from .selection import left_out


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The submitted tasks, and the media items that rejected one."""

    tasks: list[Task] = field(default_factory=list)
    rejected: list[tuple[Media, str]] = field(default_factory=list)


def submit_for_each(*, media: Sequence[Media], user: User, arguments: dict[str, Any]) -> BulkResult:
    """Submit a task for each media item. Raises `Invalid` for a wrong form, with none submitted."""
    result = BulkResult()
    for row in media:
        try:
            task = submission.submit(
                media=row, interface=Task.Interface.CONSOLE, user=user, **arguments
            )
            result.tasks.append(task)
        except Invalid as error:
            if not result.tasks and not result.rejected:
                raise
            result.rejected.append((row, translate(error.message)))
        except DomainError as error:
            result.rejected.append((row, translate(error.message)))
    return result


def summary(result: BulkResult) -> tuple[int, str]:
    """One message: how many tasks were submitted, and which media were left out and why."""
    done = len(result.tasks)
    submitted = ngettext("%d task submitted.", "%d tasks submitted.", done) % done
    if not result.rejected:
        return messages.SUCCESS, submitted
    level = messages.WARNING if done else messages.ERROR
    return level, f"{submitted} {left_out(result.rejected)}"


def next_page(request: HttpRequest, media: Sequence[Media], result: BulkResult) -> str:
    """The page of the task if there is one; else that of the media item, or the list."""
    if len(media) == 1 and result.tasks and may(request, "view_task"):
        return reverse("admin:snapshots_task_change", args=[result.tasks[0].pk])
    if len(media) == 1:
        return reverse("admin:snapshots_media_change", args=[media[0].pk])
    return reverse("admin:snapshots_media_changelist")
