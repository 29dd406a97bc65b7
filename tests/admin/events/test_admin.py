"""Events in the console: how far each has got, and sending one again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from snapshots.models import Event
from snapshots.services.events import config as event_config

from ..conftest import inline_parts, queries_of, texts

LIST = reverse("admin:snapshots_event_changelist")


@pytest.fixture
def make_event(db):
    def make(subject="1", mode="push", **values):
        payload = {"media": {"file_id": subject}, "task": None}
        return Event.objects.create(kind="media.deleted", subject=subject, sequence=1, mode=mode,
                                    payload=payload, **values)  # fmt: skip

    return make


@pytest.fixture
def _pushing(db):
    event_config.configure(mode="push", url="https://hooks.example/")


def _page(event, name="change"):
    return reverse(f"admin:snapshots_event_{name}", args=[event.pk])


def states(page):
    rows = page.content.decode().split('class="field-state"')[1:]
    return [row.split("</span>")[0].rpartition(">")[2] for row in rows]


def test_it_shows_how_far_each_has_got(admin, make_event):
    now = timezone.now()
    soon = now + timedelta(minutes=5)
    make_event("1", mode="pull")
    make_event("2", mode="pull", confirmed_at=now)
    make_event("3", due_at=now)
    make_event("4", due_at=now, sending_until=soon)
    make_event("5", due_at=soon, tries=1)
    make_event("6", due_at=soon, tries=3, sending_until=now - timedelta(seconds=1))
    make_event("7", delivered_at=now, tries=1)
    make_event("8", given_up_at=now, tries=10)
    assert states(admin.get(LIST)) == [
        "Given up", "Delivered", "3 tries failed", "1 try failed", "Being sent", "To be sent",
        "Confirmed", "To be pulled",
    ]  # fmt: skip
    for choice, subjects in (
        ("waiting", ["6", "5", "4", "3"]), ("delivered", ["7"]), ("given_up", ["8"]),
    ):  # fmt: skip
        rows = admin.get(f"{LIST}?delivery={choice}").context["cl"].result_list
        assert [row.subject for row in rows] == subjects


def test_more_events_cost_no_more_queries(admin, make_event):
    make_event("1", due_at=timezone.now())
    few = queries_of(lambda: admin.get(LIST))
    for number in range(2, 12):
        make_event(str(number), due_at=timezone.now())
    assert queries_of(lambda: admin.get(LIST)) == few


@pytest.mark.usefixtures("_pushing")
def test_it_sends_again_what_was_given_up(admin, make_event):
    event = make_event(given_up_at=timezone.now(), tries=10)
    event.deliveries.create(attempt=1, url="https://hooks.example/", status_code=500)
    page = admin.get(_page(event))
    assert inline_parts(page) == []
    assert _page(event, "resend") in page.content.decode()
    response = admin.post(_page(event, "resend"))
    assert response["Location"] == _page(event)
    assert texts(response) == ["The event is sent again."]
    event.refresh_from_db()
    assert (event.tries, event.given_up_at) == (0, None)
    assert event.due_at
    assert admin.get(_page(event, "resend")).status_code == 405


@pytest.mark.usefixtures("_pushing")
def test_it_sends_many_again_and_tells_of_those_it_cannot(admin, make_event):
    now = timezone.now()
    dead, delivered = make_event("1", given_up_at=now), make_event("2", delivered_at=now)
    pulled = make_event("3", mode="pull")
    busy = make_event("4", due_at=now, sending_until=now + timedelta(minutes=1))
    keys = [row.pk for row in (dead, delivered, pulled, busy)]
    told = texts(admin.post(LIST, {"action": "resend", "_selected_action": keys}))
    assert told == [
        "2 events are sent again.",
        "This event is delivered by pull.",
        "This event is being sent right now.",
    ]
    due = Event.objects.filter(due_at__isnull=False, sending_until=None)
    assert {row.subject for row in due} == {"1", "2"}


def test_it_does_not_promise_what_nobody_sends(admin, make_event):
    event = make_event(given_up_at=timezone.now())
    told = texts(admin.post(_page(event, "resend")))
    assert told == ["Events are not pushed now: set an address in the event configuration."]
    event.refresh_from_db()
    assert event.due_at is None


@pytest.mark.usefixtures("_pushing")
def test_only_who_may_change_events_sends_them_again(viewer, make_event):
    event = make_event(given_up_at=timezone.now())
    for page in (LIST, _page(event)):
        assert "Resend" not in viewer.get(page).content.decode()
    assert viewer.post(_page(event, "resend")).status_code == 403
    viewer.post(LIST, {"action": "resend", "_selected_action": [event.pk]})
    event.refresh_from_db()
    assert event.due_at is None


def test_an_event_that_is_gone_is_not_found(admin, db):
    assert admin.post(reverse("admin:snapshots_event_resend", args=[99])).status_code == 404
