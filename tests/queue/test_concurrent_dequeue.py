"""The queue under many takers, on whichever database the tests run."""

from __future__ import annotations

from collections import Counter

import pytest
from django_q.brokers import get_broker

from tests.support.concurrency import at_once

TAKERS, RINGS = 4, 60


@pytest.mark.django_db(transaction=True)
def test_many_takers_get_each_ring_once() -> None:
    for number in range(RINGS):
        get_broker().enqueue(f"ring {number}")
    taken: Counter[str] = Counter()

    def take() -> None:
        broker = get_broker()
        while broker.queue_size():
            taken.update(payload for _, payload in broker.dequeue() or [])

    at_once(*[take] * TAKERS)
    assert taken == Counter(f"ring {number}" for number in range(RINGS))
