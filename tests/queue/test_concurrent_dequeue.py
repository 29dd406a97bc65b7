"""The queue under many takers, on whichever database the tests run."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connection
from django_q.brokers import get_broker

TAKERS, RINGS = 4, 60


@pytest.mark.django_db(transaction=True)
def test_many_takers_get_each_ring_once() -> None:
    for number in range(RINGS):
        get_broker().enqueue(f"ring {number}")
    taken: Counter[str] = Counter()
    ready = threading.Barrier(TAKERS)

    def take() -> None:
        broker = get_broker()
        ready.wait(10)
        while broker.queue_size():
            taken.update(payload for _, payload in broker.dequeue() or [])
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == Counter(f"ring {number}" for number in range(RINGS))
