"""The event configuration's page: saved, never read back, and tried out."""

import base64
import html
import re
from ipaddress import ip_network

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from snapshots.models import Event, EventConfig
from snapshots.services.events import config as event_config
from tests.support.webhook_receiver import LOOPBACK, free_port, receiver

from ..conftest import inline_parts, texts

PAGE = reverse("admin:snapshots_eventconfig_changelist")
TEST = reverse("admin:snapshots_eventconfig_test")
NEW_SECRET = reverse("admin:snapshots_eventconfig_new_secret")
URL = "https://hooks.example/in?a=1"
OWN = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SAVED = {"mode": "push", "url": URL, "upload_event": "on", "delete_event": "on"}


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings):
    settings.MEDIAHUB_ALLOW_PRIVATE = [ip_network(LOOPBACK)]


def secret_on(page):
    found = re.search(r"<code>(whsec_[^<]+)</code>", page.content.decode())
    return html.unescape(found[1]) if found else None


def test_it_opens_before_anything_was_set(admin):
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert inline_parts(page) == []
    assert "Send a test" not in page.content.decode()
    assert not EventConfig.objects.exists()


def test_it_saves_and_shows_the_new_secret_once(admin):
    response = admin.post(PAGE, SAVED)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    row = EventConfig.objects.get()
    assert (row.mode, row.url, row.upload_event, row.delete_event) == ("push", URL, True, True)

    first = admin.get(PAGE)
    assert secret_on(first) == event_config.secrets_of(row, timezone.now())[0]
    assert "no-store" in first["Cache-Control"]
    assert inline_parts(first) == []
    again = admin.get(PAGE)
    assert secret_on(again) is None
    assert "whsec_" not in again.content.decode().replace("whsec_ and 24", "")
    admin.post(PAGE, {**SAVED, "upload_event": ""})
    assert EventConfig.objects.get().upload_event is False
    assert secret_on(admin.get(PAGE)) is None


def test_no_secret_lies_in_the_session(admin):
    admin.post(PAGE, SAVED)
    secret = event_config.secrets_of(EventConfig.objects.get(), timezone.now())[0]
    assert all(secret not in str(row.get_decoded()) for row in Session.objects.all())


def test_it_keeps_keys_that_are_left_empty_and_never_shows_them(admin):
    admin.post(PAGE, {**SAVED, "sign_key": "Ab3dEf", "secret": OWN})
    row = EventConfig.objects.get()
    assert event_config.sign_key_of(row) == "Ab3dEf"
    assert event_config.secrets_of(row, timezone.now()) == [OWN]
    page = admin.get(PAGE).content.decode()
    assert "Ab3dEf" not in page
    assert OWN not in html.unescape(page)

    admin.post(PAGE, SAVED)
    row.refresh_from_db()
    assert event_config.sign_key_of(row) == "Ab3dEf"
    assert event_config.secrets_of(row, timezone.now()) == [OWN]
    admin.post(PAGE, {**SAVED, "no_sign_key": "on"})
    row.refresh_from_db()
    assert event_config.sign_key_of(row) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "https://user:pw@hooks.example/"}, "url"),
        ({"sign_key": "with space"}, "sign_key"),
        ({"sign_key": "x" * 33}, "sign_key"),
        ({"secret": "whsec_short"}, "secret"),
        ({"mode": "shout"}, "mode"),
    ],
)
def test_it_says_at_the_field_what_is_wrong(admin, values, field):
    page = admin.post(PAGE, {**SAVED, **values})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not EventConfig.objects.exists()
    for typed in ("sign_key", "secret"):
        assert values.get(typed, "never") not in page.content.decode()


def test_it_makes_a_new_secret_beside_the_old(admin):
    admin.post(PAGE, {**SAVED, "secret": OWN})
    assert admin.get(NEW_SECRET).status_code == 405
    page = admin.post(NEW_SECRET, follow=True)
    new = secret_on(page)
    assert new != OWN
    assert "The old secret is good until" in page.content.decode()
    row = EventConfig.objects.get()
    assert event_config.secrets_of(row, timezone.now()) == [new, OWN]
    assert secret_on(admin.get(PAGE)) is None


def test_a_test_that_arrives_is_reported(admin):
    with receiver() as there:
        made = event_config.configure(mode="push", url=there.url, secret=OWN)
        assert made.new_secret is None
        page = admin.post(TEST, follow=True)
        (got,) = there.got
    assert re.fullmatch(
        r"The test arrived: the receiver answered 200 after \d+ ms\.", texts(page)[0]
    )
    assert Webhook(OWN).verify(got.body, dict(got.headers))["EventType"] == "FileDeleted"
    event = Event.objects.get()
    change = admin.get(reverse("admin:snapshots_event_change", args=[event.pk])).content.decode()
    assert there.url in html.unescape(change)
    assert "Delivered" in change


def test_a_test_that_does_not_arrive_says_why(admin, settings):
    with receiver() as there:
        event_config.configure(mode="push", url=there.url)
        there.status(403)
        told = texts(admin.post(TEST, follow=True))
        assert told == ["The test did not arrive: the receiver answered 403."]
    event_config.configure(url=f"http://127.0.0.1:{free_port()}/")
    (told,) = texts(admin.post(TEST, follow=True))
    assert told.startswith("The test did not arrive. The server cannot be reached")
    settings.MEDIAHUB_ALLOW_PRIVATE = []
    (told,) = texts(admin.post(TEST, follow=True))
    assert "it resolves to 127.0.0.1, which is not a public address" in told
    assert told.endswith("Change the address, or what the site may reach.")
    assert admin.get(TEST).status_code == 405


def test_a_test_without_an_address_is_refused(admin):
    assert texts(admin.post(TEST)) == ["First set the address that events are pushed to."]
    assert not Event.objects.exists()


def test_it_says_that_a_receiver_stopped_it_and_saving_goes_on(admin):
    event_config.configure(mode="push", url=URL)
    EventConfig.objects.update(stopped_at=timezone.now())
    assert "The receiver answered 410" in admin.get(PAGE).content.decode()
    admin.post(PAGE, SAVED)
    assert EventConfig.objects.get().stopped_at is None
    assert "The receiver answered 410" not in admin.get(PAGE).content.decode()


def test_who_may_only_look_changes_nothing(viewer):
    event_config.configure(mode="push", url=URL, sign_key="Ab3dEf", secret=OWN)
    page = viewer.get(PAGE)
    text = html.unescape(page.content.decode())
    assert URL in text
    for words in ("<input", "Send a test", "Make a new secret", "Ab3dEf", OWN):
        assert words not in text.split('id="content"')[1], words
    for address in (PAGE, TEST, NEW_SECRET):
        assert viewer.post(address, {**SAVED, "url": "https://other.example/"}).status_code == 403
    assert EventConfig.objects.get().url == URL
    assert not Event.objects.exists()


def test_who_may_not_look_sees_nothing(sign_in):
    client = sign_in("view_event", "view_media")
    assert client.get(PAGE).status_code == 403
    assert "Event configuration" not in client.get(reverse("admin:index")).content.decode()
