"""Every refusal of both generations that can be caused, as the real SDKs show it."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from tencentcloud.common import abstract_client
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from snapshots.errors import StorageFull
from snapshots.messages import Message
from snapshots.services.security import access_keys
from snapshots.services.tasks import listing
from snapshots.vod import current
from snapshots.vod import legacy as legacy_generation
from tests.support.file_server import Origin, origin

from .support.sdks import (
    MAX_PULLS,
    MAX_TEMPLATES,
    Legacy,
    Running,
    client_of,
    ended,
    legacy_call,
    said,
)

CREATE, MODIFY, DELETE, DESCRIBE = (
    "CreateSnapshotByTimeOffsetTemplate", "ModifySnapshotByTimeOffsetTemplate",
    "DeleteSnapshotByTimeOffsetTemplate", "DescribeSnapshotByTimeOffsetTemplates",
)  # fmt: skip
VALUE, NOT_DONE = "InvalidParameterValue", "UnsupportedOperation"
STEP = {"Definition": 10, "ExtTimeOffsetSet": ["1s"]}
STEP_SET = {"SnapshotByTimeOffsetTaskSet": [STEP]}
COVER = {"Definition": 10, "PositionType": "Time", "PositionValue": 1}
Row = tuple[str, dict[str, Any], Any]
Known = dict[str, Any]

# What stands for what only the running site knows begins with a dollar: see `known`
LOOKS = [
    ({"Width": 1}, "Width"), ({"Width": 127}, "Width"), ({"Width": 4097}, "Width"),
    ({"Width": -1}, "Width"), ({"Height": 127}, "Height"), ({"Height": 4097}, "Height"),
    ({"Height": -1}, "Height"), ({"Format": "bmp"}, "Format"), ({"Format": "JPG"}, "Format"),
    ({"FillType": "tile"}, "FillType"), ({"FillType": "transparent"}, "FillType"),
    ({"ResolutionAdaptive": "yes"}, "ResolutionAdaptive"), ({"Name": "n" * 65}, "Name"),
    ({"Comment": "字" * 257}, "Comment"),
]  # fmt: skip
TEMPLATES: list[Row] = [
    *((CREATE, look, f"{VALUE}.{field}") for look, field in LOOKS),
    *((MODIFY, {"Definition": "$card", **look}, f"{VALUE}.{field}") for look, field in LOOKS),
    (MODIFY, {"Name": "n"}, "MissingParameter"),
    (MODIFY, {"Definition": 0, "Name": "n"}, VALUE),
    (MODIFY, {"Definition": 99999, "Name": "n"}, "ResourceNotFound.TemplateNotExist"),
    (MODIFY, {"Definition": 10, "Name": "n"}, f"{VALUE}.ModifyDefaultTemplate"),
    (DELETE, {}, "MissingParameter"),
    (DELETE, {"Definition": 99999}, "ResourceNotFound.TemplateNotExist"),
    (DELETE, {"Definition": 10}, f"{VALUE}.DeleteDefaultTemplate"),
    (DELETE, {"Definition": "$used"}, "ResourceInUse"),
    (DESCRIBE, {"Definitions": [10] * 101}, f"{VALUE}.Definitions"),
    (DESCRIBE, {"Limit": 0}, f"{VALUE}.Limit"),
    (DESCRIBE, {"Limit": 101}, f"{VALUE}.Limit"),
    (DESCRIBE, {"Type": "preset"}, f"{VALUE}.Type"),
    (DESCRIBE, {"Offset": -1}, VALUE),
]


def steps(code: str, *sets: dict[str, Any]) -> list[Row]:
    """Of ProcessMedia and of saved flows, which have the same steps."""
    return [
        *(("ProcessMedia", {"FileId": "$file", "MediaProcessTask": kind}, code) for kind in sets),
        *(("CreateProcedureTemplate", {"Name": "f", "MediaProcessTask": k}, code) for k in sets),
        *(("ResetProcedureTemplate", {"Name": "$flow", "MediaProcessTask": k}, code) for k in sets),
    ]


def step(**changed: Any) -> dict[str, Any]:
    return {"SnapshotByTimeOffsetTaskSet": [{**STEP, **changed}]}


def cover(**changed: Any) -> dict[str, Any]:
    return {"CoverBySnapshotTaskSet": [{**COVER, **changed}]}


STEPS: list[Row] = [
    *steps(
        NOT_DONE,
        {"TranscodeTaskSet": [{"Definition": 100010}]},
        {"AnimatedGraphicTaskSet": [
            {"Definition": 20000, "StartTimeOffset": 0, "EndTimeOffset": 1}
        ]},
        {"SampleSnapshotTaskSet": [{"Definition": 10}]},
        {"ImageSpriteTaskSet": [{"Definition": 10}]},
        {"AdaptiveDynamicStreamingTaskSet": [{"Definition": 10}]},
        {**STEP_SET, "SampleSnapshotTaskSet": [{"Definition": 10}]},
        step(WatermarkSet=[{"Definition": 1}]), cover(WatermarkSet=[{"Definition": 1}]),
    ),
    *steps(
        VALUE,
        step(Definition=99999), step(Definition=0), step(ExtTimeOffsetSet=["3.5"]),
        step(ExtTimeOffsetSet=["1ms"]), step(ExtTimeOffsetSet=["soon"]),
        step(ExtTimeOffsetSet=[]), step(ExtTimeOffsetSet=["1s"] * 101),
        {"SnapshotByTimeOffsetTaskSet": []}, cover(Definition=99999),
        cover(PositionType="Frame"),
    ),
    *steps(
        "MissingParameter",
        {"SnapshotByTimeOffsetTaskSet": [{"ExtTimeOffsetSet": ["1s"]}]},
        {"CoverBySnapshotTaskSet": [{"Definition": 10, "PositionType": "Time"}]},
        {"CoverBySnapshotTaskSet": [{"Definition": 10, "PositionValue": 1}]},
        {"CoverBySnapshotTaskSet": [{"PositionType": "Time", "PositionValue": 1}]},
    ),
]  # fmt: skip
MANNERS = [
    ({"SessionId": "s" * 51}, f"{VALUE}.SessionIdTooLong"),
    ({"SessionContext": "字" * 1001}, f"{VALUE}.SessionContextTooLong"),
    ({"SessionId": "$session"}, f"{VALUE}.SessionId"),
    ({"TasksPriority": 11}, VALUE),
    ({"TasksPriority": -11}, VALUE),
]
ASKED = {"FileId": "$file", "MediaProcessTask": STEP_SET}
BY_FLOW = {"FileId": "$file", "ProcedureName": "$flow"}
WORK: list[Row] = [
    *STEPS,
    *(("ProcessMedia", {**ASKED, **manner}, code) for manner, code in MANNERS),
    *(("ProcessMediaByProcedure", {**BY_FLOW, **manner}, code) for manner, code in MANNERS),
    *(("PullUpload", {"MediaUrl": "$url", **manner}, code) for manner, code in MANNERS),
    ("ProcessMedia", {"MediaProcessTask": STEP_SET}, "MissingParameter"),
    ("ProcessMedia", {"FileId": "$file"}, VALUE),
    ("ProcessMedia", {**ASKED, "TasksNotifyMode": "Never"}, VALUE),
    ("ProcessMedia", {**ASKED, "FileId": "1"}, f"{VALUE}.FileId"),
    ("ProcessMedia", {**ASKED, "FileId": "1" * 65}, f"{VALUE}.FileId"),
    ("ProcessMedia", {**ASKED, "FileId": "$broken"}, "FailedOperation"),
    ("ProcessMedia", {**ASKED, "FileId": "$pulled"}, "FailedOperation"),
    ("ProcessMedia", {**ASKED, "MediaStoragePath": "/a.mp4"}, NOT_DONE),
    ("ProcessMedia", {"Url": "http://a.example/a.mp4", "MediaProcessTask": STEP_SET}, NOT_DONE),
    ("ProcessMedia", {**ASKED, "AiContentReviewTask": {"Definition": 10}}, NOT_DONE),
    ("ProcessMedia", {**ASKED, "AiAnalysisTask": {"Definition": 10}}, NOT_DONE),
    ("ProcessMedia", {**ASKED, "AiRecognitionTask": {"Definition": 10}}, NOT_DONE),
    ("ProcessMediaByProcedure", {"FileId": "$file"}, "MissingParameter"),
    ("ProcessMediaByProcedure", {"ProcedureName": "$flow"}, "MissingParameter"),
    ("ProcessMediaByProcedure", {**BY_FLOW, "ProcedureName": "no"}, f"{VALUE}.ProcedureName"),
    ("ProcessMediaByProcedure", {**BY_FLOW, "FileId": "1"}, f"{VALUE}.FileId"),
    ("ProcessMediaByProcedure", {**BY_FLOW, "FileId": "$broken"}, "FailedOperation"),
    ("ProcessMediaByProcedure", {**BY_FLOW, "FileId": "$pulled"}, "FailedOperation"),
    ("PullUpload", {}, "MissingParameter"),
    ("PullUpload", {"MediaUrl": "http://10.0.0.1/a.mp4"}, f"{VALUE}.MediaUrl"),
    ("PullUpload", {"MediaUrl": "ftp://a.example/a.mp4"}, f"{VALUE}.MediaUrl"),
    ("PullUpload", {"MediaUrl": "http://a.example/" + "a" * 4096}, f"{VALUE}.MediaUrl"),
    ("PullUpload", {"MediaUrl": "$url", "CoverUrl": "http://a.example/" + "a" * 4096},
     f"{VALUE}.CoverUrl"),
    ("PullUpload", {"MediaUrl": "$url", "ExpireTime": "2030-01-01T00:00:00Z"}, NOT_DONE),
    ("PullUpload", {"MediaUrl": "$url", "MediaStoragePath": "/a.mp4"}, NOT_DONE),
]  # fmt: skip
TASKS: list[Row] = [
    ("DescribeTaskDetail", {}, "MissingParameter"),
    ("DescribeTaskDetail", {"TaskId": "no-such"}, f"{VALUE}.TaskId"),
    ("DescribeTaskDetail", {"TaskId": "t" * 129}, f"{VALUE}.TaskId"),
    ("DescribeTasks", {"Status": "DONE"}, f"{VALUE}.Status"),
    ("DescribeTasks", {"Limit": 0}, VALUE),
    ("DescribeTasks", {"Limit": 101}, VALUE),
    ("DescribeTasks", {"ScrollToken": "no-such"}, VALUE),
    ("DescribeTasks", {"CreateTime": {"After": "yesterday"}}, VALUE),
    ("DescribeTasks", {"FinishTime": {"Before": "2026-01-01T00:00:00"}}, VALUE),
    ("DescribeTasks", {"Sort": {"Field": "Size"}}, VALUE),
    ("DescribeTasks", {"Sort": {"Field": "CreateTime", "Order": "Up"}}, VALUE),
    ("ManageTask", {"OperationType": "Abort"}, "MissingParameter"),
    ("ManageTask", {"TaskId": "$done"}, "MissingParameter"),
    ("ManageTask", {"TaskId": "$done", "OperationType": "Stop"}, f"{VALUE}.InvalidOperationType"),
    ("ManageTask", {"TaskId": "no-such", "OperationType": "Abort"}, f"{VALUE}.TaskId"),
    ("ManageTask", {"TaskId": "$done", "OperationType": "Abort"}, "FailedOperation"),
    ("ManageTask", {"TaskId": "$running", "OperationType": "Abort"}, "FailedOperation"),
]
CHANGED = {"FileId": "$file"}
DECODE = f"{VALUE}.ImageDecodeError"
MEDIA: list[Row] = [
    ("DescribeMediaInfos", {}, "MissingParameter"),
    ("DescribeMediaInfos", {"FileIds": []}, f"{VALUE}.FileIdsEmpty"),
    ("DescribeMediaInfos", {"FileIds": ["1"] * 21}, f"{VALUE}.FileIds"),
    ("SearchMedia", {"FileIds": ["1"] * 11}, f"{VALUE}.FileIds"),
    ("SearchMedia", {"Names": ["n"] * 11}, f"{VALUE}.Names"),
    ("SearchMedia", {"NamePrefixes": ["n"] * 11}, f"{VALUE}.NamePrefixes"),
    ("SearchMedia", {"Tags": ["t"] * 17}, f"{VALUE}.Tags"),
    ("SearchMedia", {"Sort": {"Field": "Name"}}, f"{VALUE}.Sort"),
    ("SearchMedia", {"Offset": 5001}, f"{VALUE}.Offset"),
    ("SearchMedia", {"Limit": 5001}, f"{VALUE}.Limit"),
    ("SearchMedia", {"Offset": 4991}, f"{VALUE}.Limit"),
    ("SearchMedia", {"CreateTime": {"After": "yesterday"}}, VALUE),
    ("SearchMedia", {"ClassIds": [1]}, NOT_DONE),
    ("ModifyMediaInfo", {"Name": "n"}, "MissingParameter"),
    ("ModifyMediaInfo", {"FileId": "1", "Name": "n"}, "ResourceNotFound.FileNotExist"),
    ("ModifyMediaInfo", {"FileId": "1" * 65, "Name": "n"}, f"{VALUE}.FileId"),
    ("ModifyMediaInfo", {**CHANGED, "Name": "n" * 65}, f"{VALUE}.Name"),
    ("ModifyMediaInfo", {**CHANGED, "Description": "d" * 129}, f"{VALUE}.Description"),
    ("ModifyMediaInfo", {**CHANGED, "AddTags": ["t" * 33]}, f"{VALUE}.TagTooLong"),
    ("ModifyMediaInfo", {**CHANGED, "AddTags": ["t"] * 17}, f"{VALUE}.Tags"),
    ("ModifyMediaInfo", {**CHANGED, "CoverData": "not base64"}, DECODE),
    ("ModifyMediaInfo", {**CHANGED, "CoverData": base64.b64encode(b"no picture").decode()}, DECODE),
    ("ModifyMediaInfo", {**CHANGED, "ExpireTime": "2030-01-01T00:00:00Z"}, NOT_DONE),
    ("ModifyMediaInfo", {**CHANGED, "ClassId": 7}, NOT_DONE),
    ("ModifyMediaInfo", {**CHANGED, "ClearKeyFrameDescs": 1}, NOT_DONE),
    ("DeleteMedia", {}, "MissingParameter"),
    ("DeleteMedia", {"FileId": "1"}, "ResourceNotFound.FileNotExist"),
    ("DeleteMedia", {"FileId": "$file", "DeleteParts": [{"Type": "OriginalFiles"}]}, NOT_DONE),
]
EVENTS: list[Row] = [
    ("ConfirmEvents", {}, "MissingParameter"),
    ("ConfirmEvents", {"EventHandles": []}, VALUE),
    ("ConfirmEvents", {"EventHandles": ["e"] * 17}, VALUE),
    ("ConfirmEvents", {"EventHandles": ["no-such"]}, VALUE),
    ("ModifyEventConfig", {"Mode": "BOTH"}, VALUE),
    ("ModifyEventConfig", {"Mode": "PUSH"}, VALUE),
    ("ModifyEventConfig", {"NotificationUrl": "ftp://a.example/"}, VALUE),
    ("ModifyEventConfig", {"SignKey": "k" * 33}, VALUE),
    ("ModifyEventConfig", {"SignKey": "no letters!"}, VALUE),
    ("ModifyEventConfig", {"UploadMediaCompleteEventSwitch": "MAYBE"}, VALUE),
]
NO_FLOW = "InvalidParameter.ProcedureNameNotExist"
FLOWS: list[Row] = [
    ("CreateProcedureTemplate", {"MediaProcessTask": STEP_SET}, "MissingParameter"),
    ("CreateProcedureTemplate", {"Name": "$flow", "MediaProcessTask": STEP_SET},
     "InvalidParameter.ExistedProcedureName"),
    ("CreateProcedureTemplate", {"Name": "", "MediaProcessTask": STEP_SET},
     f"{VALUE}.ProcedureName"),
    ("CreateProcedureTemplate", {"Name": "n" * 21, "MediaProcessTask": STEP_SET},
     f"{VALUE}.ProcedureName"),
    ("CreateProcedureTemplate", {"Name": "f"}, VALUE),
    ("CreateProcedureTemplate", {"Name": "f", "Comment": "c" * 257, "MediaProcessTask": STEP_SET},
     f"{VALUE}.Comment"),
    ("CreateProcedureTemplate", {"Name": "f", "AiAnalysisTask": {"Definition": 10}}, NOT_DONE),
    ("ResetProcedureTemplate", {"Name": "no", "MediaProcessTask": STEP_SET}, NO_FLOW),
    ("DeleteProcedureTemplate", {"Name": "no"}, NO_FLOW),
    ("DeleteProcedureTemplate", {}, "MissingParameter"),
    ("DescribeProcedureTemplates", {"Names": ["n"] * 101}, VALUE),
    ("DescribeProcedureTemplates", {"Limit": 101}, VALUE),
    ("DescribeProcedureTemplates", {"Type": "Own"}, VALUE),
]  # fmt: skip

# By action, values with which a user who may do it would succeed: the legacy ones after the others
VALID: dict[str, dict[str, Any]] = {
    CREATE: {}, MODIFY: {"Definition": "$card"}, DELETE: {"Definition": "$card"},
    "ProcessMedia": ASKED, "ProcessMediaByProcedure": BY_FLOW, "PullUpload": {"MediaUrl": "$url"},
    "DescribeTaskDetail": {"TaskId": "$done"},
    "ManageTask": {"TaskId": "$done", "OperationType": "Abort"},
    "DescribeMediaInfos": {"FileIds": ["$file"]}, "ModifyMediaInfo": {**CHANGED, "Name": "n"},
    "DeleteMedia": CHANGED, "ConfirmEvents": {"EventHandles": ["e"]},
    "CreateProcedureTemplate": {"Name": "f", "MediaProcessTask": STEP_SET},
    "ResetProcedureTemplate": {"Name": "$flow", "MediaProcessTask": STEP_SET},
    "DeleteProcedureTemplate": {"Name": "$flow"},
    "ConfirmEvent": {"msgHandle": ["e"]}, "ConfirmVodEvent": {"msgHandle": ["e"]},
    "CreateSnapshotByTimeOffset": {"fileId": "$file", "definition": 10, "timeOffset": [0]},
    "DescribeVodCover": {"fileId": "$file", "type": 1, "para": "$picture"},
    "GetTaskInfo": {"vodTaskId": "$done"}, "GetVideoInfo": {"fileId": "$file"},
    "ProcessFile": {
        "fileId": "$file", "snapshotByTimeOffset": {"definition": 10, "timeOffset": [0]}
    },
    "ProcessFileByProcedure": {"fileId": "$file", "procedure": "$flow"},
    "RedoTask": {"vodTaskId": "$done"},
    "RunProcedure": {"inputType": "SingleFile", "file": {"id": "$file"}, "procedure": "$flow"},
}  # fmt: skip
READING = {action.name for action in current.ACTIONS if action.right.startswith("view_")}

SNAPSHOT, FILE, VIDEO = VALID["CreateSnapshotByTimeOffset"], VALID["ProcessFile"], {"fileId": "1"}
COVERED = {"definition": 10, "positionType": "Time", "position": 1}
RUN, TAKEN = VALID["RunProcedure"], VALID["ProcessFileByProcedure"]
LEGACY: list[Row] = [
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "definition": 99999}, 1000),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "definition": "ten"}, 1000),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "timeOffset": []}, 1000),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "timeOffset": [0] * 101}, 1000),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "colour": "red"}, 1000),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "fileId": "1"}, 10008),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "fileId": "$broken"}, 10009),
    ("CreateSnapshotByTimeOffset", {**SNAPSHOT, "fileId": "$pulled"}, 10009),
    ("ProcessFile", {"fileId": "$file"}, 1000),
    ("ProcessFile", {"fileId": "$file", "coverBySnapshot": {**COVERED, "definition": 99}}, 1000),
    ("ProcessFile", {**FILE, "coverBySnapshot": {**COVERED, "positionType": "Frame"}}, 1000),
    ("ProcessFile", {**FILE, "notifyMode": "Never"}, 1000),
    ("ProcessFile", {**FILE, "fileId": "1"}, 10008),
    ("ProcessFile", {**FILE, "fileId": "$broken"}, 10009),
    ("ProcessFile", {**FILE, "fileId": "$pulled"}, 10009),
    ("ProcessFile", {**FILE, "transcode": {"definition": [10]}}, 6100),
    ("ProcessFile", {**FILE, "sampleSnapshot": {"definition": 10}}, 6100),
    ("ProcessFile", {**FILE, "imageSprite": {"definition": 10}}, 6100),
    ("ProcessFile", {**FILE, "animatedGraphics": {"definition": 20000}}, 6100),
    ("ProcessFileByProcedure", {**TAKEN, "procedure": "no"}, 50007),
    ("ProcessFileByProcedure", {**TAKEN, "fileId": "1"}, 10008),
    ("ProcessFileByProcedure", {**TAKEN, "fileId": "$broken"}, 10009),
    ("RunProcedure", {**RUN, "inputType": "MultiFile"}, 1000),
    ("RunProcedure", {**RUN, "file": {"id": "1"}}, 10008),
    ("RunProcedure", {**RUN, "procedure": "no"}, 50007),
    ("RunProcedure", {**RUN, "procedure": "QCVB_SimpleProcessFile(0, 0, 0)"}, 50007),
    ("RunProcedure", {**RUN, "procedure": "QCVB_SimpleProcessFile(10, 0, 10)"}, 6100),
    ("GetVideoInfo", {}, 1000),
    ("GetVideoInfo", {"fileId": "1"}, 10008),
    ("DescribeVodCover", {"fileId": "$file", "type": 2, "para": "$picture"}, 1000),
    ("DescribeVodCover", {"fileId": "$file", "type": 1, "para": "http://a.example/"}, 1000),
    ("DescribeVodCover", {"fileId": "1", "type": 1, "para": "$picture"}, 10008),
    ("GetTaskInfo", {}, 1000),
    ("GetTaskInfo", {"vodTaskId": "no-such"}, 10026),
    ("GetTaskList", {"maxCount": 9}, 1000),
    ("GetTaskList", {"status": "FINISH"}, 1000),
    ("GetTaskList", {"nextForFinished": "no-such"}, 1000),
    ("TaskStatusStat", {"status": "DONE"}, 1000),
    ("RedoTask", {"vodTaskId": "no-such"}, 10026),
    ("RedoTask", {"vodTaskId": "$running"}, 10026),
    ("RedoTask", {"vodTaskId": "$fetched"}, 5100),
    ("RedoTask", {"vodTaskId": "$bereft"}, 10008),
    ("ConfirmEvent", {}, 1000),
    ("ConfirmEvent", {"msgHandle": ["e"] * 17}, 1000),
    ("ConfirmEvent", {"msgHandle": ["no-such"]}, 4000),
    ("ConfirmVodEvent", {"msgHandle": ["no-such"]}, 4000),
    ("CreateImageSprite", {"fileId": "$file", "definition": 10}, 6100),
    ("NoSuchThing", {}, 6100),
    ("GetVideoInfo", {**VIDEO, "Nonce": ""}, 4000),
    ("GetVideoInfo", {**VIDEO, "Nonce": "once"}, 4100),
    ("GetVideoInfo", {**VIDEO, "SecretId": "no such"}, 4100),
    ("GetVideoInfo", {**VIDEO, "Timestamp": 1}, 4200),
]


def filled(values: Any, known: Known) -> Any:
    """`values` with what `known` has for the names in them."""
    if isinstance(values, dict):
        return {name: filled(value, known) for name, value in values.items()}
    if isinstance(values, list):
        return [filled(value, known) for value in values]
    return known[values[1:]] if isinstance(values, str) and values[:1] == "$" else values


def code_of(call: Callable[..., Any], *args: Any, **values: Any) -> str:
    with pytest.raises(TencentCloudSDKException) as caught:
        call(*args, **values)
    assert caught.value.message
    assert caught.value.requestId
    return str(caught.value.code)


@pytest.fixture(scope="module")
def there(running: Running) -> Iterator[Origin]:
    """Has the video at every path; the one that is asked for first stays on its way."""
    with origin(running.clip.read_bytes()) as there:
        yield there


@pytest.fixture(scope="module")
def known(running: Running, there: Origin) -> Iterator[Known]:
    """What the rows name: media, tasks and templates in every state that is refused something."""
    client = running.client()
    session, steps = f"errors-{time.time_ns()}", {"MediaProcessTask": STEP_SET}
    done = said(
        client, "ProcessMedia", FileId=running.file_id, SessionId=session, **steps
    ).TaskId  # fmt: skip
    lost = running.site.upload(running.clip)
    bereft = said(client, "ProcessMedia", FileId=lost, **steps).TaskId
    fetched = said(client, "PullUpload", MediaUrl=there.url).TaskId
    detail, brought = ended(client, done), ended(client, fetched)
    ended(client, bereft)
    said(client, "DeleteMedia", FileId=lost)
    card, used = (said(client, CREATE, Name=name).Definition for name in ("card", "used"))
    said(
        client, "CreateProcedureTemplate", Name="errors",
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [{**STEP, "Definition": used}]},
    )  # fmt: skip
    there.pause = threading.Event()
    there.tells_length = False  # so that it is not read ahead
    on_its_way = said(client, "PullUpload", MediaUrl=there.url).TaskId
    (result,) = detail.ProcedureTask.MediaProcessResultSet
    (picture,) = result.SnapshotByTimeOffsetTask.Output.PicInfoSet
    deadline = time.monotonic() + 20
    while said(client, "DescribeTaskDetail", TaskId=on_its_way).Status != "PROCESSING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pulled = said(client, "DescribeTaskDetail", TaskId=on_its_way).PullUploadTask
    yield {
        "file": running.file_id, "broken": broken_media(running), "pulled": pulled.FileId,
        "done": done, "bereft": bereft, "fetched": fetched, "running": on_its_way,
        "card": card, "used": used, "flow": "errors", "session": session, "url": there.url,
        "picture": picture.Url,
    }  # fmt: skip
    there.pause.set()
    on_its_way = ended(client, on_its_way)
    said(client, "DeleteProcedureTemplate", Name="errors")
    for definition in (card, used):
        said(client, DELETE, Definition=definition)
    for pull in (brought, on_its_way):
        with contextlib.suppress(TencentCloudSDKException):
            said(client, "DeleteMedia", FileId=pull.PullUploadTask.FileId)


def broken_media(running: Running) -> str:
    """A media item that could not be read: its file ends in the middle."""
    path = running.clip.with_name("broken.mp4")
    path.write_bytes(running.clip.read_bytes()[:1000])
    with pytest.raises(RuntimeError, match="not ready"):
        running.site.upload(path)
    (row,) = running.site.call("GET", "media/?status=failed")["results"]
    return str(row["file_id"])


@pytest.mark.parametrize(
    ("action", "values", "code"), [*TEMPLATES, *WORK, *TASKS, *MEDIA, *EVENTS, *FLOWS]
)
def test_each_refusal_has_its_code(
    running: Running, known: Known, action: str, values: dict[str, Any], code: str
) -> None:
    assert code_of(said, running.client(), action, **filled(values, known)) == code


@pytest.mark.parametrize(("action", "values", "number"), LEGACY)
def test_each_legacy_refusal_has_its_number(
    legacy: Legacy, known: Known, action: str, values: dict[str, Any], number: int
) -> None:
    for method in ("GET", "POST"):
        answer = legacy(action, filled(values, known), method)
        assert (answer["code"], bool(answer["message"])) == (number, True)


# --- Who calls -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [None, "HmacSHA1", "HmacSHA256"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_keys_that_are_not_known_or_not_used_rightly(
    running: Running, sign: str | None, method: str
) -> None:
    secret_id, secret = running.keys["admin"]
    malformed = "AuthFailure.InvalidSecretId" if sign else "AuthFailure.InvalidAuthorization"
    for key, code in [
        ((secret_id, f"{secret}x"), "AuthFailure.SignatureFailure"),
        (("AKIDnobody", secret), "AuthFailure.SecretIdNotFound"),
        (running.keys["gone"], "AuthFailure.SecretIdNotFound"),
        (("no.id.of/ours", secret), malformed),
    ]:
        client = client_of(running.site.base, key, sign=sign, method=method)
        assert code_of(said, client, "DescribeEventsState") == code


@pytest.mark.parametrize("sign", [None, "HmacSHA256"])
def test_a_clock_that_is_wrong(
    running: Running, monkeypatch: pytest.MonkeyPatch, sign: str | None
) -> None:
    now = time.time()
    for moment in (now - 310, now + 310):
        monkeypatch.setattr(abstract_client.time, "time", lambda moment=moment: moment)
        client = running.client(sign=sign)
        assert code_of(said, client, "DescribeEventsState") == "AuthFailure.SignatureExpire"


def test_the_legacy_keys(running: Running, legacy: Legacy) -> None:
    secret_id, secret = running.keys["admin"]
    for key in ((secret_id, f"{secret}x"), ("AKIDnobody", secret), running.keys["gone"]):
        answer = legacy_call(running.site.base, key, "TaskStatusStat", {})
        assert answer["code"] == 4100
    once = {"Nonce": 7, "Timestamp": int(time.time()) - 60}
    assert legacy("TaskStatusStat", once)["code"] == 0
    assert legacy("TaskStatusStat", once)["code"] == 4500
    assert legacy("TaskStatusStat", {"status": "", **once}, "POST")["code"] == 4500
    ahead = {"Timestamp": int(time.time()) + 2 * 60 * 60 + 10}
    assert legacy("TaskStatusStat", ahead)["code"] == 4200


@pytest.mark.parametrize("action", sorted(action.name for action in current.ACTIONS))
def test_a_missing_permission_has_its_code(running: Running, known: Known, action: str) -> None:
    values = filled(VALID.get(action, {}), known)
    client = running.client(who="nobody")
    assert code_of(said, client, action, **values) == "UnauthorizedOperation"
    if action not in READING:
        client = running.client(who="viewer")
        assert code_of(said, client, action, **values) == "UnauthorizedOperation"


@pytest.mark.parametrize("action", sorted(action.name for action in legacy_generation.ACTIONS))
def test_a_missing_permission_has_its_legacy_number(
    legacy: Legacy, known: Known, action: str
) -> None:
    values = filled(VALID.get(action, {}), known)
    for method in ("GET", "POST"):
        assert legacy(action, values, method, who="nobody")["code"] == 4300


# --- What is no call of ours ---------------------------------------------------------------------


def test_what_is_no_call_of_ours(running: Running) -> None:
    client = running.client()
    assert code_of(client.call_json, "NoSuchThing", {}) == "InvalidAction"
    assert code_of(said, client, "DescribeSampleSnapshotTemplates") == "InvalidAction"
    for values, code in [
        ({"TaskId": "t", "Colour": "red"}, "UnknownParameter"),
        ({"TaskId": 7}, "InvalidParameter"),
        ({"TaskId": None}, "MissingParameter"),
    ]:
        assert code_of(client.call_json, "DescribeTaskDetail", values) == code
    for values in ({"Limit": "ten"}, {"Limit": 1.5}, {"Sort": "up"}, {"CreateTime": []}):
        assert code_of(client.call_json, "DescribeTasks", values) == "InvalidParameter"
    client._apiVersion = "2017-03-12"
    assert code_of(said, client, "DescribeEventsState") == "NoSuchVersion"


@pytest.mark.parametrize(("sign", "size"), [(None, 10 << 20), ("HmacSHA1", 1 << 20)])
def test_what_is_too_large(running: Running, sign: str | None, size: int) -> None:
    values = {"FileId": "1", "CoverData": "A" * size}
    code = code_of(said, running.client(sign=sign), "ModifyMediaInfo", **values)
    assert code == "RequestSizeLimitExceeded"


def test_what_is_too_large_for_the_legacy_generation(legacy: Legacy) -> None:
    assert legacy("GetTaskInfo", {"vodTaskId": "t" * (1 << 20)}, "POST")["code"] == 4000


def test_the_same_call_twice(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(abstract_client.time, "time", lambda: now)
    same = {"FileId": running.file_id, "Name": "twice", "SubAppId": 1}
    said(running.client(), "ModifyMediaInfo", **same)
    code = code_of(said, running.client(), "ModifyMediaInfo", **same)
    assert code == "FailedOperation.TaskDuplicate"


# --- What is used up -----------------------------------------------------------------------------


def until_refused(make: Callable[[int], Any], drop: Callable[[Any], Any], maximum: int) -> str:
    """Makes things by number until one is refused, and drops them all; the refusal's code."""
    made: list[Any] = []
    try:
        for number in range(maximum + 1):
            made.append(make(number))
    except TencentCloudSDKException as error:
        return str(error.code)
    finally:
        for one in made:
            drop(one)
    return ""


