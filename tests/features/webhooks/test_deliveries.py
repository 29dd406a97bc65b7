"""Delivery attempts: their order, schedule and results."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from snapshots.errors import Conflict
from snapshots.models import Delivery, Event, EventConfig
from snapshots.services.events import config as event_config
from snapshots.services.events import deliveries, outbox
from snapshots.services.events.deliveries import DeliveryClaim
from tests.support.concurrency import at_once

from ...support.webhook_receiver import Receiver, free_port, receiver
from .conftest import push_one, write

WAITS = [0.0, 5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0]


def make_due() -> None:
    now = timezone.now()
    Event.objects.filter(due_at__isnull=False).update(due_at=now)


def waits_s(event: Event) -> float:
    """Until the next try, from now."""
    event.refresh_from_db()
    assert event.due_at
    return (event.due_at - timezone.now()).total_seconds()


def claimed() -> DeliveryClaim:
    url = deliveries.address()
    assert url
    claim = deliveries.claim_next(url=url)
    assert claim
    return claim


# --- Written, sent, delivered --------------------------------------------------------------------


def test_push_event_is_due_at_once(pushing: str) -> None:
    (event,) = write()
    assert (event.mode, event.tries, event.sending_until) == ("push", 0, None)
    assert -1 < waits_s(event) <= 0


def test_pull_event_is_never_due(db: None) -> None:
    (event,) = write()
    assert (event.mode, event.due_at) == ("pull", None)
    event_config.configure(mode="push", url="http://127.0.0.1:9/")
    assert push_one() is None


def test_uncommitted_event_is_never_due(pushing: str) -> None:
    with transaction.atomic():
        write()
        assert deliveries.due(limit=9) == 1
        transaction.set_rollback(True)
    assert deliveries.due(limit=9) == 0


def test_delivery_is_recorded(pushing: str, there: Receiver) -> None:
    (event,) = write()
    attempt = push_one()
    assert attempt
    assert attempt.arrived
    event.refresh_from_db()
    assert (event.tries, event.due_at, event.given_up_at, event.sending_until) == (1, *[None] * 3)
    assert event.delivered_at
    row = Delivery.objects.get()
    assert (row.event, row.attempt, row.url) == (event, 1, there.url)
    assert (row.status_code, row.error_code) == (200, "")
    assert row.duration_ms is not None
    assert push_one() is None
    assert len(there.got) == 1
    assert there.got[0].path == "/hook?from=mediahub"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_success(pushing: str, there: Receiver, status: int) -> None:
    (event,) = write()
    there.status(status)
    push_one()
    event.refresh_from_db()
    assert event.delivered_at


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 409, 429, 500, 503])
def test_other_statuses_are_retried(pushing: str, there: Receiver, status: int) -> None:
    (event,) = write()
    there.status(status, Location=there.url)
    push_one()
    event.refresh_from_db()
    assert (event.delivered_at, event.given_up_at, event.tries) == (None, None, 1)
    assert Delivery.objects.get().status_code == status
    assert len(there.got) == 1


def test_longest_due_event_is_sent_first(pushing: str, there: Receiver) -> None:
    write(3)
    for _ in range(3):
        push_one()
    assert [got.json["FileDeleteEvent"]["FileIdSet"][0][-1] for got in there.got] == ["0", "1", "2"]


# --- The schedule --------------------------------------------------------------------------------


def test_retries_back_off_and_then_stop(pushing: str, there: Receiver, settings: Any) -> None:
    assert settings.MEDIAHUB_CALLBACK_WAITS == WAITS
    (event,) = write()
    there.status(500)
    for wait in WAITS[1:]:
        push_one()
        assert 0.9 * wait - 2 < waits_s(event) < 1.1 * wait
        assert push_one() is None
        make_due()
    push_one()
    event.refresh_from_db()
    assert (event.due_at, event.delivered_at, event.tries) == (None, None, 10)
    assert event.given_up_at
    assert push_one() is None
    assert len(there.got) == 10
    assert len({got.id for got in there.got}) == 1
    assert len({got.body for got in there.got}) == 1
    attempts = Delivery.objects.order_by("attempt").values_list("attempt", "status_code")
    assert list(attempts) == [(number, 500) for number in range(1, 11)]


def test_waits_have_jitter(pushing: str, there: Receiver, settings: Any) -> None:
    settings.MEDIAHUB_CALLBACK_WAITS = [0.0, 10_000.0]
    there.status(500)
    rows = write(8)
    for _ in rows:
        push_one()
    waits = [waits_s(row) for row in rows]
    assert all(8_990 < wait <= 11_000 for wait in waits)
    assert max(waits) - min(waits) > 50


def test_the_schedule_is_a_setting(pushing: str, there: Receiver, settings: Any) -> None:
    settings.MEDIAHUB_CALLBACK_WAITS = [60.0, 120.0]
    (event,) = write()
    assert 58 < waits_s(event) <= 60
    there.status(500)
    for _ in range(2):
        make_due()
        push_one()
    event.refresh_from_db()
    assert event.given_up_at


def as_date(text: str) -> str:
    """`in 30 GMT` as the date in 30 seconds; other texts as they are."""
    if not text.startswith("in "):
        return text
    _, seconds, zone = text.split()
    moment = datetime.now(UTC) + timedelta(seconds=int(seconds))
    return format_datetime(moment, usegmt=True).replace("GMT", zone)


@pytest.mark.parametrize(
    ("asked", "low", "high"),
    [
        ("120", 118, 120),
        (" 120 ", 118, 120),
        ("in 3000 GMT", 2900, 3000),
        ("in 3000 -0000", 2900, 3000),
        ("999999999999999999999", 86_398, 86_400),
        ("in 100000000 GMT", 86_398, 86_400),
        ("1", 4.4, 5.5),  # sooner than the schedule has it: the schedule
        ("0", 4.4, 5.5),
        ("-5", 4.4, 5.5),
        ("soon", 4.4, 5.5),
        ("1.5", 4.4, 5.5),
        ("٣٠٠", 4.4, 5.5),
        ("in -3000 GMT", 4.4, 5.5),
        ("Mon, 99 Jan 2026 99:99:99 GMT", 4.4, 5.5),
        ("Mon, 01 Jan +99999999999 00:00:00 GMT", 4.4, 5.5),
    ],
)
def test_retry_after_of_the_receiver_is_obeyed(
    pushing: str, there: Receiver, asked: str, low: float, high: float
) -> None:
    (event,) = write()
    there.status(503, Retry_After=as_date(asked).encode().decode("latin-1"))
    push_one()
    assert low < waits_s(event) <= high


def test_closed_port_is_retried(pushing: str) -> None:
    event_config.configure(url=f"http://127.0.0.1:{free_port()}/")
    (event,) = write()
    push_one()
    assert 4 < waits_s(event) < 5.5
    row = Delivery.objects.get()
    assert (row.status_code, row.error_code) == (None, "unreachable")


def test_private_address_is_not_called_and_costs_an_attempt(
    pushing: str, there: Receiver, settings: Any
) -> None:
    settings.MEDIAHUB_ALLOW_PRIVATE = []
    (event,) = write()
    push_one()
    assert there.got == []
    assert Delivery.objects.get().error_code == "forbidden_url"
    assert 4 < waits_s(event) < 5.5


def test_hanging_receiver_times_out(pushing: str, there: Receiver, settings: Any) -> None:
    settings.MEDIAHUB_CALLBACK_S = 0.3
    hold = threading.Event()

    def answer(_: object) -> tuple[int, dict[str, str]]:
        hold.wait(10)
        return 200, {}

    there.answer = answer
    write()
    push_one()
    hold.set()
    row = Delivery.objects.get()
    assert row.error_code == "timeout"
    assert row.duration_ms
    assert 250 < row.duration_ms < 2500


# --- Gone ----------------------------------------------------------------------------------------


def test_410_stops_pushing_until_the_configuration_is_saved(pushing: str, there: Receiver) -> None:
    first, second = write(2)
    there.status(410)
    push_one()
    first.refresh_from_db()
    assert (first.due_at, first.delivered_at) == (None, None)
    assert first.given_up_at
    assert EventConfig.objects.get().stopped_at
    assert deliveries.address() is None
    assert push_one() is None
    assert len(there.got) == 1

    (third,) = write()
    there.status(200)
    event_config.configure(upload_event=False)
    assert EventConfig.objects.get().stopped_at is None
    assert push_one()
    assert push_one()
    assert push_one() is None
    for event in (second, third):
        event.refresh_from_db()
        assert event.delivered_at


def test_410_of_a_replaced_address_stops_nothing(pushing: str, there: Receiver) -> None:
    (event,) = write()
    there.status(410)
    claim = claimed()
    attempt = deliveries.send(claim=claim)
    with receiver() as elsewhere:
        event_config.configure(url=elsewhere.url)
        assert deliveries.record(claim=claim, attempt=attempt)
        assert EventConfig.objects.get().stopped_at is None
        push_one()
        assert len(elsewhere.got) == 1
    event.refresh_from_db()
    assert event.delivered_at


# --- Another address -----------------------------------------------------------------------------


def test_new_address_gets_waiting_events_at_once(pushing: str, there: Receiver) -> None:
    (event,) = write()
    there.status(500)
    for _ in range(3):
        push_one()
        make_due()
    push_one()
    assert waits_s(event) > 1000
    with receiver() as elsewhere:
        event_config.configure(url=elsewhere.url)
        event.refresh_from_db()
        assert event.tries == 0
        assert push_one()
        assert len(elsewhere.got) == 1
    assert len(there.got) == 4
    urls = Delivery.objects.order_by("attempt").values_list("url", flat=True)
    assert list(urls) == [there.url] * 4 + [elsewhere.url]


def test_saving_the_same_address_changes_no_schedule(pushing: str, there: Receiver) -> None:
    (event,) = write()
    there.status(500)
    push_one()
    event_config.configure(url=there.url, delete_event=True)
    assert waits_s(event) > 4


def test_event_that_failed_at_a_replaced_address_is_due_at_once(
    pushing: str, there: Receiver
) -> None:
    (event,) = write()
    there.status(500)
    claim = claimed()
    attempt = deliveries.send(claim=claim)
    event_config.configure(url=f"http://127.0.0.1:{free_port()}/")
    assert deliveries.record(claim=claim, attempt=attempt)
    assert waits_s(event) <= 0
    assert event.tries == 0


def test_push_events_are_pushed_in_pull_mode_too(pushing: str, there: Receiver) -> None:
    write()
    event_config.configure(mode="pull")
    assert push_one()
    assert len(there.got) == 1
    write()
    assert push_one() is None


def test_nothing_is_sent_while_there_is_no_address(pushing: str, there: Receiver) -> None:
    write()
    event_config.configure(mode="pull", url="")
    assert deliveries.address() is None
    assert deliveries.claim_next(url=there.url) is None
    assert deliveries.claim_next(url="") is None
    event_config.configure(url=there.url)
    assert push_one()


# --- One at a time -------------------------------------------------------------------------------


def test_claimed_event_is_not_claimed_again(pushing: str) -> None:
    (event,) = write()
    claim = claimed()
    assert push_one() is None
    event.refresh_from_db()
    assert event.sending_until == claim.until
    left = (claim.until - timezone.now()).total_seconds()
    assert 8 < left <= 9  # three times what a try may last


def test_event_of_a_dead_sender_is_sent_again(pushing: str, there: Receiver) -> None:
    (event,) = write()
    lost = claimed()
    deliveries.send(claim=lost)
    Event.objects.update(sending_until=timezone.now() - timedelta(milliseconds=1))
    assert push_one()
    assert [got.id for got in there.got] == [f"evt_{event.pk}"] * 2
    assert Delivery.objects.count() == 1


def test_late_attempt_is_not_recorded(pushing: str, there: Receiver) -> None:
    (event,) = write()
    there.status(500)
    late = claimed()
    attempt = deliveries.send(claim=late)
    Event.objects.update(sending_until=timezone.now() - timedelta(milliseconds=1))
    now_theirs = claimed()
    assert not deliveries.record(claim=late, attempt=attempt)
    event.refresh_from_db()
    assert (event.tries, event.sending_until) == (0, now_theirs.until)
    assert not Delivery.objects.exists()


def test_attempt_of_a_deleted_event_is_not_recorded(pushing: str) -> None:
    (event,) = write()
    claim = claimed()
    attempt = deliveries.send(claim=claim)
    event.delete()
    assert not deliveries.record(claim=claim, attempt=attempt)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_senders_claim_each_event_once(there: Receiver) -> None:
    event_config.configure(mode="push", url=there.url)
    write(60)
    taken = []

    def drain() -> None:
        while deliveries.due(limit=1):
            if claim := deliveries.claim_next(url=there.url):
                taken.append(claim.event.pk)

    at_once(*[drain] * 4)
    assert Counter(taken) == Counter(Event.objects.values_list("pk", flat=True))


# --- By hand -------------------------------------------------------------------------------------


def give_up(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(due_at=None, tries=10, given_up_at=timezone.now())
    event.refresh_from_db()


def test_undeliverable_event_can_be_resent(pushing: str, there: Receiver) -> None:
    (event,) = write()
    there.status(500)
    push_one()
    give_up(event)
    deliveries.resend(event=event)
    event.refresh_from_db()
    assert (event.tries, event.given_up_at) == (0, None)
    there.status(200)
    push_one()
    event.refresh_from_db()
    assert event.delivered_at
    assert [got.id for got in there.got] == [f"evt_{event.pk}"] * 2
    assert there.got[0].body == there.got[1].body
    assert list(Delivery.objects.values_list("attempt", "status_code")) == [(1, 500), (2, 200)]


def test_delivered_event_can_be_resent(pushing: str, there: Receiver) -> None:
    (event,) = write()
    push_one()
    event.refresh_from_db()
    deliveries.resend(event=event)
    event.refresh_from_db()
    assert event.delivered_at is None
    push_one()
    assert len(there.got) == 2


def refused(event: Event) -> str:
    with pytest.raises(Conflict) as caught:
        deliveries.resend(event=event)
    return caught.value.code


def test_resend_refuses_events_that_cannot_be_pushed(pushing: str, there: Receiver) -> None:
    (event,) = write()
    claimed()
    assert refused(event) == "being_sent"
    Event.objects.update(sending_until=None)
    give_up(event)
    EventConfig.objects.update(stopped_at=timezone.now())
    assert refused(event) == "not_pushing"
    event_config.configure(mode="pull")
    (pulled,) = write()
    assert refused(pulled) == "not_pushed"
    event.refresh_from_db()
    pulled.refresh_from_db()
    assert (event.due_at, pulled.due_at) == (None, None)
    assert there.got == []


def test_test_event_arrives_and_is_recorded(pushing: str, there: Receiver) -> None:
    event, attempt = deliveries.send_test()
    assert (attempt.arrived, attempt.status) == (True, 200)
    (got,) = there.got
    assert got.id == f"evt_{event.pk}"
    assert got.json["EventType"] == "FileDeleted"
    assert got.json["FileDeleteEvent"]["FileIdSet"] == [event.subject]
    assert event.subject.startswith("test-")
    event.refresh_from_db()
    assert (event.tries, event.due_at, event.given_up_at) == (1, None, None)
    assert event.delivered_at
    assert event.deliveries.get().status_code == 200


def test_failed_test_event_is_reported_and_not_retried(pushing: str, there: Receiver) -> None:
    there.status(410)
    event, attempt = deliveries.send_test()
    assert (attempt.arrived, attempt.status) == (False, 410)
    event.refresh_from_db()
    assert (event.due_at, event.delivered_at) == (None, None)
    assert event.given_up_at
    assert EventConfig.objects.get().stopped_at is None
    event_config.configure(url=f"http://127.0.0.1:{free_port()}/")
    _, attempt = deliveries.send_test()
    assert (attempt.arrived, attempt.error_code) == (False, "unreachable")
    assert push_one() is None


def test_test_event_needs_an_address(db: None) -> None:
    with pytest.raises(Conflict) as caught:
        deliveries.send_test()
    assert caught.value.code == "no_url"
    assert not Event.objects.exists()


# --- Retention -----------------------------------------------------------------------------------


def test_old_events_stay_while_they_have_attempts_left(pushing: str) -> None:
    waiting, dead, delivered = write(3)
    give_up(dead)
    Event.objects.filter(pk=delivered.pk).update(due_at=None, delivered_at=timezone.now())
    Event.objects.update(created_at=timezone.now() - outbox.RETENTION - timedelta(seconds=5))
    assert outbox.delete_old() == 2
    assert Event.objects.get() == waiting
    EventConfig.objects.update(stopped_at=timezone.now())
    assert outbox.delete_old() == 1
