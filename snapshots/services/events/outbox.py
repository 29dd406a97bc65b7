"""The outbox: events are written in the transaction that makes them true, and pulled from here."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from ...errors import Conflict
from ...messages import message as _
from ...models import Event, Media, Task
from .. import presentation
from . import config as event_config
from .config import current as _config

MAX_PULL = 16
PULL_WAIT_S = 5.0
HIDDEN = timedelta(seconds=30)
RETENTION = timedelta(days=4)
_DELETE_BATCH = 2000
_POLL_S = 0.2  # between two checks of a waiting pull
_HANDLE = re.compile(r"([0-9a-f]{32})-([0-9]{1,18})")


def task_ended(
    *, task: Task, media: Media | None = None, steps: presentation.Steps | None = None
) -> None:
    """Write that a task ended, unless its notify mode is none. Call inside its transaction.

    `media` and `steps`, if the caller has just read them, save reading them here.
    """
    if task.notify_mode == Task.Notify.NONE:
        return
    media = media or _media_of(task)
    _write(Event.Kind.TASK_FINISHED, task.task_id, media=media, task=task, steps=steps)


def task_changed(*, task: Task) -> None:
    """Write that a task changed, if its notify mode asks for every change."""
    if task.notify_mode == Task.Notify.CHANGE:
        _write(Event.Kind.TASK_CHANGED, task.task_id, media=_media_of(task), task=task)


def media_ready(*, media: Media) -> None:
    if _config().upload_event:
        _write(Event.Kind.MEDIA_READY, media.file_id, media=media)


def media_deleted(*, media: Media) -> None:
    if _config().delete_event:
        _write(Event.Kind.MEDIA_DELETED, media.file_id, media=media)


# --- Pulling -------------------------------------------------------------------------------------


def pull(*, wait_s: float = 0.0) -> list[Event]:
    """The oldest unconfirmed events, at most `MAX_PULL`, hidden from other pulls for 30 s.

    Waits up to `wait_s` seconds for the first one. Commits.
    """
    deadline = time.monotonic() + wait_s
    while not (taken := _take()):
        left = deadline - time.monotonic()
        if left <= 0:
            return []
        time.sleep(min(left, _POLL_S))
    return taken


def handle(event: Event) -> str:
    """The handle that confirms a pulled event; each pull gives it a new one."""
    return f"{event.pull_token}-{event.pk}"


def confirm(*, handles: Sequence[str]) -> int:
    """Confirm pulled events, so that they never come back; how many.

    Raises `Conflict` (`handle_expired`) if any handle is unknown or was pulled more than 30 s
    ago; the others are confirmed all the same.
    """
    found = [_HANDLE.fullmatch(text) for text in dict.fromkeys(handles)]
    good = Q(pk__in=[])
    for match in found:
        if match:
            good |= Q(pull_token=match[1], pk=int(match[2]))
    now = timezone.now()
    confirmed = Event.objects.filter(good, hidden_until__gte=now).update(confirmed_at=now)
    if confirmed < len(found):
        raise Conflict(
            "handle_expired",
            _(
                "%(count)s of %(all)s handles are unknown or were pulled more than "
                "%(seconds)s seconds ago. Pull again; the others are confirmed.",
                count=len(found) - confirmed,
                all=len(found),
                seconds=HIDDEN.seconds,
            ),
        )
    return confirmed


def waiting() -> int:
    """Number of unconfirmed events, hidden ones too."""
    return _unconfirmed(timezone.now()).count()


def delete_old() -> int:
    """Delete events past their retention that wait for no push; how many.

    At most 2,000 at a time, the oldest. While nothing is pushed, waiting ones are deleted too.
    """
    old = Event.objects.filter(created_at__lt=timezone.now() - RETENTION).order_by("created_at")
    if event_config.is_open(_config()):
        old = old.filter(due_at=None)
    keys = list(old.values_list("pk", flat=True)[:_DELETE_BATCH])
    return Event.objects.filter(pk__in=keys).only("pk").delete()[0] if keys else 0


def _take() -> list[Event]:
    now = timezone.now()
    free = _unconfirmed(now).filter(Q(hidden_until=None) | Q(hidden_until__lt=now))
    if not free.exists():  # reading takes no lock, and waiting pulls check often
        return []
    token = secrets.token_hex(16)
    with transaction.atomic():
        # Skip those that another is pulling: waiting for them would end with none
        oldest = free.select_for_update(skip_locked=True).order_by("pk")[:MAX_PULL]
        mine = free.filter(pk__in=list(oldest.values_list("pk", flat=True)))
        mine.update(pull_token=token, hidden_until=now + HIDDEN)
    return list(Event.objects.filter(pull_token=token).order_by("pk"))


def _unconfirmed(now: datetime) -> QuerySet[Event]:
    since = now - RETENTION
    return Event.objects.filter(mode=Event.Mode.PULL, confirmed_at=None, created_at__gte=since)


# --- Inside --------------------------------------------------------------------------------------


def _media_of(task: Task) -> Media | None:
    return Media.objects.for_reading().filter(tasks=task).first()


def _write(
    kind: Event.Kind,
    subject: str,
    *,
    media: Media | None,
    task: Task | None = None,
    steps: presentation.Steps | None = None,
) -> None:
    last = Event.objects.filter(subject=subject).aggregate(last=Max("sequence"))["last"]
    mode = _config().mode
    Event.objects.create(
        kind=kind,
        subject=subject,
        sequence=(last or 0) + 1,
        mode=mode,
        due_at=_first_push() if mode == Event.Mode.PUSH else None,
        interface=task.interface if task else "",
        payload={
            "media": presentation.media(media) if media else None,
            "audio": presentation.audio(media) if media else [],
            "task": _shape(task, steps) if task else None,
        },
    )


def _shape(task: Task, steps: presentation.Steps | None) -> presentation.Shape:
    if steps is not None:
        return presentation.task_with(task, steps)
    return presentation.task(Task.objects.for_reading().get(pk=task.pk))


def _first_push() -> datetime:
    return timezone.now() + timedelta(seconds=settings.MEDIAHUB_CALLBACK_WAITS[0])
