"""Signs of life of the workers' supervisors: written by each, read by whoever asks how it is."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.utils import timezone

from ...models import Heartbeat
from ...models.work.lease import SUPERVISOR

FRESH = timedelta(seconds=30)
_DEAD = timedelta(hours=1)


def beat(*, host: str, pid: int, workers: int) -> None:
    """Note that this supervisor is well now, with so many workers."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(
        host=host, pid=pid, defaults={"workers": workers, "beat_at": now}
    )


def end(*, host: str, pid: int) -> None:
    """Take the sign of life back: this supervisor ends as it should."""
    Heartbeat.objects.filter(host=host, pid=pid).delete()


def sing() -> None:
    """Answer a canary for the supervisor whose worker this process is; for none, nothing."""
    host, _, pid = os.environ.get(SUPERVISOR, "").rpartition(":")
    if pid.isdecimal():
        Heartbeat.objects.filter(host=host, pid=int(pid)).update(turned_at=timezone.now())


def has_turned_since(moment: datetime) -> bool:
    """Whether a worker anywhere has answered a canary since then: the queue turns."""
    return Heartbeat.objects.filter(turned_at__gte=moment).exists()


def alive() -> list[Heartbeat]:
    """The supervisors that were well within the last 30 seconds, the longest running first."""
    since = timezone.now() - FRESH
    return list(Heartbeat.objects.filter(beat_at__gte=since).order_by("started_at", "pk"))


def last() -> Heartbeat | None:
    """The latest sign of life, however old; `None` where there never was one, or it is dropped."""
    return Heartbeat.objects.order_by("-beat_at").first()


def forget_dead() -> int:
    """Drop supervisors that have been silent for an hour; how many."""
    return Heartbeat.objects.filter(beat_at__lt=timezone.now() - _DEAD).delete()[0]
