"""W4: concurrent pullers, some of which die between pull and confirmation."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from snapshots.errors import Conflict
from snapshots.models import Event
from snapshots.services.events import outbox

from . import scale

pytestmark = pytest.mark.timeout(600)


@pytest.mark.django_db(transaction=True)
def test_w4_every_event_is_confirmed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    count = scale.of(1000, 200)
    monkeypatch.setattr(outbox, "HIDDEN", timedelta(seconds=1.5))
    Event.objects.bulk_create(
        Event(kind="media.ready", subject=str(number), sequence=1, mode="pull", payload={})
        for number in range(count)
    )
    confirmed: Counter[int] = Counter()
    lock = threading.Lock()
    threads = [
        threading.Thread(target=puller, args=(seed, count, confirmed, lock)) for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert len(confirmed) == count
    assert set(confirmed.values()) == {1}
    assert outbox.pull() == []
    assert not Event.objects.filter(confirmed_at=None).exists()


def puller(seed: int, count: int, confirmed: Counter[int], lock: threading.Lock) -> None:
    """Pulls until all are confirmed; one time in five it dies before it confirms."""
    dice = random.Random(seed)
    deadline = time.monotonic() + 240
    try:
        while len(confirmed) < count and time.monotonic() < deadline:
            rows = outbox.pull(wait_s=0.3)
            if not rows or dice.random() < 0.2:
                continue
            with lock:  # so that what is counted is what the database said, in its order
                try:
                    outbox.confirm(handles=[outbox.handle(row) for row in rows])
                except Conflict:
                    continue
                confirmed.update(row.pk for row in rows)
    finally:
        connection.close()
