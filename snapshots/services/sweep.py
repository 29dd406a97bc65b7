"""What keeps the promise when a ring is lost or a worker vanishes. Safe to run in many places."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from .. import queue
from . import media, tasks


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: work given up after three vanished workers, and rings added."""

    failed: int
    rung: int


def sweep() -> Swept:
    """Fail what is out of tries, then keep enough rings in the queue for what waits."""
    failed = tasks.fail_exhausted() + media.fail_exhausted()
    waiting = tasks.waiting_count() + media.waiting_count()
    missing = min(waiting, 2 * settings.MEDIAHUB_WORKERS) - queue.rings()
    for _ in range(missing):
        queue.ring()
    return Swept(failed, max(missing, 0))
