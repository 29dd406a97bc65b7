"""events/pull/, events/confirm/, event-config/."""

import base64
import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from snapshots.models import Event, EventConfig, Media
from snapshots.services.events import outbox
from snapshots.services.security import encryption
from tests.vod.support.fake_worker import done

from .problem_json import fields, refused

PULL, CONFIRM, CONFIG = (
    f"/api/v1/{path}/" for path in ("events/pull", "events/confirm", "event-config")
)
URL = "https://example.com/hook"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


@pytest.fixture
def admin(presets, api_as):
    return api_as("Administrator")


def pull(admin, body=None):
    response = admin.post(PULL, body)
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["events"]
    return response.json()["events"]


def confirm(admin, *rows):
    return admin.post(CONFIRM, {"handles": [row["handle"] for row in rows]})


def tell(media, count=1):
    for _ in range(count):
        outbox.media_ready(media=Media.objects.for_reading().get(pk=media.pk))


def come_back():
    late = timezone.now() - timedelta(milliseconds=1)
    Event.objects.exclude(hidden_until=None).update(hidden_until=late)


# --- events/pull/ --------------------------------------------------------------------------------


def test_a_task_that_ended(admin, ready_media):
    body = {"media": ready_media.file_id, "snapshots": [{"template": 10, "at": ["1s", "9s"]}]}
    path = admin.post("/api/v1/tasks/", body)["Location"]
    done({"9s": "time_out_of_range"})
    [event] = pull(admin)
    assert list(event) == ["handle", "id", "type", "sequence", "created_at", "media", "task"]
    assert (event["type"], event["sequence"]) == ("task.finished", 1)
    assert event["task"] == admin.get(path).json()
    assert event["media"] == admin.get(f"/api/v1/media/{ready_media.file_id}/").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["created_at"])
    assert event["id"] == str(Event.objects.get().pk)
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9]+", event["handle"])


def test_a_task_that_changed(admin, ready_media):
    body = {"media": ready_media.file_id, "covers": [{"template": 10, "at": "1s"}],
            "notify_mode": "change"}  # fmt: skip
    admin.post("/api/v1/tasks/", body)
    done()
    shown = [(row["type"], row["sequence"], row["task"]["status"]) for row in pull(admin)]
    assert shown == [
        ("task.changed", 1, "processing"),
        ("task.changed", 2, "processing"),
        ("task.finished", 3, "finished"),
    ]


def test_notify_mode_none_makes_no_event(admin, ready_media):
    body = {"media": ready_media.file_id, "covers": [{"template": 10, "at": "1s"}],
            "notify_mode": "none"}  # fmt: skip
    admin.post("/api/v1/tasks/", body)
    done()
    assert pull(admin) == []


def test_a_video_that_came_and_went(admin, ready_media):
    tell(ready_media)
    shown = admin.get(f"/api/v1/media/{ready_media.file_id}/").json()
    admin.delete(f"/api/v1/media/{ready_media.file_id}/")
    rows = pull(admin)
    assert [row["type"] for row in rows] == ["media.ready", "media.deleted"]
    assert [row["sequence"] for row in rows] == [1, 2]
    assert [row["task"] for row in rows] == [None, None]
    assert [row["media"] for row in rows] == [shown, shown]


def test_16_events_are_pulled_at_a_time_oldest_first(admin, ready_media):
    tell(ready_media, 18)
    rows = [*pull(admin), *pull(admin, {"wait": 0}), *pull(admin)]
    assert [row["sequence"] for row in rows] == list(range(1, 19))
    come_back()
    again = pull(admin)
    assert len(again) == 16
    assert [row["id"] for row in again] == [row["id"] for row in rows[:16]]
    assert not {row["handle"] for row in again} & {row["handle"] for row in rows}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"wait": 5.001}, {"wait": "out_of_range"}),
        ({"wait": -0.1}, {"wait": "out_of_range"}),
        ({"wait": "1"}, {"wait": "invalid"}),
        ({"wait": True}, {"wait": "invalid"}),
        ({"wait": None}, {"wait": "null"}),
        ({"most": 3}, {"most": "unknown_field"}),
    ],
)
def test_pulls_that_are_refused(admin, ready_media, body, expected):
    tell(ready_media)
    assert fields(admin.post(PULL, body)) == expected
    assert Event.objects.get().hidden_until is None


def test_a_pull_waits_its_time(admin):
    begun = time.monotonic()
    assert pull(admin, {"wait": 0.4}) == []
    assert 0.4 <= time.monotonic() - begun < 4


@pytest.mark.django_db(transaction=True)
def test_an_event_written_meanwhile_comes_at_once(admin, ready_media):
    written = []

    def write():
        time.sleep(0.5)
        tell(ready_media)
        written.append(time.monotonic())
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    rows = pull(admin, {"wait": 5})
    ended = time.monotonic()
    writer.join()
    assert [row["type"] for row in rows] == ["media.ready"]
    assert 0 <= ended - written[0] < 3


