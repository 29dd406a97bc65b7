"""Wake-ups: jobs that tell a worker that there is work, without saying which."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import DatabaseError
from django_q.brokers import get_broker
from django_q.tasks import async_task

from .. import fault_injection

log = structlog.get_logger()

RUN, CANARY = "snapshots.jobs.run_waiting", "snapshots.jobs.canary"


def pending() -> int:
    """Number of wake-ups that no worker has taken yet.

    Raises Django's `OperationalError` where the queue does not answer, be it a table or Redis.
    """
    return int(get_broker().queue_size())


def wake_worker() -> None:
    """Wake a worker. Does nothing when enough wake-ups wait to keep every worker busy.

    A wake-up names no task, so a lost one costs time and never work: the sweeper sends another.
    That is also why a queue that does not answer is no error here, where the work is committed
    already.
    """
    broker = get_broker()
    try:
        if broker.queue_size() < 2 * settings.MEDIAHUB_WORKERS:
            async_task(RUN, broker=broker)
            fault_injection.point("after_wake_up")
    except DatabaseError as error:
        log.warning("a wake-up was lost, the sweeper will send another", error=str(error))


def canary() -> None:
    """Send a job that only records that it ran, to check that the queue is worked through.

    Raises as `pending`.
    """
    async_task(CANARY)


def describe() -> str:
    """What the queue is, once it has answered. Raises as `pending`."""
    pending()
    return str(get_broker().info()) if settings.MEDIAHUB_BROKER_URL else "in the database"
