"""Webhook messages: both formats of the VOD API, and both kinds of signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from snapshots.models import Delivery, Event, EventConfig, Media, Snapshot, Task
from snapshots.services.events import config as event_config
from snapshots.services.events import deliveries, outbox
from snapshots.vod.current import event_shapes
from snapshots.vod.legacy import event_shapes as legacy_event_shapes

from ...support.webhook_receiver import Received, Receiver
from .conftest import push_one, write


def verify(secret: str, got: Received) -> Any:
    return Webhook(secret).verify(got.body, dict(got.headers))


def ended(make_task: Callable[..., Task], media: Media, interface: str, **values: Any) -> Task:
    """A failed task with its event."""
    now = timezone.now()
    task = make_task(media, status="failed", error_code="unreadable", error_message="x",
                     started_at=now, finished_at=now, **values)  # fmt: skip
    Task.objects.filter(pk=task.pk).update(interface=interface)
    task.refresh_from_db()
    outbox.task_ended(task=task)
    return task


@pytest.mark.parametrize("interface", ["console", "rest", "vod"])
def test_tasks_of_other_interfaces_use_the_current_format(
    pushing: str, there: Receiver, make_task: Any, ready_media: Media, interface: str
) -> None:
    task = ended(make_task, ready_media, interface)
    push_one()
    body = there.got[0].json
    assert set(body) == {"EventType", "ProcedureStateChangeEvent", "Sequence"}
    assert body["EventType"] == "ProcedureStateChanged"
    assert body["ProcedureStateChangeEvent"]["TaskId"] == task.task_id
    assert body["ProcedureStateChangeEvent"]["FileId"] == ready_media.file_id
    assert body["Sequence"] == 1
    event = Event.objects.get()
    wanted = event_shapes.event(event.kind, event.payload)
    for shape in (body, wanted):  # a link to the source is made anew each time, and expires
        link = shape["ProcedureStateChangeEvent"].pop("FileUrl")
        assert f"/media/{ready_media.file_id}/file/?token=" in link
    assert body == {**wanted, "Sequence": 1}


def test_tasks_of_the_legacy_api_use_its_format(
    pushing: str, there: Receiver, make_task: Any, ready_media: Media
) -> None:
    task = ended(make_task, ready_media, "vod_legacy")
    push_one()
    body = there.got[0].json
    assert set(body) == {"version", "eventType", "data", "Sequence"}
    assert (body["version"], body["eventType"]) == ("4.0", "ProcedureStateChanged")
    assert body["data"]["vodTaskId"] == task.task_id
    assert body["data"]["status"] == "FINISH"
    event = Event.objects.get()
    assert body == {**legacy_event_shapes.event(event.kind, event.payload), "Sequence": 1}


def test_legacy_snapshot_call_has_its_own_event(
    pushing: str, there: Receiver, make_snapshot: Callable[..., Snapshot], ready_media: Media
) -> None:
    snapshot = make_snapshot(ready_media)
    task = snapshot.operation.task
    named = "CreateSnapshotByTimeOffset-" + "0" * 32
    Task.objects.filter(pk=task.pk).update(task_id=named, interface="vod_legacy")
    task.refresh_from_db()
    outbox.task_ended(task=task)
    push_one()
    body = there.got[0].json
    assert body["eventType"] == "CreateSnapshotByTimeOffsetComplete"
    assert body["data"]["vodTaskId"] == named
    (picture,) = body["data"]["picInfo"]
    assert (picture["status"], picture["timeOffset"]) == (0, 1000)
    assert picture["url"].startswith("http")


def test_media_events_use_the_current_format(
    pushing: str, there: Receiver, ready_media: Media
) -> None:
    outbox.media_ready(media=ready_media)
    outbox.media_deleted(media=ready_media)
    push_one()
    push_one()
    first, second = (got.json for got in there.got)
    assert first["EventType"] == "NewFileUpload"
    assert first["FileUploadEvent"]["FileId"] == ready_media.file_id
    assert second["EventType"] == "FileDeleted"
    assert second["FileDeleteEvent"]["FileIdSet"] == [ready_media.file_id]
    assert (first["Sequence"], second["Sequence"]) == (1, 2)
    assert "EventHandle" not in first


def test_change_events_of_a_task_are_numbered(
    pushing: str, there: Receiver, make_task: Any, ready_media: Media
) -> None:
    task = make_task(
        ready_media, notify_mode="change", status="processing", lease_until=timezone.now()
    )
    outbox.task_changed(task=task)
    outbox.task_changed(task=task)
    task.status, task.finished_at, task.lease_until = "finished", timezone.now(), None
    task.save()
    outbox.task_ended(task=task)
    for _ in range(3):
        push_one()
    reported = [
        (got.json["Sequence"], got.json["ProcedureStateChangeEvent"]["Status"]) for got in there.got
    ]
    assert reported == [(1, "PROCESSING"), (2, "PROCESSING"), (3, "FINISH")]


def test_task_with_notify_none_writes_no_event(
    pushing: str, there: Receiver, make_task: Any, ready_media: Media
) -> None:
    ended(make_task, ready_media, "rest", notify_mode="none")
    assert push_one() is None


def test_text_is_sent_as_utf_8(pushing: str, there: Receiver, make_media: Any) -> None:
    outbox.media_ready(media=make_media("视频 ü.mp4"))
    push_one()
    (got,) = there.got
    assert "视频 ü.mp4".encode() in got.body
    assert got.headers["Content-Type"] == "application/json"
    assert verify(pushing, got)


# --- Sign and T ----------------------------------------------------------------------------------


def test_sign_key_adds_the_vod_signature(pushing: str, there: Receiver) -> None:
    event_config.configure(sign_key="Ab3dEf")
    write()
    push_one()
    body = there.got[0].json
    assert abs(body["T"] - time.time() - 600) < 5
    assert isinstance(body["T"], int)
    assert body["Sign"] == hashlib.md5(f"Ab3dEf{body['T']}".encode()).hexdigest()
    event_config.configure(sign_key="")
    write()
    push_one()
    assert not {"T", "Sign"} & set(there.got[1].json)


# --- Standard Webhooks ---------------------------------------------------------------------------


def test_standard_webhooks_verifier_accepts_it(pushing: str, there: Receiver) -> None:
    (event,) = write()
    push_one()
    (got,) = there.got
    assert verify(pushing, got) == got.json
    assert got.headers["webhook-id"] == f"evt_{event.pk}"
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 5
    forged = Received(got.path, got.headers, got.body.replace(b"FileDeleted", b"FileDelete "))
    with pytest.raises(WebhookVerificationError):
        verify(pushing, forged)
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    with pytest.raises(WebhookVerificationError):
        verify(other, got)


def test_each_attempt_has_a_new_time_and_signature(pushing: str, there: Receiver) -> None:
    event_config.configure(sign_key="k")
    write()
    there.status(500)
    push_one()
    time.sleep(1.1)
    Event.objects.update(due_at=timezone.now())
    push_one()
    first, second = there.got
    assert first.id == second.id
    assert int(second.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    payloads = [{**got.json, "T": 0, "Sign": ""} for got in there.got]
    assert payloads[0] == payloads[1]
    assert verify(pushing, first)
    assert verify(pushing, second)


def test_old_secret_stays_valid_for_a_day(pushing: str, there: Receiver) -> None:
    new = event_config.rotate_secret().new_secret
    assert new
    write(2)
    push_one()
    (got,) = there.got
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    assert verify(pushing, got)
    assert verify(new, got)
    row = EventConfig.objects.get()
    assert row.old_secret_until
    left = row.old_secret_until - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)

    EventConfig.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    push_one()
    got = there.got[1]
    assert len(got.headers["webhook-signature"].split(" ")) == 1
    assert verify(new, got)
    with pytest.raises(WebhookVerificationError):
        verify(pushing, got)


@pytest.mark.parametrize("size", [24, 32, 64])
def test_given_secret_signs(there: Receiver, db: None, size: int) -> None:
    secret = "whsec_" + base64.b64encode(bytes(range(size))).decode()
    made = event_config.configure(mode="push", url=there.url, secret=secret)
    assert made.new_secret is None
    write()
    push_one()
    assert verify(secret, there.got[0])


def test_saving_an_address_generates_a_secret(db: None, there: Receiver) -> None:
    assert event_config.configure(mode="pull").new_secret is None
    assert event_config.configure(url=there.url).new_secret
    assert event_config.configure(mode="push").new_secret is None


def test_nothing_is_sent_without_a_readable_secret(
    pushing: str, there: Receiver, settings: Any
) -> None:
    settings.SECRET_KEY = "another one"
    (event,) = write()
    push_one()
    assert there.got == []
    assert Delivery.objects.get().error_code == "no_secret"
    event.refresh_from_db()
    assert event.due_at


@pytest.mark.parametrize("payload", [{}, {"media": None, "task": None}, []])
def test_unrenderable_event_is_not_retried_for_ever(
    pushing: str, there: Receiver, settings: Any, payload: Any
) -> None:
    settings.MEDIAHUB_CALLBACK_WAITS = [0.0, 0.0]
    (event,) = write()
    Event.objects.update(payload=payload)
    assert push_one()
    assert push_one()
    event.refresh_from_db()
    assert event.given_up_at
    assert {row.error_code for row in Delivery.objects.all()} == {"no_body"}
    assert there.got == []


def test_secrets_are_stored_encrypted(pushing: str) -> None:
    event_config.configure(sign_key="Ab3dEf")
    row = EventConfig.objects.get()
    assert pushing.encode() not in bytes(row.secret_encrypted)
    assert b"Ab3dEf" not in bytes(row.sign_key_encrypted)
    assert pushing not in json.dumps(list(EventConfig.objects.values()), default=repr)
    assert deliveries.address()