# --- events/confirm/ -----------------------------------------------------------------------------


def test_what_is_confirmed_never_comes_back(admin, ready_media):
    tell(ready_media, 3)
    rows = pull(admin)
    response = confirm(admin, *rows[:2], rows[0])
    assert (response.status_code, response.json()) == (200, {"confirmed": 2})
    come_back()
    [again] = pull(admin)
    assert again["id"] == rows[2]["id"]
    assert confirm(admin, again).json() == {"confirmed": 1}
    come_back()
    assert pull(admin) == []


def test_one_that_is_late_is_refused_and_the_others_are_confirmed(admin, ready_media):
    tell(ready_media, 3)
    late, *good = pull(admin)
    Event.objects.filter(pk=late["id"]).update(hidden_until=timezone.now() - timedelta(seconds=1))
    refused(confirm(admin, good[0], late, good[1]), 409, "handle_expired")
    [again] = pull(admin)
    assert again["id"] == late["id"]
    refused(confirm(admin, late), 409, "handle_expired")
    assert confirm(admin, again).json() == {"confirmed": 1}


def test_every_interface_confirms_what_another_pulled(admin, ready_media):
    tell(ready_media)
    [row] = outbox.pull()
    assert confirm(admin, {"handle": outbox.handle(row)}).json() == {"confirmed": 1}


@pytest.mark.parametrize("handle", ["x", "-1", f"{0:032x}-1", f"{0:032x}-{10**17}", "x" * 128])
def test_unknown_handles(admin, ready_media, handle):
    tell(ready_media)
    [row] = pull(admin)
    refused(confirm(admin, row, {"handle": handle}), 409, "handle_expired")
    assert Event.objects.get().confirmed_at


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"handles": "required"}),
        ({"handles": []}, {"handles": "empty"}),
        ({"handles": None}, {"handles": "null"}),
        ({"handles": "x"}, {"handles": "invalid"}),
        ({"handles": {"0": "x"}}, {"handles": "invalid"}),
        ({"handles": ["x"] * 17}, {"handles": "too_long"}),
        ({"handles": ["x", 1]}, {"handles.1": "invalid"}),
        ({"handles": ["x" * 129]}, {"handles.0": "too_long"}),
        ({"handles": ["x"], "all": True}, {"all": "unknown_field"}),
    ],
)
def test_confirms_that_are_refused(admin, body, expected):
    assert fields(admin.post(CONFIRM, body)) == expected


# --- event-config/ -------------------------------------------------------------------------------

DEFAULTS = {
    "mode": "pull", "url": "", "sign_key": None, "secret": None, "upload_event": True,
    "delete_event": True,
}  # fmt: skip


def put(admin, **values):
    response = admin.put(CONFIG, values)
    assert response.status_code == 200, response.content
    return response.json()


def secrets_of(row):
    """The secret in force and the old one, opened."""
    stored = (bytes(row.secret_encrypted), bytes(row.old_secret_encrypted))
    return [encryption.decrypt(sealed) if sealed else None for sealed in stored]


def test_settings_that_nobody_made(admin):
    assert admin.get(CONFIG).json() == DEFAULTS
    assert not EventConfig.objects.exists()


def test_a_secret_is_made_and_shown_once(admin):
    shown = put(admin, mode="push", url=URL, upload_event=False)
    secret = shown.pop("secret")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert {**shown, "secret": None} == {
        **DEFAULTS, "mode": "push", "url": URL, "upload_event": False,
    }  # fmt: skip
    assert admin.get(CONFIG).json() == {**shown, "secret": None}
    assert put(admin, mode="push", url=URL)["secret"] is None
    row = EventConfig.objects.get()
    assert secrets_of(row) == [secret, None]
    assert secret.encode() not in bytes(row.secret_encrypted)


def test_a_secret_of_ones_own_is_never_shown(admin):
    shown = put(admin, secret=SECRET, sign_key="abcXYZ019")
    assert (shown["secret"], shown["sign_key"]) == (None, None)
    text = admin.get(CONFIG).content.decode()
    assert SECRET not in text
    assert "abcXYZ019" not in text
    row = EventConfig.objects.get()
    assert secrets_of(row) == [SECRET, None]
    assert encryption.decrypt(row.sign_key_encrypted) == "abcXYZ019"


def test_the_old_secret_is_good_for_a_day(admin):
    first = put(admin)["secret"]
    before = timezone.now()
    put(admin, secret=SECRET)
    row = EventConfig.objects.get()
    assert secrets_of(row) == [SECRET, first]
    day = timedelta(hours=24)
    assert before + day <= row.old_secret_until <= timezone.now() + day
    put(admin)
    put(admin, secret=SECRET)
    again = EventConfig.objects.get()
    assert secrets_of(again) == [SECRET, first]
    assert again.old_secret_until == row.old_secret_until


