"""W2: every event arrives although the receiver starts late and the sender is killed."""

from __future__ import annotations

from functools import partial

import pytest
from standardwebhooks import Webhook

from snapshots.models import Delivery, Event
from snapshots.services.events import config as event_config
from snapshots.worker.sender import MAX_THREADS
from tests.features.webhooks.conftest import all_delivered, write
from tests.features.webhooks.sender_processes import sender_process
from tests.support.processes import wait_for
from tests.support.webhook_receiver import Received, Receiver, free_port, receiver

from .scale import of

EVENTS = of(500, 100)
KILLS = of(10, 4)


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_every_event_arrives_though_receiver_and_sender_die() -> None:
    port = free_port()
    secret = event_config.configure(mode="push", url=f"http://127.0.0.1:{port}/").new_secret
    assert secret
    write(EVENTS)
    failed = Delivery.objects.filter(error_code="unreachable")
    with sender_process():
        assert wait_for(lambda: failed.count() > EVENTS // 2, 60)
    with receiver(port) as there:
        _kill_again_and_again(there)
        with sender_process() as last:
            assert wait_for(all_delivered, 120)
            last.terminate()
            assert last.wait(10) == 0
    _look_at(there.got, secret)


def _has_got(there: Receiver, count: int) -> bool:
    return len(there.got) >= count


def _kill_again_and_again(there: Receiver) -> None:
    """Each time when another part of the events has come: in the middle of sending others."""
    for kill in range(1, KILLS + 1):
        goal = kill * EVENTS // (KILLS + 1)
        with sender_process():
            assert wait_for(partial(_has_got, there, goal), 60)


def _look_at(got: list[Received], secret: str) -> None:
    by_id = {f"evt_{event.pk}": event for event in Event.objects.all()}
    assert {one.id for one in got} == set(by_id)
    for one in got:
        assert Webhook(secret).verify(one.body, dict(one.headers)) == one.json
        assert one.json["FileDeleteEvent"]["FileIdSet"] == [by_id[one.id].subject]
    # A repeat only follows a kill between sending and writing down: at most one per thread and kill
    assert EVENTS <= len(got) <= EVENTS + KILLS * MAX_THREADS
    arrived = list(Delivery.objects.filter(status_code=200).values_list("event", flat=True))
    assert sorted(arrived) == sorted(event.pk for event in by_id.values())
    assert not Event.objects.exclude(given_up_at=None).exists()
