"""The real SDKs, unmodified, against a running site with a running worker."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.vod.v20180717 import models

from .support.sdks import Legacy, Running, all_events, ended, legacy_ended, request

SIGNINGS = [
    (sign, method) for sign in (None, "HmacSHA1", "HmacSHA256") for method in ("POST", "GET")
]


@pytest.mark.parametrize(("sign", "method"), SIGNINGS)
def test_every_way_of_signing(running: Running, sign: str | None, method: str) -> None:
    client = running.client(sign=sign, method=method)
    described = client.DescribeSnapshotByTimeOffsetTemplates(
        request(models.DescribeSnapshotByTimeOffsetTemplatesRequest, Definitions=[10, 30], Limit=5)
    )
    assert described.TotalCount == 2
    assert [row.Definition for row in described.SnapshotByTimeOffsetTemplateSet] == [10, 30]
    task = client.ProcessMedia(
        request(
            models.ProcessMediaRequest,
            FileId=running.file_id,
            MediaProcessTask={
                "SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["0.5s"]}]
            },
            SessionContext="上下文 +&=%",
        )
    )
    detail = ended(client, task.TaskId)
    assert detail.ProcedureTask.SessionContext == "上下文 +&=%"
    (result,) = detail.ProcedureTask.MediaProcessResultSet
    (picture,) = result.SnapshotByTimeOffsetTask.Output.PicInfoSet
    assert running.number(picture.Url) == 15
    with pytest.raises(TencentCloudSDKException) as caught:
        client.DescribeTaskDetail(request(models.DescribeTaskDetailRequest, TaskId="no-such"))
    assert caught.value.code == "InvalidParameterValue.TaskId"


@pytest.fixture
def card(running: Running) -> Iterator[int]:
    """A template of 320 × 192 pixels, stretched, as PNG; deleted afterwards, which works once."""
    client = running.client()
    made = client.CreateSnapshotByTimeOffsetTemplate(
        request(
            models.CreateSnapshotByTimeOffsetTemplateRequest,
            Name="名字", Width=320, Height=192, Format="png", FillType="stretch",
            Comment=str(time.time_ns()),  # two equal calls within a second are one
        )
    )  # fmt: skip
    yield made.Definition
    gone = request(models.DeleteSnapshotByTimeOffsetTemplateRequest, Definition=made.Definition)
    client.DeleteSnapshotByTimeOffsetTemplate(gone)
    with pytest.raises(TencentCloudSDKException) as caught:
        client.DeleteSnapshotByTimeOffsetTemplate(gone)
    assert caught.value.code in (
        "ResourceNotFound.TemplateNotExist",
        "FailedOperation.TaskDuplicate",  # within the same second the two calls are one
    )


def test_a_template_is_changed(running: Running, card: int) -> None:
    client = running.client()
    client.ModifySnapshotByTimeOffsetTemplate(
        request(
            models.ModifySnapshotByTimeOffsetTemplateRequest,
            Definition=card, Comment="twice the size",
        )
    )  # fmt: skip
    (shown,) = client.DescribeSnapshotByTimeOffsetTemplates(
        request(models.DescribeSnapshotByTimeOffsetTemplatesRequest, Definitions=[card])
    ).SnapshotByTimeOffsetTemplateSet
    assert (shown.Type, shown.Name, shown.Comment) == ("Custom", "名字", "twice the size")
    assert (shown.Width, shown.Height, shown.Format) == (320, 192, "png")
    assert (shown.FillType, shown.ResolutionAdaptive) == ("stretch", "open")


def test_the_whole_life_of_a_template_a_snapshot_and_a_cover(running: Running, card: int) -> None:
    client = running.client()
    all_events(client)
    session = f"life-{card}"
    wanted = {
        "FileId": running.file_id,
        "MediaProcessTask": {
            "SnapshotByTimeOffsetTaskSet": [
                {
                    "Definition": card,
                    "ExtTimeOffsetSet": ["0.5s", "10%", "77s"],
                    "TimeOffsetSet": [1500.0],
                }
            ],
            "CoverBySnapshotTaskSet": [
                {"Definition": 10, "PositionType": "Percent", "PositionValue": 50}
            ],
        },
        "SessionId": session,
        "TasksPriority": 3,
    }
    task = client.ProcessMedia(request(models.ProcessMediaRequest, **wanted))
    detail = ended(client, task.TaskId)
    assert (detail.TaskType, detail.Status) == ("Procedure", "FINISH")
    snapshots, cover = detail.ProcedureTask.MediaProcessResultSet
    assert snapshots.SnapshotByTimeOffsetTask.Status == "SUCCESS"
    output = snapshots.SnapshotByTimeOffsetTask.Output
    the_pictures_are_right(running, card, output, cover.CoverBySnapshotTask.Output.CoverUrl)

    again = {**wanted, "SessionContext": "so that it is another call, within the same second too"}
    with pytest.raises(TencentCloudSDKException) as caught:
        client.ProcessMedia(request(models.ProcessMediaRequest, **again))
    assert caught.value.code == "InvalidParameterValue.SessionId"

    events = [e for e in all_events(client) if e.EventType == "ProcedureStateChanged"]
    (matching,) = [e for e in events if e.ProcedureStateChangeEvent.TaskId == task.TaskId]
    assert matching.ProcedureStateChangeEvent.Status == "FINISH"
    assert matching.ProcedureStateChangeEvent.SessionId == session


def the_pictures_are_right(running: Running, card: int, output: Any, cover_url: str) -> None:
    """Those of the task, and the same ones again where the media tells of them."""
    assert output.Definition == card
    assert [picture.TimeOffset for picture in output.PicInfoSet] == [500, 200, 1500]
    assert [running.number(picture.Url) for picture in output.PicInfoSet] == [15, 6, 45]
    assert running.number(cover_url) == 30
    first = Image.open(io.BytesIO(running.site.get(output.PicInfoSet[0].Url)))
    assert (first.format, first.size) == ("PNG", (320, 192))
    (info,) = running.client().DescribeMediaInfos(
        request(models.DescribeMediaInfosRequest, FileIds=[running.file_id])
    ).MediaInfoSet  # fmt: skip
    assert info.BasicInfo.CoverUrl == cover_url
    sets = {row.Definition: row for row in info.SnapshotByTimeOffsetInfo.SnapshotByTimeOffsetSet}
    assert [picture.Url for picture in sets[card].PicInfoSet] == [
        picture.Url for picture in output.PicInfoSet
    ]
    assert running.site.get(info.BasicInfo.MediaUrl) == running.clip.read_bytes()


def test_a_cover_by_time_and_one_by_upload(running: Running) -> None:
    client = running.client(sign="HmacSHA256")
    task = client.ProcessMedia(
        request(
            models.ProcessMediaRequest,
            FileId=running.file_id,
            MediaProcessTask={
                "CoverBySnapshotTaskSet": [
                    {"Definition": 10, "PositionType": "Time", "PositionValue": 1.1}
                ]
            },
        )
    )
    (result,) = ended(client, task.TaskId).ProcedureTask.MediaProcessResultSet
    assert running.number(result.CoverBySnapshotTask.Output.CoverUrl) == 33
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 10, 10)).save(file, "PNG")
    changed = client.ModifyMediaInfo(
        request(
            models.ModifyMediaInfoRequest,
            FileId=running.file_id,
            Description="by hand",
            CoverData=base64.b64encode(file.getvalue()).decode(),
        )
    )
    picture = Image.open(io.BytesIO(running.site.get(changed.CoverUrl)))
    assert picture.size == (64, 64)
    red = picture.convert("RGB").getpixel((32, 32))
    assert isinstance(red, tuple)
    assert abs(red[0] - 200) < 6


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_legacy_sdk_takes_snapshots(running: Running, legacy: Legacy, method: str) -> None:
    all_events(running.client())
    asked = legacy(
        "CreateSnapshotByTimeOffset",
        {"fileId": running.file_id, "definition": 10, "timeOffset": [0, 1500, 99999]},
        method,
    )
    assert asked["code"] == 0
    task_id = asked["vodTaskId"]
    assert task_id.startswith("CreateSnapshotByTimeOffset-")
    info = legacy_ended(legacy, task_id, method)
    assert (info["status"], info["type"]) == ("FINISHED", "SnapshotByTimeOffset")
    first, second, beyond = info["data"]["picInfo"]
    assert [running.number(picture["url"]) for picture in (first, second)] == [0, 45]
    assert beyond == {"status": -44099, "timeOffset": 99999}

    matching = [
        event
        for event in legacy("PullEvent", {}, method)["eventList"]
        if event["eventContent"]["data"].get("vodTaskId") == task_id
    ]
    (event,) = matching
    assert event["eventContent"]["eventType"] == "CreateSnapshotByTimeOffsetComplete"
    assert event["eventContent"]["data"] == info["data"]
    assert legacy("ConfirmEvent", {"msgHandle": [event["msgHandle"]]}, method)["code"] == 0

    video = legacy("GetVideoInfo", {"fileId": running.file_id}, method)
    (current,) = [
        row
        for row in video["snapshotByTimeOffsetInfo"]["snapshotByTimeOffsetList"]
        if row["definition"] == 10
    ]
    assert [picture["timeOffset"] for picture in current["picInfoList"]] == [0, 1500]
    assert video["metaData"]["width"] == 160
    detail = ended(running.client(), task_id)
    assert detail.TaskType == "SnapshotByTimeOffset"
    pictures = detail.SnapshotByTimeOffsetTask.SnapshotInfoSet
    assert [(picture.ErrCode, picture.TimeOffset) for picture in pictures] == [
        (0, 0), (0, 1500), (-44099, 99999),
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_legacy_sdk_takes_a_cover(running: Running, legacy: Legacy, method: str) -> None:
    flow = legacy(
        "ProcessFile",
        {
            "fileId": running.file_id,
            "coverBySnapshot": {"definition": 10, "positionType": "Time", "position": 1},
        },
        method,
    )
    done = legacy_ended(legacy, flow["vodTaskId"], method)
    (cover,) = done["data"]["processTaskList"]
    assert running.number(cover["output"]["imageUrl"]) == 30
    filtered = {"fileId": running.file_id, "infoFilter": ["basicInfo"]}
    basic = legacy("GetVideoInfo", filtered, method)
    assert basic["basicInfo"]["coverUrl"] == cover["output"]["imageUrl"]
    assert "metaData" not in basic


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_legacy_sdk_is_refused(legacy: Legacy, method: str) -> None:
    assert legacy("GetTaskInfo", {"vodTaskId": "no-such"}, method)["code"] == 10026
    assert legacy("GetVideoInfo", {"fileId": "1"}, method)["code"] == 10008
    assert legacy("NoSuchThing", {}, method)["code"] == 6100


def test_an_event_that_is_not_confirmed_comes_back_after_thirty_seconds(running: Running) -> None:
    client = running.client()
    all_events(client)
    wanted = {"SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["1s"]}]}
    task = client.ProcessMedia(
        request(models.ProcessMediaRequest, FileId=running.file_id, MediaProcessTask=wanted)
    )
    ended(client, task.TaskId)
    (first,) = client.PullEvents(request(models.PullEventsRequest)).EventSet
    pulled = time.monotonic()
    assert first.ProcedureStateChangeEvent.TaskId == task.TaskId
    assert client.PullEvents(request(models.PullEventsRequest)).EventSet == []
    assert 4.5 < time.monotonic() - pulled < 8  # it waits for something to come
    again: list[Any] = []
    while not again and time.monotonic() - pulled < 45:
        again = client.PullEvents(request(models.PullEventsRequest)).EventSet
    assert 29 < time.monotonic() - pulled < 40
    assert [event.ProcedureStateChangeEvent.TaskId for event in again] == [task.TaskId]
    with pytest.raises(TencentCloudSDKException) as caught:
        client.ConfirmEvents(request(models.ConfirmEventsRequest, EventHandles=[first.EventHandle]))
    assert caught.value.code == "InvalidParameterValue"
    client.ConfirmEvents(request(models.ConfirmEventsRequest, EventHandles=[again[0].EventHandle]))
    assert client.PullEvents(request(models.PullEventsRequest)).EventSet == []