def test_a_put_sets_all_but_the_keys(admin):
    put(admin, mode="push", url=URL, upload_event=False, delete_event=False, sign_key="abc")
    shown = put(admin)
    assert shown == DEFAULTS
    assert encryption.decrypt(EventConfig.objects.get().sign_key_encrypted) == "abc"
    put(admin, sign_key="")
    assert bytes(EventConfig.objects.get().sign_key_encrypted) == b""


def test_what_is_got_can_be_put(admin):
    put(admin, mode="push", url=URL, sign_key="abc", delete_event=False)
    stored = EventConfig.objects.values("sign_key_encrypted", "secret_encrypted").get()
    shown = admin.get(CONFIG).json()
    assert put(admin, **shown) == shown
    assert EventConfig.objects.values("sign_key_encrypted", "secret_encrypted").get() == stored


WRONG = [
    ({"mode": "push"}, {"url": "required"}),
    ({"mode": "push", "url": ""}, {"url": "required"}),
    ({"mode": "PUSH"}, {"mode": "invalid_choice"}),
    ({"mode": None}, {"mode": "null"}),
    ({"url": "example.com"}, {"url": "invalid"}),
    ({"url": "ftp://example.com/"}, {"url": "invalid"}),
    ({"url": "https://me@example.com/"}, {"url": "invalid"}),
    ({"url": "https://example.com:0/"}, {"url": "invalid"}),
    ({"url": "https://example.com/" + "x" * 2048}, {"url": "too_long"}),
    ({"url": 5}, {"url": "invalid"}),
    ({"sign_key": "x" * 33}, {"sign_key": "too_long"}),
    ({"sign_key": "a-b"}, {"sign_key": "invalid"}),
    ({"sign_key": 5}, {"sign_key": "invalid"}),
    ({"secret": ""}, {"secret": "required"}),
    ({"secret": "whsec_short"}, {"secret": "invalid"}),
    ({"secret": SECRET.removeprefix("whsec_")}, {"secret": "invalid"}),
    ({"secret": "whsec_" + "x" * 123}, {"secret": "too_long"}),
    ({"upload_event": "on"}, {"upload_event": "invalid"}),
    ({"delete_event": 1}, {"delete_event": "invalid"}),
    ({"persistence_event": True}, {"persistence_event": "unknown_field"}),
    ({"url": "x", "sign_key": "-"}, {"url": "invalid", "sign_key": "invalid"}),
]


@pytest.mark.parametrize(("body", "expected"), WRONG, ids=range(len(WRONG)))
def test_settings_that_are_refused(admin, body, expected):
    assert fields(admin.put(CONFIG, body)) == expected
    assert not EventConfig.objects.exists()


@pytest.mark.parametrize("length", [33, 34, 35])
def test_a_secret_must_be_base64(admin, length):
    assert fields(admin.put(CONFIG, {"secret": "whsec_" + "A" * length})) == {"secret": "invalid"}


def test_switches_say_what_is_written(admin, make_media):
    put(admin, upload_event=False)
    first, second = make_media(), make_media()
    tell(first)
    admin.delete(f"/api/v1/media/{first.file_id}/")
    put(admin, delete_event=False)
    tell(second)
    admin.delete(f"/api/v1/media/{second.file_id}/")
    shown = [(row["type"], row["media"]["file_id"]) for row in pull(admin)]
    assert shown == [("media.deleted", first.file_id), ("media.ready", second.file_id)]


def test_an_event_keeps_the_mode_in_force_when_it_was_written(admin, ready_media):
    put(admin, mode="push", url=URL)
    tell(ready_media)
    put(admin)
    assert pull(admin) == []
    tell(ready_media)
    assert [row["sequence"] for row in pull(admin)] == [2]


# --- Rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["", "Viewer", "Editor"])
def test_events_are_the_administrators(presets, api_as, group):
    api = api_as(group)
    calls = [
        api.post(PULL), api.post(CONFIRM, {"handles": ["x"]}), api.get(CONFIG), api.put(CONFIG, {})
    ]  # fmt: skip
    for response in calls:
        refused(response, 403, "permission_denied")
    assert not EventConfig.objects.exists()


def test_events_want_a_login(client, db):
    for response in (client.post(PULL), client.post(CONFIRM), client.get(CONFIG)):
        refused(response, 401, "not_authenticated")


def test_only_the_methods_there_are(admin):
    for response in (admin.get(PULL), admin.get(CONFIRM), admin.post(CONFIG), admin.patch(CONFIG)):
        assert response.status_code == 405
