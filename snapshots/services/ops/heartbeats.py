"""Heartbeats of the workers' supervisors: written by each, read by health checks and metrics."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.utils import timezone

from ...models import Heartbeat
from ...models.work.lease import SUPERVISOR

FRESH = timedelta(seconds=30)
_DEAD = timedelta(hours=1)


def beat(*, host: str, pid: int, workers: int) -> None:
    """Record that this supervisor is alive now, with so many workers."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(
        host=host, pid=pid, defaults={"workers": workers, "beat_at": now}
    )


def end(*, host: str, pid: int) -> None:
    """Delete the heartbeat: this supervisor ends as it should."""
    Heartbeat.objects.filter(host=host, pid=pid).delete()


def record_canary() -> None:
    """Record a canary at this worker's supervisor; without a supervisor, do nothing."""
    host, _, pid = os.environ.get(SUPERVISOR, "").rpartition(":")
    if pid.isdecimal():
        Heartbeat.objects.filter(host=host, pid=int(pid)).update(canary_at=timezone.now())


def canary_answered_since(moment: datetime) -> bool:
    """Whether any worker has run a canary since then."""
    return Heartbeat.objects.filter(canary_at__gte=moment).exists()


def alive() -> list[Heartbeat]:
    """Supervisors with a heartbeat within the last 30 seconds, the longest running first."""
    since = timezone.now() - FRESH
    return list(Heartbeat.objects.filter(beat_at__gte=since).order_by("started_at", "pk"))


def last() -> Heartbeat | None:
    """The latest heartbeat, however old; `None` where there is none, or none any more."""
    return Heartbeat.objects.order_by("-beat_at").first()


def delete_dead() -> int:
    """Delete supervisors that have been silent for an hour; how many."""
    return Heartbeat.objects.filter(beat_at__lt=timezone.now() - _DEAD).delete()[0]
