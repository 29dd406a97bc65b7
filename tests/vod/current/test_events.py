"""Events: PullEvents, ConfirmEvents, DescribeEventsState, Describe- and ModifyEventConfig."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import connection
from django.utils import timezone

from snapshots.models import Event, EventConfig, Media
from snapshots.services.events import outbox
from snapshots.services.security import encryption

from ..conftest import Refused, Vod
from ..support.fake_worker import done

MEMBERS = {
    "FileUploadEvent", "FileDeleteEvent", "ProcedureStateChangeEvent",
    "SnapshotByTimeOffsetCompleteEvent", "CreateImageSpriteCompleteEvent", "PullCompleteEvent",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("impatient")


def refusal(vod: Vod, action: str, **values: Any) -> str:
    with pytest.raises(Refused) as caught:
        vod.current(action, **values)
    return str(caught.value.code)


def pull(vod: Vod) -> list[dict[str, Any]]:
    answer = vod.current("PullEvents")
    assert set(answer) == {"EventSet"}
    return list(answer["EventSet"])


def confirm(vod: Vod, *rows: dict[str, Any]) -> dict[str, Any]:
    return vod.current("ConfirmEvents", EventHandles=[row["EventHandle"] for row in rows])


def tell(media: Media, count: int = 1) -> None:
    for _ in range(count):
        outbox.media_ready(media=Media.objects.for_reading().get(pk=media.pk))


def come_back() -> None:
    """As if 30 s had passed since every pull."""
    late = timezone.now() - timedelta(milliseconds=1)
    Event.objects.exclude(hidden_until=None).update(hidden_until=late)


# --- What they look like -------------------------------------------------------------------------


def member(row: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    """The one filled member of an event of this kind."""
    assert row["EventType"] == kind
    assert row["EventHandle"]
    filled = {part for part in MEMBERS if row.get(part) is not None}
    assert filled == {name}
    return dict(row[name])


def test_a_flow_that_ended(vod: Vod, ready_media: Media) -> None:
    step = {"Definition": 10, "ExtTimeOffsetSet": ["0.5s"]}
    vod.current(
        "ProcessMedia",
        FileId=ready_media.file_id, SessionContext="order-17", SessionId="s",
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [step]},
    )  # fmt: skip
    task = done()
    (row,) = pull(vod)
    shape = member(row, "ProcedureStateChanged", "ProcedureStateChangeEvent")
    detail = vod.current("DescribeTaskDetail", TaskId=task.task_id)["ProcedureTask"]
    assert shape | {"FileUrl": ""} == detail | {"FileUrl": ""}
    assert (shape["TaskId"], shape["Status"], shape["SessionContext"], shape["SessionId"]) == (
        task.task_id, "FINISH", "order-17", "s",
    )  # fmt: skip
    assert shape["MediaProcessResultSet"][0]["SnapshotByTimeOffsetTask"]["Status"] == "SUCCESS"


def with_sound(media: Media) -> Media:
    """The same, as if probing had found a track of sound."""
    track = {"codec": "aac", "bitrate": 50_000, "sampling_rate": 48_000}
    probe = {**media.probe, "audio": [track], "has_audio": True, "bitrate": 200_000}
    Media.objects.filter(pk=media.pk).update(probe=probe)
    return Media.objects.get(pk=media.pk)


def test_an_event_tells_of_sound_what_the_task_tells(vod: Vod, ready_media: Media) -> None:
    with_sound(ready_media)
    step = {"Definition": 10, "ExtTimeOffsetSet": ["0.5s"]}
    asked = {"MediaProcessTask": {"SnapshotByTimeOffsetTaskSet": [step]}}
    vod.current("ProcessMedia", FileId=ready_media.file_id, **asked)
    task = done()
    detail = vod.current("DescribeTaskDetail", TaskId=task.task_id)["ProcedureTask"]["MetaData"]
    assert detail["AudioStreamSet"] == [{"Bitrate": 50_000, "SamplingRate": 48_000, "Codec": "aac"}]
    assert detail["VideoStreamSet"][0]["Bitrate"] == 150_000
    (row,) = pull(vod)
    assert row["ProcedureStateChangeEvent"]["MetaData"] == detail
    come_back()
    shape = vod.legacy("GetTaskInfo", vodTaskId=task.task_id)["data"]
    (event,) = vod.legacy("PullEvent")["eventList"]
    assert event["eventContent"]["data"]["metaData"] == shape["metaData"]


def test_the_members_that_are_not_filled_are_null(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    (row,) = pull(vod)
    assert set(row) == {"EventHandle", "EventType", *MEMBERS}
    assert [name for name in MEMBERS if row[name] is not None] == ["FileUploadEvent"]


def test_a_legacy_snapshot_task_that_ended(vod: Vod, ready_media: Media) -> None:
    asked = {"fileId": ready_media.file_id, "definition": 10, "timeOffset": [500, 9000]}
    task_id = vod.legacy("CreateSnapshotByTimeOffset", **asked)["vodTaskId"]
    done({"9000ms": "time_out_of_range"})
    (row,) = pull(vod)
    shape = member(row, "CreateSnapshotByTimeOffsetComplete", "SnapshotByTimeOffsetCompleteEvent")
    assert shape == {
        "TaskId": task_id, "FileId": ready_media.file_id, "Definition": 10,
        "SnapshotInfoSet": [
            {"ErrCode": 0, "TimeOffset": 512, "Url": ANY},
            {"ErrCode": -44099, "TimeOffset": 9000, "Url": ""},
        ],
    }  # fmt: skip
    assert shape["SnapshotInfoSet"][0]["Url"].endswith(".jpg")


def test_a_video_that_came_and_went(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    shown = vod.current("DescribeMediaInfos", FileIds=[ready_media.file_id])["MediaInfoSet"][0]
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    came, went = pull(vod)
    shape = member(came, "NewFileUpload", "FileUploadEvent")
    assert shape["MediaBasicInfo"] | {"MediaUrl": ""} == shown["BasicInfo"] | {"MediaUrl": ""}
    assert shape | {"MediaBasicInfo": {}} == {
        "FileId": ready_media.file_id, "MediaBasicInfo": {}, "ProcedureTaskId": "",
        "ReviewAudioVideoTaskId": "", "MetaData": shown["MetaData"],
    }  # fmt: skip
    assert member(went, "FileDeleted", "FileDeleteEvent") == {
        "FileIdSet": [ready_media.file_id],
        "FileDeleteResultInfo": [{"FileId": ready_media.file_id, "DeleteParts": []}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [("Finish", ["FINISH"]), ("", ["FINISH"]), ("Change", ["PROCESSING"] * 3 + ["FINISH"]),
     ("None", [])],
)  # fmt: skip
def test_notify_mode_selects_the_events(
    vod: Vod, ready_media: Media, mode: str, statuses: list[str]
) -> None:
    step = {"Definition": 10, "ExtTimeOffsetSet": ["0.5s", "1s"]}
    vod.current(
        "ProcessMedia",
        FileId=ready_media.file_id, TasksNotifyMode=mode,
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [step]},
    )  # fmt: skip
    done()
    shape = [row["ProcedureStateChangeEvent"]["Status"] for row in pull(vod)]
    assert shape == statuses


def test_an_aborted_procedure_makes_an_event(vod: Vod, ready_media: Media) -> None:
    step = {"Definition": 10, "ExtTimeOffsetSet": ["0.5s"]}
    task_id = vod.current(
        "ProcessMedia",
        FileId=ready_media.file_id, MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [step]},
    )["TaskId"]  # fmt: skip
    vod.current("ManageTask", TaskId=task_id, OperationType="Abort")
    (row,) = pull(vod)
    (result,) = row["ProcedureStateChangeEvent"]["MediaProcessResultSet"]
    assert result["SnapshotByTimeOffsetTask"]["Status"] == "FAIL"


def test_events_show_the_state_at_their_time(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    vod.current("ModifyMediaInfo", FileId=ready_media.file_id, Name="later")
    (row,) = pull(vod)
    assert row["FileUploadEvent"]["MediaBasicInfo"]["Name"] == ready_media.name


# --- The queue -----------------------------------------------------------------------------------


def test_nothing_is_an_empty_list(vod: Vod) -> None:
    assert pull(vod) == []
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 0}


def test_what_is_confirmed_never_comes_back(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 3)
    assert vod.current("DescribeEventsState", SubAppId=1) == {"CountOfEventsToPull": 3}
    rows = pull(vod)
    assert [row["FileUploadEvent"]["FileId"] for row in rows] == [ready_media.file_id] * 3
    assert pull(vod) == []
    assert confirm(vod, *rows[:2]) == {}
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 1}
    come_back()
    (again,) = pull(vod)
    assert again["EventHandle"] != rows[2]["EventHandle"]
    assert confirm(vod, again) == {}
    come_back()
    assert pull(vod) == []


def test_both_generations_pull_from_one_queue(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 2)
    (first, second) = pull(vod)
    assert vod.legacy("PullEvent") == {"eventList": []}
    vod.legacy("ConfirmEvent", msgHandle=[first["EventHandle"]])
    come_back()
    (old,) = vod.legacy("PullEvent")["eventList"]
    assert pull(vod) == []
    assert refusal(vod, "ConfirmEvents", EventHandles=[second["EventHandle"]])
    assert vod.current("ConfirmEvents", EventHandles=[old["msgHandle"]]) == {}
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 0}


def test_16_events_are_pulled_at_a_time_oldest_first(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 18)
    first, second = pull(vod), pull(vod)
    assert (len(first), len(second)) == (16, 2)
    numbers = [int(row["EventHandle"].rpartition("-")[2]) for row in [*first, *second]]
    assert numbers == sorted(numbers)
    assert confirm(vod, *first) == {}
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 2}


def test_events_stay_hidden_for_thirty_seconds(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    before = timezone.now()
    pull(vod)
    until = Event.objects.get().hidden_until
    assert until is not None
    assert timedelta(seconds=30) <= until - before < timedelta(seconds=35)


def test_a_late_confirm_is_refused_and_the_others_count(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 2)
    late, good = pull(vod)
    Event.objects.filter(pk=late["EventHandle"].rpartition("-")[2]).update(
        hidden_until=timezone.now() - timedelta(milliseconds=1)
    )
    handles = [late["EventHandle"], good["EventHandle"]]
    assert refusal(vod, "ConfirmEvents", EventHandles=handles) == "InvalidParameterValue"
    assert [row.confirmed_at is None for row in Event.objects.order_by("pk")] == [True, False]
    (again,) = pull(vod)
    assert again["EventHandle"] != late["EventHandle"]
    assert refusal(vod, "ConfirmEvents", EventHandles=handles[:1]) == "InvalidParameterValue"
    assert confirm(vod, again) == {}


def test_a_handle_twice_is_one(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    (row,) = pull(vod)
    assert confirm(vod, row, row) == {}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, "MissingParameter"),
        ({"EventHandles": []}, "InvalidParameterValue"),
        ({"EventHandles": ["x"] * 17}, "InvalidParameterValue"),
        ({"EventHandles": [f"{n:032x}-{n}" for n in range(16)]}, "InvalidParameterValue"),
        ({"EventHandles": ["-", "", "x" * 128]}, "InvalidParameterValue"),
        ({"EventHandles": [f"{0:032x}-{10**18 - 1}"]}, "InvalidParameterValue"),
        ({"EventHandles": ["x" * 129]}, "InvalidParameterValue"),
        ({"EventHandles": "x"}, "InvalidParameter"),
        ({"EventHandles": [1]}, "InvalidParameter"),
    ],
)
def test_handles_that_are_refused(
    vod: Vod, ready_media: Media, values: dict[str, Any], wanted: str
) -> None:
    tell(ready_media)
    assert refusal(vod, "ConfirmEvents", **values) == wanted
    assert Event.objects.get().confirmed_at is None


def test_an_event_that_nobody_pulled_has_no_handle(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    forged = f"-{Event.objects.get().pk}"
    assert refusal(vod, "ConfirmEvents", EventHandles=[forged]) == "InvalidParameterValue"


def test_events_are_stored_for_four_days(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 2)
    old, stored = Event.objects.order_by("pk")
    four_days = timezone.now() - timedelta(days=4)
    Event.objects.filter(pk=old.pk).update(created_at=four_days - timedelta(seconds=5))
    Event.objects.filter(pk=stored.pk).update(created_at=four_days + timedelta(seconds=60))
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 1}
    (row,) = pull(vod)
    assert row["EventHandle"].endswith(f"-{stored.pk}")


@pytest.mark.django_db(transaction=True)
def test_an_event_written_meanwhile_comes_at_once(
    vod: Vod, ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PULL_WAIT_S", 20.0)
    written = []

    def write() -> None:
        time.sleep(0.5)
        tell(ready_media)
        written.append(time.monotonic())
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    (row,) = pull(vod)
    ended = time.monotonic()
    writer.join()
    assert row["EventType"] == "NewFileUpload"
    assert 0 <= ended - written[0] < 5


def test_a_pull_waits_its_time_and_no_longer(vod: Vod, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PULL_WAIT_S", 0.6)
    begun = time.monotonic()
    assert pull(vod) == []
    assert 0.6 <= time.monotonic() - begun < 5


# --- How they leave ------------------------------------------------------------------------------

DEFAULTS = {
    "Mode": "PULL", "NotificationUrl": "", "UploadMediaCompleteEventSwitch": "ON",
    "DeleteMediaCompleteEventSwitch": "ON", "PersistenceCompleteEventSwitch": "OFF",
}  # fmt: skip
URL = "https://example.com/hook?a=1"


def configured(vod: Vod, **values: Any) -> dict[str, Any]:
    assert vod.current("ModifyEventConfig", **values) == {}
    return vod.current("DescribeEventConfig")


def test_settings_that_nobody_made(vod: Vod) -> None:
    assert vod.current("DescribeEventConfig", SubAppId=1) == DEFAULTS


def test_only_what_is_given_changes(vod: Vod) -> None:
    known = DEFAULTS | {"Mode": "PUSH", "NotificationUrl": URL}
    assert configured(vod, Mode="PUSH", NotificationUrl=URL) == known
    known |= {"UploadMediaCompleteEventSwitch": "OFF"}
    assert configured(vod, UploadMediaCompleteEventSwitch="OFF") == known
    known |= {"DeleteMediaCompleteEventSwitch": "OFF", "UploadMediaCompleteEventSwitch": "ON"}
    assert (
        configured(vod, DeleteMediaCompleteEventSwitch="OFF", UploadMediaCompleteEventSwitch="ON")
        == known
    )
    assert configured(vod) == known
    assert configured(vod, PersistenceCompleteEventSwitch="ON") == known
    assert configured(vod, Mode="PULL") == known | {"Mode": "PULL"}
    assert configured(vod, NotificationUrl="")["NotificationUrl"] == ""
    assert EventConfig.objects.count() == 1


def test_the_sign_key_is_encrypted_and_never_returned(vod: Vod) -> None:
    key = "0aZ9" * 8
    shape = configured(vod, SignKey=key)
    assert "SignKey" not in shape
    assert key not in str(shape)
    row = EventConfig.objects.get()
    assert key.encode() not in bytes(row.sign_key_encrypted)
    assert encryption.decrypt(row.sign_key_encrypted) == key
    configured(vod, Mode="PULL")
    assert encryption.decrypt(EventConfig.objects.get().sign_key_encrypted) == key
    configured(vod, SignKey="")
    assert bytes(EventConfig.objects.get().sign_key_encrypted) == b""


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"Mode": "PUSH"}, "InvalidParameterValue"),
        ({"Mode": "PUSH", "NotificationUrl": ""}, "InvalidParameterValue"),
        ({"Mode": "push", "NotificationUrl": URL}, "InvalidParameterValue"),
        ({"NotificationUrl": "example.com/hook"}, "InvalidParameterValue"),
        ({"NotificationUrl": "ftp://example.com/"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://me:secret@example.com/"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://example.com:99999/"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://[::1/"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://exa mple.com/"}, "InvalidParameterValue"),
        ({"NotificationUrl": "http://example.com/" + "x" * 2048}, "InvalidParameterValue"),
        ({"UploadMediaCompleteEventSwitch": "on"}, "InvalidParameterValue"),
        ({"DeleteMediaCompleteEventSwitch": True}, "InvalidParameter"),
        ({"SignKey": "x" * 33}, "InvalidParameterValue"),
        ({"SignKey": "with-dash"}, "InvalidParameterValue"),
        ({"SignKey": "名"}, "InvalidParameterValue"),
        ({"Secret": "x"}, "UnknownParameter"),
    ],
)
def test_settings_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    asked = {"UploadMediaCompleteEventSwitch": "OFF", "SignKey": "abc", **values}
    assert refusal(vod, "ModifyEventConfig", **asked) == wanted
    assert vod.current("DescribeEventConfig") == DEFAULTS
    assert not EventConfig.objects.exists()


def test_an_empty_address_ends_pushing(vod: Vod) -> None:
    configured(vod, Mode="PUSH", NotificationUrl=URL)
    vod.current("ModifyEventConfig", NotificationUrl="")
    shape = vod.current("DescribeEventConfig")
    assert (shape["Mode"], shape["NotificationUrl"]) == ("PULL", "")


def test_nothing_is_pushed_to_no_address(vod: Vod) -> None:
    configured(vod, Mode="PUSH", NotificationUrl=URL)
    asked = {"Mode": "PUSH", "NotificationUrl": ""}
    assert refusal(vod, "ModifyEventConfig", **asked) == "InvalidParameterValue"
    assert vod.current("DescribeEventConfig")["NotificationUrl"] == URL


@pytest.mark.parametrize("upload", ["ON", "OFF"])
@pytest.mark.parametrize("delete", ["ON", "OFF"])
def test_switches_say_what_is_written(
    vod: Vod, ready_media: Media, upload: str, delete: str
) -> None:
    configured(vod, UploadMediaCompleteEventSwitch=upload, DeleteMediaCompleteEventSwitch=delete)
    tell(ready_media)
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    wanted = ["NewFileUpload"] * (upload == "ON") + ["FileDeleted"] * (delete == "ON")
    assert [row["EventType"] for row in pull(vod)] == wanted


def test_an_event_keeps_the_mode_in_force_when_it_was_written(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    configured(vod, Mode="PUSH", NotificationUrl=URL)
    tell(ready_media)
    assert [row.mode for row in Event.objects.order_by("pk")] == ["pull", "push"]
    assert vod.current("DescribeEventsState") == {"CountOfEventsToPull": 1}
    (row,) = pull(vod)
    assert confirm(vod, row) == {}
    configured(vod, Mode="PULL")
    come_back()
    assert pull(vod) == []


@pytest.mark.parametrize(
    "action",
    ["PullEvents", "ConfirmEvents", "DescribeEventsState", "DescribeEventConfig",
     "ModifyEventConfig"],
)  # fmt: skip
def test_events_are_the_administrators(vod_as: Callable[[str], Vod], action: str) -> None:
    asked = {"EventHandles": ["x"]} if action == "ConfirmEvents" else {}
    for group in ("", "Viewer", "Editor"):
        assert refusal(vod_as(group), action, **asked) == "UnauthorizedOperation"
