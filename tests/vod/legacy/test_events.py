"""PullEvent and ConfirmEvent, once PullVodEvent and ConfirmVodEvent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from snapshots.models import Event, Media
from snapshots.services.events import outbox

from ..conftest import Refused, Vod
from ..support.fake_worker import done

pytestmark = pytest.mark.usefixtures("impatient")


def refusal(vod: Vod, action: str, **values: Any) -> int:
    with pytest.raises(Refused) as caught:
        vod.legacy(action, **values)
    return int(caught.value.code)


def pull(vod: Vod, action: str = "PullEvent") -> list[dict[str, Any]]:
    answer = vod.legacy(action)
    assert set(answer) == {"eventList"}
    assert all(set(row) == {"msgHandle", "eventContent"} for row in answer["eventList"])
    return list(answer["eventList"])


def content(row: dict[str, Any], kind: str) -> dict[str, Any]:
    content_of = row["eventContent"]
    assert (set(content_of), content_of["version"]) == ({"version", "eventType", "data"}, "4.0")
    assert content_of["eventType"] == kind
    return dict(content_of["data"])


def tell(media: Media, count: int = 1) -> None:
    for _ in range(count):
        outbox.media_ready(media=Media.objects.for_reading().get(pk=media.pk))


def come_back() -> None:
    late = timezone.now() - timedelta(milliseconds=1)
    Event.objects.exclude(hidden_until=None).update(hidden_until=late)


# --- What they look like -------------------------------------------------------------------------


def test_events_hold_what_get_task_info_tells(vod: Vod, ready_media: Media) -> None:
    spec = {"definition": 10, "timeOffset": [300, 9000]}
    cover = {"definition": 10, "positionType": "Percent", "position": 10}
    flow = vod.legacy(
        "ProcessFile", fileId=ready_media.file_id, snapshotByTimeOffset=spec,
        coverBySnapshot=cover,
    )["vodTaskId"]  # fmt: skip
    plain = vod.legacy("CreateSnapshotByTimeOffset", fileId=ready_media.file_id, **spec)[
        "vodTaskId"
    ]
    for _ in range(2):
        done({"9000ms": "time_out_of_range"})
    first, second = pull(vod)
    data = content(first, "ProcedureStateChanged")
    assert data == vod.legacy("GetTaskInfo", vodTaskId=flow)["data"]
    assert (data["vodTaskId"], data["status"]) == (flow, "FINISH")
    data = content(second, "CreateSnapshotByTimeOffsetComplete")
    assert data == vod.legacy("GetTaskInfo", vodTaskId=plain)["data"]
    assert [picture["status"] for picture in data["picInfo"]] == [0, -44099]


def test_a_video_that_came_and_went(vod: Vod, ready_media: Media) -> None:
    tell(ready_media)
    meta = vod.legacy("GetVideoInfo", fileId=ready_media.file_id)["metaData"]
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    came, went = pull(vod)
    data = content(came, "NewFileUpload")
    assert f"/api/v1/media/{ready_media.file_id}/file/?token=" in data.pop("fileUrl")
    assert data == {
        "status": 0, "message": "", "vodTaskId": "", "fileId": ready_media.file_id,
        "metaData": meta,
    }  # fmt: skip
    assert content(went, "FileDeleted") == {"fileIdSet": [ready_media.file_id]}


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [("Finish", ["FINISH"]), ("Change", ["PROCESSING", "PROCESSING", "FINISH"]), ("None", [])],
)
def test_notify_mode_selects_the_events(
    vod: Vod, ready_media: Media, mode: str, statuses: list[str]
) -> None:
    cover = {"definition": 10, "positionType": "Percent", "position": 10}
    vod.legacy("ProcessFile", fileId=ready_media.file_id, coverBySnapshot=cover, notifyMode=mode)
    done()
    content_of = [content(row, "ProcedureStateChanged")["status"] for row in pull(vod)]
    assert content_of == statuses


# --- The queue -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pulls", "confirms"), [("PullEvent", "ConfirmEvent"), ("PullVodEvent", "ConfirmVodEvent")]
)
def test_what_is_confirmed_never_comes_back(
    vod: Vod, ready_media: Media, pulls: str, confirms: str
) -> None:
    assert pull(vod, pulls) == []
    tell(ready_media, 3)
    rows = pull(vod, pulls)
    assert len(rows) == 3
    assert pull(vod, pulls) == []
    handles = [row["msgHandle"] for row in rows]
    assert vod.legacy(confirms, msgHandle=handles[:2]) == {}
    come_back()
    (again,) = pull(vod, pulls)
    assert again["msgHandle"] not in handles
    assert again["eventContent"]["eventType"] == "NewFileUpload"
    assert vod.legacy(confirms, msgHandle=[again["msgHandle"]]) == {}
    come_back()
    assert pull(vod, pulls) == []


@pytest.mark.parametrize("names", [("msgHandle.1", "msgHandle.2"), ("msgHandle_5", "msgHandle_90")])
def test_handles_are_numbered_from_anywhere(
    vod: Vod, ready_media: Media, names: tuple[str, str]
) -> None:
    tell(ready_media, 2)
    handles = [row["msgHandle"] for row in pull(vod)]
    assert vod.legacy("ConfirmEvent", **dict(zip(names, handles, strict=True))) == {}
    assert not Event.objects.filter(confirmed_at=None).exists()


def test_16_events_are_pulled_at_a_time(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 17)
    rows = pull(vod)
    assert len(rows) == 16
    assert vod.legacy("ConfirmEvent", msgHandle=[row["msgHandle"] for row in rows]) == {}
    assert len(pull(vod)) == 1


def test_a_late_confirm_is_refused_and_the_others_count(vod: Vod, ready_media: Media) -> None:
    tell(ready_media, 2)
    late, good = (row["msgHandle"] for row in pull(vod))
    Event.objects.filter(pk=late.rpartition("-")[2]).update(
        hidden_until=timezone.now() - timedelta(milliseconds=1)
    )
    assert refusal(vod, "ConfirmEvent", msgHandle=[late, good]) == 4000
    (again,) = pull(vod)
    assert refusal(vod, "ConfirmEvent", msgHandle=[late]) == 4000
    assert vod.legacy("ConfirmEvent", msgHandle=[again["msgHandle"]]) == {}
    assert not Event.objects.filter(confirmed_at=None).exists()


@pytest.mark.parametrize(
    ("action", "values", "number"),
    [
        ("ConfirmEvent", {}, 1000),
        ("ConfirmEvent", {"msgHandle": "x"}, 1000),
        ("ConfirmEvent", {"msgHandle": ["x"] * 17}, 1000),
        ("ConfirmEvent", {"msgHandle": ["x" * 129]}, 1000),
        ("ConfirmEvent", {"msgHandle": ["0a1b2c3d4e5f"]}, 4000),
        ("ConfirmEvent", {"msgHandle": [f"{0:032x}-1"]}, 4000),
        ("ConfirmEvent", {"msgHandle": [""]}, 4000),
        ("ConfirmVodEvent", {"msgHandle": ["0a1b2c3d4e5f"]}, 4000),
        ("PullEvent", {"wait": 1}, 1000),
    ],
)
def test_calls_that_are_refused(
    vod: Vod, ready_media: Media, action: str, values: dict[str, Any], number: int
) -> None:
    tell(ready_media)
    assert refusal(vod, action, **values) == number
    assert Event.objects.get().confirmed_at is None


@pytest.mark.parametrize("group", ["", "Viewer", "Editor"])
def test_events_are_the_administrators(vod_as: Callable[[str], Vod], group: str) -> None:
    user = vod_as(group)
    for action in ("PullEvent", "PullVodEvent"):
        assert refusal(user, action) == 4300
    for action in ("ConfirmEvent", "ConfirmVodEvent"):
        assert refusal(user, action, msgHandle=["x"]) == 4300
