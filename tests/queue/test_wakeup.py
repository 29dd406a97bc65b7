"""Wake-ups: limited in number, and naming no task."""

from __future__ import annotations

import pytest
from django.conf import settings
from django_q.models import OrmQ

from snapshots import queue


@pytest.mark.django_db
def test_pending_wake_ups_are_counted_and_limited() -> None:
    assert queue.pending() == 0
    for _ in range(50):
        queue.wake_worker()
    assert queue.pending() == OrmQ.objects.count() == 2 * settings.MEDIAHUB_WORKERS


@pytest.mark.django_db
def test_wake_up_names_no_task() -> None:
    queue.wake_worker()
    task = OrmQ.objects.get().task
    assert task["func"] == "snapshots.jobs.run_waiting"
    assert task["args"] == ()
    assert "kwargs" not in task or task["kwargs"] == {}


def test_queue_settings_follow_its_measured_behaviour() -> None:
    """Prefetched wake_ups must outlive every wake_up before them, or they run twice."""
    cluster = settings.Q_CLUSTER
    workers, limit = cluster["workers"], cluster["queue_limit"]
    assert cluster["retry"] > cluster["timeout"] * (1 + -(-(limit + 1) // workers))
    assert cluster["timeout"] > settings.MEDIAHUB_DEADLINE_MAX_S
    assert cluster["daemonize_workers"] is False
    assert (cluster["max_attempts"], cluster["ack_failures"]) == (1, True)
    assert cluster["guard_cycle"] == 0.5
