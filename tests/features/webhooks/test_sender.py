"""The running webhook sender: concurrent, killed, and with slow or missing receivers."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from snapshots.messages import Message
from snapshots.models import Delivery, Event, Media, Task
from snapshots.services import tasks
from snapshots.services.events import config as event_config
from snapshots.services.events import deliveries, outbox
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.worker.sender import MAX_THREADS, WebhookSender
from tests.support.processes import wait_for

from ...support.webhook_receiver import Received, Receiver, receiver
from .conftest import all_delivered, write
from .sender_processes import sender_process

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def sending() -> Iterator[WebhookSender]:
    """A sender in this process."""
    sender = WebhookSender()
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()
        sender.join()
        assert not [thread for thread in sender._threads() if thread.is_alive()]


class Holding:
    """An answer that is given when `let_go` is called, and not before."""

    def __init__(self) -> None:
        self._gone = threading.Event()
        self.let_go = self._gone.set

    def __call__(self, _: Received) -> tuple[int, dict[str, str]]:
        self._gone.wait(20)
        return 200, {}


def test_sender_delivers_events_written_while_it_runs(pushing: str, there: Receiver) -> None:
    with sending():
        for count in (1, 5):
            write(count)
            assert wait_for(all_delivered)
    assert len(there.got) == len({got.id for got in there.got}) == 6
    assert all(Webhook(pushing).verify(got.body, dict(got.headers)) for got in there.got)
    assert Delivery.objects.filter(attempt=1, status_code=200).count() == 6


def test_sender_retries_by_itself(pushing: str, there: Receiver, settings: Any) -> None:
    settings.MEDIAHUB_CALLBACK_WAITS = [0.0, 0.3, 0.3, 0.3]
    there.status(503)
    write()
    with sending():
        assert wait_for(lambda: len(there.got) == 2)
        there.status(200)
        assert wait_for(all_delivered)
    assert [row.status_code for row in Delivery.objects.order_by("attempt")] == [503, 503, 200]


def test_sender_delivers_several_at_once(pushing: str, there: Receiver) -> None:
    there.answer = hold = Holding()
    write(MAX_THREADS + 2)
    with sending():
        assert wait_for(lambda: len(there.got) == MAX_THREADS)
        time.sleep(0.6)
        assert len(there.got) == MAX_THREADS
        hold.let_go()
        assert wait_for(all_delivered)


def test_two_senders_send_each_event_once(pushing: str, there: Receiver) -> None:
    write(60)
    with sending(), sending():
        assert wait_for(all_delivered, 30)
    assert Counter(got.id for got in there.got) == {f"evt_{pk}": 1 for pk in range_of_events()}


def range_of_events() -> list[int]:
    return list(Event.objects.values_list("pk", flat=True))


def test_another_address_does_not_wait_for_a_slow_one(
    pushing: str, there: Receiver, settings: Any
) -> None:
    settings.MEDIAHUB_CALLBACK_S = 10.0
    there.answer = hold = Holding()
    write(MAX_THREADS)
    with sending(), receiver() as elsewhere:
        assert wait_for(lambda: len(there.got) == MAX_THREADS)
        event_config.configure(url=elsewhere.url)
        start = time.monotonic()
        (event,) = write()
        assert wait_for(lambda: len(elsewhere.got) == 1)
        assert time.monotonic() - start < 2
        assert elsewhere.got[0].id == f"evt_{event.pk}"
        hold.let_go()
        assert wait_for(all_delivered)
        assert len(there.got) == MAX_THREADS
        assert len(elsewhere.got) == 1


def test_a_slow_receiver_holds_up_no_task_and_no_pull(
    there: Receiver, ready_media: Media, presets: None
) -> None:
    write(3)  # to be pulled
    event_config.configure(mode="push", url=there.url)
    there.answer = hold = Holding()
    write(MAX_THREADS)
    with sending():
        assert wait_for(lambda: len(there.got) == MAX_THREADS)
        start = time.monotonic()
        specs = [SnapshotSpec(10, ["0s"])]
        task = submission.submit(media=ready_media, snapshots=specs, interface=Task.Interface.REST)
        claim = tasks.claim_next()
        assert claim
        tasks.fail(claim=claim, code="unreadable", message=Message("x"))
        rows = outbox.pull()
        outbox.confirm(handles=[outbox.handle(row) for row in rows])
        assert time.monotonic() - start < 1
        assert len(rows) == 3
        assert Event.objects.filter(subject=task.task_id, delivered_at=None).exists()
        hold.let_go()
        assert wait_for(lambda: not Event.objects.filter(mode="push", delivered_at=None).exists())


def test_stopped_sender_finishes_attempts_in_progress(pushing: str, there: Receiver) -> None:
    there.answer = hold = Holding()
    write(MAX_THREADS + 3)
    with sending() as sender:
        assert wait_for(lambda: len(there.got) == MAX_THREADS)
        sender.stop()
        hold.let_go()
        sender.join()
        assert Event.objects.exclude(delivered_at=None).count() == MAX_THREADS
        assert not Event.objects.exclude(sending_until=None).exists()
    assert len(there.got) == MAX_THREADS


def test_sender_survives_a_database_outage(
    pushing: str, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A try that was made is written down as soon as that can be done, and not made again."""
    from django.db import OperationalError

    real, failures = deliveries.record, iter([True, True])

    def record(**values: Any) -> bool:
        if next(failures, False):
            raise OperationalError("database is locked")
        return real(**values)

    monkeypatch.setattr(deliveries, "record", record)
    write()
    with sending():
        assert wait_for(all_delivered)
    assert len(there.got) == 1


# --- Killed --------------------------------------------------------------------------------------


def test_killed_senders_event_is_sent_again_after_its_lease(pushing: str, there: Receiver) -> None:
    there.answer = hold = Holding()
    (event,) = write()
    with sender_process():
        assert wait_for(lambda: len(there.got) == 1, 30)
    hold.let_go()
    event.refresh_from_db()
    assert event.delivered_at is None
    assert event.sending_until
    with sender_process():
        assert wait_for(all_delivered, 30)
    event.refresh_from_db()
    assert event.delivered_at
    first, second = there.got
    assert (first.id, first.body) == (second.id, second.body)
    assert timezone.now() > event.delivered_at


@pytest.mark.parametrize("fault", ["kill", "raise", "full", "sleep 5"])
def test_failure_before_recording_causes_a_repeat(
    pushing: str, there: Receiver, tmp_path: Path, fault: str
) -> None:
    """The sender goes, its thread goes, or it comes back when its lease is over."""
    (event,) = write()
    (tmp_path / "after_post").write_text(fault)
    with sender_process(MEDIAHUB_FAULTS=str(tmp_path)) as struck:
        assert wait_for(lambda: len(there.got) == 1, 30)
        with sender_process():
            assert wait_for(all_delivered, 30)
        if fault == "kill":
            assert struck.wait(10) == -signal.SIGKILL
        else:
            assert struck.poll() is None
    assert not (tmp_path / "after_post").exists()
    assert [got.id for got in there.got] == [f"evt_{event.pk}"] * 2
    assert [row.status_code for row in Delivery.objects.all()] == [200]
