"""Ringing: tell a worker that there is work, without saying which."""

from __future__ import annotations

from django.conf import settings
from django_q.brokers import get_broker
from django_q.status import Stat
from django_q.tasks import async_task

from .. import faults

ANSWER, SING = "snapshots.jobs.answer", "snapshots.jobs.sing"


def rings() -> int:
    """How many rings nobody has answered yet."""
    return int(get_broker().queue_size())


def ring() -> None:
    """Wake a worker. Does nothing when enough rings wait to keep every worker busy.

    A ring carries no order, so a lost one costs time and never work: the sweeper rings again.
    """
    if rings() < 2 * settings.MEDIAHUB_WORKERS:
        async_task(ANSWER)
        faults.point("after_ring")


def canary() -> None:
    """Send a job that only notes that it was done, to see that the queue turns."""
    async_task(SING)


def clusters() -> int:
    """How many clusters of workers have given a sign of life lately."""
    return len(Stat.get_all())
