"""The sweeper: recovers lost wake-ups and dead workers' work. Safe to run in many places."""

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
    """What one sweep did: work failed after three dead workers, wake-ups sent, rows deleted."""

    failed: int
    woken: int
    dropped: int


def is_work_waiting() -> bool:
    """Whether there is work that a worker could claim now."""
    now = timezone.now()
    return Task.objects.processes().claimable(now).exists() or Media.objects.claimable(now).exists()


def is_stalled() -> bool:
    """Whether work waits while no worker is busy, which is a fault if it lasts."""
    now = timezone.now()
    busy = Task.objects.processes().at_work(now).exists() or Media.objects.at_work(now).exists()
    return not busy and is_work_waiting()


def sweep() -> Swept:
    """Fail work without attempts left, send missing wake-ups, delete expired rows."""
    failed = tasks.fail_exhausted() + probing.fail_exhausted()
    dropped = _delete_expired()  # before the queue is asked, which may not answer
    now = timezone.now()
    waiting = Task.objects.processes().claimable(now).count() + Media.objects.claimable(now).count()
    missing = min(waiting, 2 * settings.MEDIAHUB_WORKERS) - queue.pending()
    for _ in range(missing):
        queue.wake_worker()
    return Swept(failed, max(missing, 0), dropped)


def _delete_expired() -> int:
    rows = outbox.delete_old() + access_keys.delete_spent()
    rows += heartbeats.delete_dead() + idempotency.delete_old()
    return rows + rate_limits.delete_old() + resumable_uploads.drop_expired()
