"""Ringing: tell a worker that there is work, without saying which."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import DatabaseError
from django_q.brokers import get_broker
from django_q.tasks import async_task

from .. import fault_injection

log = structlog.get_logger()

ANSWER, SING = "snapshots.jobs.answer", "snapshots.jobs.sing"


def rings() -> int:
    """How many rings nobody has answered yet.

    Raises Django's `OperationalError` where the queue does not answer, be it a table or Redis.
    """
    return int(get_broker().queue_size())


def ring() -> None:
    """Wake a worker. Does nothing when enough rings wait to keep every worker busy.

    A ring carries no order, so a lost one costs time and never work: the sweeper rings again.
    That is also why a queue that does not answer is no error here, where the work is committed
    already.
    """
    broker = get_broker()
    try:
        if broker.queue_size() < 2 * settings.MEDIAHUB_WORKERS:
            async_task(ANSWER, broker=broker)
            fault_injection.point("after_ring")
    except DatabaseError as error:
        log.warning("a ring was lost, the sweeper will ring again", error=str(error))


def canary() -> None:
    """Send a job that only notes that it was done, to see that the queue turns.

    Raises as `rings`.
    """
    async_task(SING)


def describe() -> str:
    """What the queue is, once it has answered. Raises as `rings`."""
    rings()
    return str(get_broker().info()) if settings.MEDIAHUB_BROKER_URL else "in the database"
