"""Pulls: videos by URL, each a media item that waits for its file and a task that fetches it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from ... import outbound
from ...errors import Conflict, Invalid, NotFound, Unprocessable
from ...messages import message as _
from ...models import Media, Pull, Task
from ...models.tasks.task_id import new_task_id
from ...models.work.row_error import NO_ERROR
from .. import names
from ..security import rate_limits
from . import deduplication

log = structlog.get_logger()

MAX_URL = 4096


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """Priority, notification and session of a task."""

    priority: int = 0
    notify_mode: str = Task.Notify.FINISH
    session_id: str = ""
    session_context: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What follows a pull: an image made the cover, a procedure run once the video is ready."""

    cover_url: str = ""
    procedure: str = ""


def create(
    *,
    url: str,
    name: str = "",
    interface: str,
    user: User | None = None,
    options: TaskOptions = TaskOptions(),
    follow_up: FollowUp = FollowUp(),
) -> Task:
    """Accept a URL: its media item exists at once, `pulling`, and is probed when it has arrived.

    Commits. The procedure's task has its id from now on, `Pull.procedure_task_id`. The default
    `name` is the last part of the URL. Raises `Unprocessable` (`forbidden_url`, `forbidden_cover`)
    for addresses that are never called, `Invalid`, `Conflict` (`duplicate_session`), `Throttled`.
    """
    name = names.given(name)
    _validate(url, options)
    if follow_up.cover_url:
        _check_url(follow_up.cover_url, "forbidden_cover")
    if user:
        rate_limits.hit(kind="pull", who=str(user.pk))
    with transaction.atomic():
        deduplication.check_unused(options.session_id)
        media = Media.objects.create(
            name=_name(name, url),
            source_type=Media.SourceType.URL,
            status=Media.Status.PULLING,
        )
        task = _add(media, url, interface, user, options, follow_up)
    log.info("pull accepted", task_id=task.task_id, file_id=task.file_id, interface=interface)
    return task


def rerun(*, task: Task, interface: str, user: User | None = None) -> Task:
    """Fetch it again for the same media item, which is `pulling` again. Commits.

    Raises `NotFound` if the media item was deleted, `Conflict` (`not_failed`) if it has its file.
    """
    if task.media is None:
        raise NotFound("media_not_found", _("The video of this task was deleted."))
    options = TaskOptions(**task.options())
    with transaction.atomic():
        failed = Media.objects.filter(pk=task.media.pk, status=Media.Status.FAILED, source="")
        if not failed.update(status=Media.Status.PULLING, **NO_ERROR):
            raise Conflict(
                "not_failed", _("This video has already been fetched, or is still being fetched.")
            )
        follow_up = FollowUp(task.pull.cover_url, task.pull.procedure)
        again = _add(task.media, task.pull.url, interface, user, options, follow_up, rerun_of=task)
    log.info("pull accepted", task_id=again.task_id, rerun_of=task.task_id, interface=interface)
    return again


# --- Inside --------------------------------------------------------------------------------------


def _validate(url: str, options: TaskOptions) -> None:
    if not -10 <= options.priority <= 10:
        raise Invalid.field("priority", "out_of_range", _("Use a priority from -10 to 10."))
    _check_url(url)


def _check_url(url: str, forbidden: str = "forbidden_url") -> None:
    if len(url) > MAX_URL:
        raise Invalid.field(
            "url", "too_long", _("Use an address of at most %(max)s characters.", max=MAX_URL)
        )
    try:
        outbound.check_url(url, allowed=settings.MEDIAHUB_ALLOW_PRIVATE)
    except outbound.OutboundError as error:
        raise Unprocessable(forbidden, error.message) from error


def _add(
    media: Media,
    url: str,
    interface: str,
    user: User | None,
    options: TaskOptions,
    follow_up: FollowUp,
    rerun_of: Task | None = None,
) -> Task:
    task = Task.objects.create(
        kind=Task.Kind.PULL,
        media=media,
        file_id=media.file_id,
        interface=interface,
        rerun_of=rerun_of,
        requested_by=user,
        priority=options.priority,
        notify_mode=options.notify_mode,
        session_id=options.session_id,
        session_context=options.session_context,
    )
    Pull.objects.create(
        task=task,
        url=url,
        cover_url=follow_up.cover_url,
        procedure=follow_up.procedure,
        procedure_task_id=new_task_id() if follow_up.procedure else "",
    )
    return task


def _name(name: str, url: str) -> str:
    """The given name, or the last part of the URL; never used as a path."""
    parts = urlsplit(url)
    last = PurePosixPath(unquote(parts.path, errors="replace")).name
    return (name or names.of_file(last) or parts.hostname or "video")[: names.MAX_NAME]
