"""Clusters on one PostgreSQL: none waits for another, and none takes its processes along."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django_q.brokers import get_broker
from django_q.models import OrmQ

from snapshots import queue
from snapshots.models import Event, Media, Task
from snapshots.queue.postgresql import Broker
from snapshots.services import tasks
from snapshots.services.events import outbox
from snapshots.services.library import media
from snapshots.services.tasks import claimed


def rings(count: int) -> list[int]:
    broker = get_broker()
    return [broker.enqueue(f"ring {number}") for number in range(count)]


def test_the_broker_is_ours(db: None) -> None:
    assert type(get_broker()) is Broker
    assert queue.describe() == "in the database"


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_another_is_taking_is_passed_over_at_once() -> None:
    first, second = rings(2)
    locked, over = threading.Event(), threading.Event()

    def take_slowly() -> None:
        try:
            with transaction.atomic():
                assert OrmQ.objects.select_for_update().get(pk=first)
                locked.set()
                over.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=take_slowly)
    other.start()
    assert locked.wait(10)
    started = time.monotonic()
    assert get_broker().dequeue() == [(second, "ring 1")]
    assert get_broker().dequeue() == []
    assert time.monotonic() - started < 2
    over.set()
    other.join()
    assert get_broker().dequeue() == [(first, "ring 0")]


@pytest.mark.django_db(transaction=True)
def test_a_taken_ring_comes_back_only_when_nobody_gave_a_receipt_in_time() -> None:
    (ring,) = rings(1)
    broker = get_broker()
    assert broker.dequeue() == [(ring, "ring 0")]
    assert (broker.queue_size(), broker.lock_size()) == (0, 1)
    OrmQ.objects.update(lock="2000-01-01T00:00:00Z")
    assert broker.dequeue() == [(ring, "ring 0")]
    broker.acknowledge(ring)
    assert OrmQ.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_ring_is_heard_when_it_is_committed_and_not_before() -> None:
    with transaction.atomic():
        transaction.on_commit(queue.ring)
        assert OrmQ.objects.count() == 0
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_costs_a_pause_and_nothing_else() -> None:
    (ring,) = rings(1)
    broker = get_broker()
    cut_off()
    assert broker.dequeue() in ([(ring, "ring 0")], None)
    broker.acknowledge(ring)
    cut_off()
    broker.acknowledge(ring)
    queue.ring()  # on a dead connection: lost, and said, but no error
    connection.close()
    assert queue.rings() in (0, 1)


def cut_off() -> None:
    """End this thread's session as the server does when it goes down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_deletion_and_the_end_of_a_task_wait_for_each_other_in_one_order(
    ready_media: Media, make_task: Callable[..., Task]
) -> None:
    """In two orders they would end in a deadlock, and one of them in an error."""
    make_task(ready_media)
    claim = tasks.claim_next()
    assert claim
    locked, deleting = threading.Event(), threading.Event()

    def end_slowly() -> None:
        try:
            with transaction.atomic():
                claimed._lock(claim)
                locked.set()
                assert deleting.wait(10)
                time.sleep(0.5)  # the deletion waits by now
                tasks.finish(claim=claim)
        finally:
            connection.close()

    worker = threading.Thread(target=end_slowly)
    worker.start()
    assert locked.wait(10)
    deleting.set()
    media.delete(media=ready_media)
    worker.join()
    assert Task.objects.get().status == "finished"
    assert not Media.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_events_that_another_is_pulling_are_passed_over_at_once() -> None:
    for number in range(20):
        Event.objects.create(
            subject=str(number), kind="media.ready", sequence=1, mode="pull", payload={}
        )
    pulled, over = threading.Event(), threading.Event()
    first: list[Event] = []

    def pull_slowly() -> None:
        try:
            with transaction.atomic():
                first.extend(outbox.pull())
                pulled.set()
                over.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=pull_slowly)
    other.start()
    assert pulled.wait(10)
    started = time.monotonic()
    assert [event.subject for event in outbox.pull()] == ["16", "17", "18", "19"]
    assert time.monotonic() - started < 2
    over.set()
    other.join()
    assert [event.subject for event in first] == [str(number) for number in range(16)]


def test_a_frozen_transaction_gives_its_locks_back(db: None) -> None:
    """A host that is gone, or a stopped process, would else hold a task's row for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("20s",)
