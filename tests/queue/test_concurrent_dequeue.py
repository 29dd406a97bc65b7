"""Concurrent dequeues, on the database that the tests run on."""

from __future__ import annotations

from collections import Counter

import pytest
from django_q.brokers import get_broker

from tests.support.concurrency import at_once

TAKERS, WAKE_UPS = 4, 60


@pytest.mark.django_db(transaction=True)
def test_concurrent_dequeues_get_each_wake_up_once() -> None:
    for number in range(WAKE_UPS):
        get_broker().enqueue(f"wake_up {number}")
    taken: Counter[str] = Counter()

    def take() -> None:
        broker = get_broker()
        while broker.queue_size():
            taken.update(payload for _, payload in broker.dequeue() or [])

    at_once(*[take] * TAKERS)
    assert taken == Counter(f"wake_up {number}" for number in range(WAKE_UPS))
