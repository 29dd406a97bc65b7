"""The doorbell: bounded, and without any say in what is done."""

from __future__ import annotations

import pytest
from django.conf import settings
from django_q.models import OrmQ

from snapshots import queue


@pytest.mark.django_db
def test_rings_are_counted_and_bounded() -> None:
    assert queue.rings() == 0
    for _ in range(50):
        queue.ring()
    assert queue.rings() == OrmQ.objects.count() == 2 * settings.MEDIAHUB_WORKERS


@pytest.mark.django_db
def test_a_ring_carries_no_order() -> None:
    queue.ring()
    task = OrmQ.objects.get().task
    assert task["func"] == "snapshots.jobs.answer"
    assert task["args"] == ()
    assert "kwargs" not in task or task["kwargs"] == {}


def test_the_queue_is_set_as_its_measured_behaviour_asks() -> None:
    """Prefetched rings must outlive every ring before them, or they run twice."""
    cluster = settings.Q_CLUSTER
    workers, limit = cluster["workers"], cluster["queue_limit"]
    assert cluster["retry"] > cluster["timeout"] * (1 + -(-(limit + 1) // workers))
    assert cluster["timeout"] > settings.MEDIAHUB_DEADLINE_MAX_S
    assert cluster["daemonize_workers"] is False
    assert (cluster["max_attempts"], cluster["ack_failures"]) == (1, True)
    assert cluster["guard_cycle"] == 0.5
