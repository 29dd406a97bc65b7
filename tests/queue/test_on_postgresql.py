"""The queue on PostgreSQL: clusters do not wait for each other, and survive outages."""

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


def wake_ups(count: int) -> list[int]:
    broker = get_broker()
    return [broker.enqueue(f"wake_up {number}") for number in range(count)]


def test_the_broker_is_ours(db: None) -> None:
    assert type(get_broker()) is Broker
    assert queue.describe() == "in the database"


@pytest.mark.django_db(transaction=True)
def test_wake_up_locked_by_another_is_skipped_at_once() -> None:
    first, second = wake_ups(2)
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
    assert get_broker().dequeue() == [(second, "wake_up 1")]
    assert get_broker().dequeue() == []
    assert time.monotonic() - started < 2
    over.set()
    other.join()
    assert get_broker().dequeue() == [(first, "wake_up 0")]


@pytest.mark.django_db(transaction=True)
def test_wake_up_returns_only_without_a_receipt_in_time() -> None:
    (wake_up,) = wake_ups(1)
    broker = get_broker()
    assert broker.dequeue() == [(wake_up, "wake_up 0")]
    assert (broker.queue_size(), broker.lock_size()) == (0, 1)
    OrmQ.objects.update(lock="2000-01-01T00:00:00Z")
    assert broker.dequeue() == [(wake_up, "wake_up 0")]
    broker.acknowledge(wake_up)
    assert OrmQ.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_wake_up_is_visible_once_committed() -> None:
    with transaction.atomic():
        transaction.on_commit(queue.wake_worker)
        assert OrmQ.objects.count() == 0
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_costs_a_pause_and_nothing_else() -> None:
    (wake_up,) = wake_ups(1)
    broker = get_broker()
    cut_off()
    assert broker.dequeue() in ([(wake_up, "wake_up 0")], None)
    broker.acknowledge(wake_up)
    cut_off()
    broker.acknowledge(wake_up)
    queue.wake_worker()  # on a dead connection: lost, and said, but no error
    connection.close()
    assert queue.pending() in (0, 1)


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
def test_deletion_and_end_of_a_task_lock_in_one_order(
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
def test_events_locked_by_another_pull_are_skipped_at_once() -> None:
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


def test_frozen_transaction_releases_its_locks(db: None) -> None:
    """A host that is gone, or a stopped process, would else hold a task's row for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("20s",)