def test_more_templates_than_there_may_be(running: Running) -> None:
    client = running.client()
    code = until_refused(
        lambda number: said(client, CREATE, Name=f"{number}").Definition,
        lambda definition: said(client, DELETE, Definition=definition),
        MAX_TEMPLATES,
    )
    assert code == "LimitExceeded.TooMuchTemplate"


def test_more_flows_than_there_may_be(running: Running) -> None:
    client = running.client()

    def make(number: int) -> str:
        said(client, "CreateProcedureTemplate", Name=f"{number}", MediaProcessTask=STEP_SET)
        return f"{number}"

    def drop(name: str) -> None:
        said(client, "DeleteProcedureTemplate", Name=name)

    assert until_refused(make, drop, 50) == "LimitExceeded"


def test_more_pulls_than_one_user_may_ask_for(running: Running, there: Origin) -> None:
    client = running.client(who="hasty")
    there.others = {"/none": b"no video"}
    asked = {"MediaUrl": f"http://127.0.0.1:{there.port}/none"}
    tasks = [said(client, "PullUpload", **asked).TaskId for _ in range(MAX_PULLS)]
    assert code_of(said, client, "PullUpload", **asked) == "RequestLimitExceeded"
    admin = running.client()
    for task in tasks:  # whichever waits behind a video that is still on its way
        with contextlib.suppress(TencentCloudSDKException):
            said(admin, "ManageTask", TaskId=task, OperationType="Abort")
        detail = ended(admin, task)
        if detail.Status == "FINISH":
            said(admin, "DeleteMedia", FileId=detail.PullUploadTask.FileId)


# --- What goes wrong here ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "number"),
    [
        (OperationalError("locked"), "ServiceUnavailable", 6200),
        (ObjectDoesNotExist("gone"), "FailedOperation", 5100),
        (StorageFull("storage_full", Message("No room.")), "ResourceInsufficient", 5100),
        (RuntimeError("nobody thought of it"), "InternalError", 6000),
    ],
)
@pytest.mark.usefixtures("presets", "plain")
def test_what_goes_wrong_here(
    live_server: Any,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    user_of: Callable[[str], Any],
    error: Exception,
    code: str,
    number: int,
) -> None:
    def fails(**_: Any) -> None:
        raise error

    made = access_keys.create_key(user=user_of("Administrator"))
    key = (made.key.secret_id, made.secret_key)
    monkeypatch.setattr(listing, "detail", fails)
    client = client_of(live_server.url, key)
    assert code_of(said, client, "DescribeTaskDetail", TaskId="t") == code
    answer = legacy_call(live_server.url, key, "GetTaskInfo", {"vodTaskId": "t"})
    assert answer["code"] == number
