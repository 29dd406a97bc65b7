"""Videos asked for by their address: a media that waits for its file, and the task that gets it."""

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
from ...models import Media, Pull, Task
from ...models.tasks.task_id import new_task_id
from ..security import rate_limits
from . import deduplication

log = structlog.get_logger()

MOST_URL = 4096


@dataclass(frozen=True, slots=True)
class Manner:
    """How the work is to be done and told of, as a task has it."""

    priority: int = 0
    notify_mode: str = Task.Notify.FINISH
    session_id: str = ""
    session_context: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """What is to follow: a picture made the cover, a saved flow begun once the video is ready."""

    cover_url: str = ""
    procedure: str = ""


def create(
    *,
    url: str,
    name: str = "",
    interface: str,
    user: User | None = None,
    manner: Manner = Manner(),
    after: After = After(),
) -> Task:
    """Accept an address: its media is there at once, `pulling`, and is probed when it has come.

    Commits. The flow's task has its id from now on, `Pull.procedure_task_id`. Without a `name` it
    is the last part of the address. Raises `Unprocessable` (`forbidden_url`, `forbidden_cover`) for
    what is never called, `Invalid`, `Conflict` (`duplicate_session`), `Throttled`.
    """
    _refuse(url, manner)
    if after.cover_url:
        _refuse_address(after.cover_url, "forbidden_cover")
    if user:
        rate_limits.take(kind="pull", who=str(user.pk))
    with transaction.atomic():
        deduplication.refuse_known(manner.session_id)
        media = Media.objects.create(
            name=_name(name, url),
            source_type=Media.SourceType.URL,
            status=Media.Status.PULLING,
        )
        task = _add(media, url, interface, user, manner, after)
    log.info("pull accepted", task_id=task.task_id, file_id=task.file_id, interface=interface)
    return task


def rerun(*, task: Task, interface: str, user: User | None = None) -> Task:
    """Fetch it once more for the same media, which is `pulling` again. Commits.

    Raises `NotFound` where the media is gone, `Conflict` (`not_failed`) where it has its file.
    """
    if task.media is None:
        raise NotFound("media_not_found", "The media of this task was deleted.")
    manner = Manner(**task.manner())
    with transaction.atomic():
        failed = Media.objects.filter(pk=task.media.pk, status=Media.Status.FAILED, source="")
        if not failed.update(status=Media.Status.PULLING, error_code="", error_message=""):
            raise Conflict("not_failed", "This video has come, or is still on its way.")
        after = After(task.pull.cover_url, task.pull.procedure)
        again = _add(task.media, task.pull.url, interface, user, manner, after, rerun_of=task)
    log.info("pull accepted", task_id=again.task_id, rerun_of=task.task_id, interface=interface)
    return again


# --- Inside --------------------------------------------------------------------------------------


def _refuse(url: str, manner: Manner) -> None:
    if not -10 <= manner.priority <= 10:
        raise Invalid.field("priority", "out_of_range", "Use a priority from -10 to 10.")
    _refuse_address(url)


def _refuse_address(url: str, forbidden: str = "forbidden_url") -> None:
    if len(url) > MOST_URL:
        raise Invalid.field("url", "too_long", f"Use an address of at most {MOST_URL} characters.")
    try:
        outbound.refuse(url, allowed=settings.MEDIAHUB_ALLOW_PRIVATE)
    except outbound.OutboundError as error:
        raise Unprocessable(forbidden, error.message) from error


def _add(
    media: Media,
    url: str,
    interface: str,
    user: User | None,
    manner: Manner,
    after: After,
    rerun_of: Task | None = None,
) -> Task:
    task = Task.objects.create(
        kind=Task.Kind.PULL,
        media=media,
        file_id=media.file_id,
        interface=interface,
        rerun_of=rerun_of,
        asked_by=user,
        priority=manner.priority,
        notify_mode=manner.notify_mode,
        session_id=manner.session_id,
        session_context=manner.session_context,
    )
    Pull.objects.create(
        task=task,
        url=url,
        cover_url=after.cover_url,
        procedure=after.procedure,
        procedure_task_id=new_task_id() if after.procedure else "",
    )
    return task


def _name(name: str, url: str) -> str:
    """As asked, or as the address ends; never where a file lies."""
    parts = urlsplit(url)
    last = PurePosixPath(unquote(parts.path, errors="replace")).name
    readable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in last)
    return (name.strip() or readable.strip() or parts.hostname or "video")[:255]
