"""What keeps the promise when a ring is lost or a worker vanishes. Safe to run in many places."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from ... import queue
from ...models import Media, Task
from .. import tasks
from ..events import outbox
from ..library import probing, resumable_uploads
from ..ops import heartbeats
from ..security import access_keys, idempotency, rate_limits


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: work given up after three vanished workers, rings added, rows dropped."""

    failed: int
    rung: int
    dropped: int


def is_work_waiting() -> bool:
    """Whether a worker that answers now would find something to do."""
    now = timezone.now()
    return Task.objects.processes().claimable(now).exists() or Media.objects.claimable(now).exists()


def is_stalled() -> bool:
    """Whether work waits while nobody is at work: more than a moment of that is a fault."""
    now = timezone.now()
    busy = Task.objects.processes().at_work(now).exists() or Media.objects.at_work(now).exists()
    return not busy and is_work_waiting()


def sweep() -> Swept:
    """Fail what is out of tries, keep enough rings for what waits, drop what is past its time."""
    failed = tasks.fail_exhausted() + probing.fail_exhausted()
    dropped = _dropped()  # before the queue is asked, which may be away
    now = timezone.now()
    waiting = Task.objects.processes().claimable(now).count() + Media.objects.claimable(now).count()
    missing = min(waiting, 2 * settings.MEDIAHUB_WORKERS) - queue.rings()
    for _ in range(missing):
        queue.ring()
    return Swept(failed, max(missing, 0), dropped)


def _dropped() -> int:
    rows = outbox.drop_old() + access_keys.forget_spent()
    rows += heartbeats.forget_dead() + idempotency.forget_old()
    return rows + rate_limits.forget_old() + resumable_uploads.drop_expired()
