"""Every action of both generations, called through the real SDKs, with what comes of it."""

from __future__ import annotations

import base64
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from snapshots.vod import current
from snapshots.vod import legacy as legacy_generation
from tests.support.file_server import origin

from .support.sdks import Legacy, Running, all_events, ended, legacy_ended, said

SNAPSHOTS = {"SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["1s"]}]}
NEVER = "9999-12-31T23:59:59Z"
EMPTY_CONFIG = {
    "Mode": "PULL", "NotificationUrl": "", "SignKey": "",
    "UploadMediaCompleteEventSwitch": "OFF", "DeleteMediaCompleteEventSwitch": "OFF",
}  # fmt: skip


@dataclass
class Work:
    """The SDKs beside each other, and things of the test's own that are gone after it."""

    running: Running
    client: Any
    legacy: Legacy
    name: str
    card: int

    @property
    def file_id(self) -> str:
        return self.running.file_id

    def said(self, action: str, /, **values: Any) -> Any:
        return said(self.client, action, **values)

    def call_legacy(self, action: str, /, **values: Any) -> dict[str, Any]:
        """The legacy answer, of a call that succeeded; what GET says, POST says."""
        answer = self.legacy(action, values, "POST")
        assert (answer.pop("code"), answer.pop("message")) == (0, "")
        assert answer.pop("codeDesc") == "Success"
        return answer

    def done(self, task_id: str) -> Any:
        return ended(self.client, task_id)

    def shown(self, detail: Any) -> list[int]:
        """The numbers of the frames that a flow's pictures show, covers included."""
        found = []
        for step in detail.ProcedureTask.MediaProcessResultSet:
            if step.SnapshotByTimeOffsetTask:
                found += [
                    picture.Url for picture in step.SnapshotByTimeOffsetTask.Output.PicInfoSet
                ]
            else:
                found.append(step.CoverBySnapshotTask.Output.CoverUrl)
        return [self.running.number(url) for url in found]

    def template(self) -> Any:
        described = self.said("DescribeSnapshotByTimeOffsetTemplates", Definitions=[self.card])
        assert described.TotalCount == 1
        return described.SnapshotByTimeOffsetTemplateSet[0]

    def flow(self) -> Any:
        described = self.said("DescribeProcedureTemplates", Names=[self.name])
        assert described.TotalCount == 1
        return described.ProcedureTemplateSet[0]

    def media(self, file_id: str = "") -> Any:
        (info,) = self.said("DescribeMediaInfos", FileIds=[file_id or self.file_id]).MediaInfoSet
        return info

    def upload(self) -> str:
        return self.running.site.upload(self.running.clip)


@pytest.fixture
def work(running: Running, legacy: Legacy) -> Iterator[Work]:
    """With a template and a saved flow of its own."""
    client, name = running.client(), f"f{time.monotonic_ns()}"[-20:]
    made = said(client, "CreateSnapshotByTimeOffsetTemplate", Name=name, Format="png")
    said(client, "CreateProcedureTemplate", Name=name, Comment="c", MediaProcessTask=SNAPSHOTS)
    yield Work(running, client, legacy, name, made.Definition)
    said(client, "DeleteProcedureTemplate", Name=name)
    said(client, "DeleteSnapshotByTimeOffsetTemplate", Definition=made.Definition)


Show = Callable[[Work], None]
CURRENT: dict[str, Show] = {}
LEGACY: dict[str, Show] = {}


def shows(table: dict[str, Show], *actions: str) -> Callable[[Show], Show]:
    """What the decorated function shows of these actions."""

    def note(show: Show) -> Show:
        table.update(dict.fromkeys(actions, show))
        return show

    return note


@pytest.mark.parametrize("action", sorted(action.name for action in current.ACTIONS))
def test_each_action(work: Work, action: str) -> None:
    CURRENT[action](work)


@pytest.mark.parametrize("action", sorted(action.name for action in legacy_generation.ACTIONS))
def test_each_legacy_action(work: Work, action: str) -> None:
    LEGACY[action](work)


# --- Templates and flows -------------------------------------------------------------------------


@shows(
    CURRENT, "CreateSnapshotByTimeOffsetTemplate", "DescribeSnapshotByTimeOffsetTemplates"
)  # fmt: skip
def template_made(work: Work) -> None:
    shown = work.template()
    assert work.card > 10000
    assert (shown.Type, shown.Name, shown.Comment) == ("Custom", work.name, "")
    assert (shown.Width, shown.Height, shown.ResolutionAdaptive) == (0, 0, "open")
    assert (shown.Format, shown.FillType) == ("png", "black")
    assert shown.CreateTime == shown.UpdateTime
    presets = work.said("DescribeSnapshotByTimeOffsetTemplates", Type="Preset", Limit=100)
    preset = presets.SnapshotByTimeOffsetTemplateSet[0]
    assert (preset.Definition, preset.Type, preset.Format) == (10, "Preset", "jpg")
    assert (preset.Width, preset.Height, preset.FillType) == (0, 0, "stretch")


@shows(CURRENT, "ModifySnapshotByTimeOffsetTemplate")
def template_changed(work: Work) -> None:
    values = {
        "Name": "changed", "Comment": "字" * 256, "Width": 128, "Height": 4096,
        "ResolutionAdaptive": "close", "Format": "webp", "FillType": "gauss",
    }  # fmt: skip
    work.said("ModifySnapshotByTimeOffsetTemplate", Definition=work.card, **values)
    shown = work.template()
    assert {name: getattr(shown, name) for name in values} == values


@shows(CURRENT, "DeleteSnapshotByTimeOffsetTemplate")
def template_gone(work: Work) -> None:
    made = work.said("CreateSnapshotByTimeOffsetTemplate").Definition
    work.said("DeleteSnapshotByTimeOffsetTemplate", Definition=made)
    described = work.said("DescribeSnapshotByTimeOffsetTemplates", Definitions=[made])
    assert (described.TotalCount, described.SnapshotByTimeOffsetTemplateSet) == (0, [])


@shows(CURRENT, "CreateProcedureTemplate", "DescribeProcedureTemplates")
def flow_made(work: Work) -> None:
    shown = work.flow()
    assert (shown.Name, shown.Type, shown.Comment) == (work.name, "Custom", "c")
    (step,) = shown.MediaProcessTask.SnapshotByTimeOffsetTaskSet
    assert (step.Definition, step.ExtTimeOffsetSet) == (10, ["1s"])


@shows(CURRENT, "ResetProcedureTemplate")
def flow_replaced(work: Work) -> None:
    step = {"Definition": work.card, "PositionType": "Percent", "PositionValue": 50}
    steps = {"CoverBySnapshotTaskSet": [step]}
    work.said("ResetProcedureTemplate", Name=work.name, MediaProcessTask=steps)
    shown = work.flow()
    assert (shown.Comment, shown.MediaProcessTask.SnapshotByTimeOffsetTaskSet) == ("", [])
    (cover,) = shown.MediaProcessTask.CoverBySnapshotTaskSet
    assert {name: getattr(cover, name) for name in step} == step
    work.said(
        "ResetProcedureTemplate", Name=work.name, MediaProcessTask=SNAPSHOTS
    )  # frees the card


@shows(CURRENT, "DeleteProcedureTemplate")
def flow_gone(work: Work) -> None:
    name = f"x{work.name}"[:20]
    work.said("CreateProcedureTemplate", Name=name, MediaProcessTask=SNAPSHOTS)
    work.said("DeleteProcedureTemplate", Name=name)
    assert work.said("DescribeProcedureTemplates", Names=[name]).TotalCount == 0


# --- Work ----------------------------------------------------------------------------------------


@shows(CURRENT, "ProcessMedia", "DescribeTaskDetail")
def media_processed(work: Work) -> None:
    task = work.said(
        "ProcessMedia", FileId=work.file_id, TasksPriority=10, TasksNotifyMode="None",
        SessionId=work.name, SessionContext="c",
        MediaProcessTask={
            **SNAPSHOTS,
            "CoverBySnapshotTaskSet": [
                {"Definition": work.card, "PositionType": "Time", "PositionValue": 0.5}
            ],
        },
    ).TaskId  # fmt: skip
    detail = work.done(task)
    flow = detail.ProcedureTask
    assert (detail.TaskType, detail.Status, flow.FileId) == ("Procedure", "FINISH", work.file_id)
    assert (flow.TasksPriority, flow.TasksNotifyMode) == (10, "None")
    assert (flow.SessionId, flow.SessionContext) == (work.name, "c")
    assert work.shown(detail) == [30, 15]
    step_snapshots, cover = flow.MediaProcessResultSet
    for step in (step_snapshots.SnapshotByTimeOffsetTask, cover.CoverBySnapshotTask):
        assert (step.Status, step.ErrCodeExt, step.ErrCode, step.Progress) == (
            "SUCCESS",
            "",
            0,
            100,
        )


@shows(CURRENT, "ProcessMediaByProcedure")
def media_processed_by_a_flow(work: Work) -> None:
    asked = {"FileId": work.file_id, "ProcedureName": work.name, "TasksNotifyMode": "None"}
    detail = work.done(work.said("ProcessMediaByProcedure", **asked).TaskId)
    assert work.shown(detail) == [30]


@shows(CURRENT, "DescribeTasks")
def tasks_listed(work: Work) -> None:
    asked = {"FileId": work.upload(), "MediaProcessTask": SNAPSHOTS, "TasksNotifyMode": "None"}
    made = [work.said("ProcessMedia", **asked).TaskId for _ in range(2)]
    for task in made:
        work.done(task)
    how = {
        "FileId": asked["FileId"], "Status": "FINISH", "Limit": 1,
        "Sort": {"Field": "CreateTime", "Order": "Asc"},
    }  # fmt: skip
    first = work.said("DescribeTasks", **how)
    second = work.said("DescribeTasks", ScrollToken=first.ScrollToken, **how)
    assert [row.TaskId for row in [*first.TaskSet, *second.TaskSet]] == made
    assert (first.TaskSet[0].Status, first.TaskSet[0].TaskType) == ("FINISH", "Procedure")
    work.said("DeleteMedia", FileId=asked["FileId"])


@shows(CURRENT, "PullUpload", "ManageTask")
def video_pulled_and_another_aborted(work: Work) -> None:
    with origin(work.running.clip.read_bytes(), pause=threading.Event()) as there:
        first = work.said("PullUpload", MediaUrl=there.url, MediaName=work.name).TaskId
        behind = work.said("PullUpload", MediaUrl=there.url, TasksPriority=-10).TaskId
        work.said("ManageTask", TaskId=behind, OperationType="Abort")
        there.pause.set()
        aborted, brought = work.done(behind), work.done(first)
    assert (aborted.TaskType, aborted.Status) == ("PullUpload", "ABORTED")
    assert (brought.TaskType, brought.Status) == ("PullUpload", "FINISH")
    pull = brought.PullUploadTask
    assert (pull.ErrCode, pull.Progress) == (0, 100)
    assert work.media(pull.FileId).BasicInfo.Name == work.name
    for task in (aborted, brought):
        work.said("DeleteMedia", FileId=task.PullUploadTask.FileId)


# --- Media ---------------------------------------------------------------------------------------


@shows(CURRENT, "DescribeMediaInfos")
def media_described(work: Work) -> None:
    answer = work.said("DescribeMediaInfos", FileIds=[work.file_id, "1"], Filters=["metaData"])
    (info,) = answer.MediaInfoSet
    assert (info.FileId, answer.NotExistFileIdSet) == (work.file_id, ["1"])
    assert (info.MetaData.Width, info.MetaData.Height, info.BasicInfo) == (160, 96, None)
    basic = work.media().BasicInfo
    assert (basic.Category, basic.Status, basic.ExpireTime) == ("Video", "Normal", NEVER)


@shows(CURRENT, "ModifyMediaInfo")
def media_changed(work: Work) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (10, 200, 10)).save(file, "PNG")
    changed = work.said(
        "ModifyMediaInfo", FileId=work.file_id, Name="名字", Description="d" * 128,
        AddTags=[work.name], CoverData=base64.b64encode(file.getvalue()).decode(),
    )  # fmt: skip
    basic = work.media().BasicInfo
    assert (basic.Name, basic.Description, basic.TagSet) == ("名字", "d" * 128, [work.name])
    assert basic.CoverUrl == changed.CoverUrl
    assert Image.open(io.BytesIO(work.running.site.get(basic.CoverUrl))).size == (32, 32)
    work.said("ModifyMediaInfo", FileId=work.file_id, DeleteTags=[work.name])
    assert work.media().BasicInfo.TagSet == []


@shows(CURRENT, "SearchMedia", "DeleteMedia")
def media_found_and_deleted(work: Work) -> None:
    file_id = work.upload()
    work.said("ModifyMediaInfo", FileId=file_id, Name=work.name, AddTags=[work.name])
    for how in (
        {"Names": [work.name]}, {"NamePrefixes": [work.name[:-1]]}, {"Tags": [work.name]},
        {"FileIds": [file_id], "Categories": ["Video"]},
    ):  # fmt: skip
        found = work.said("SearchMedia", Sort={"Field": "CreateTime"}, **how)
        assert (found.TotalCount, [row.FileId for row in found.MediaInfoSet]) == (1, [file_id])
    work.said("DeleteMedia", FileId=file_id)
    assert work.said("SearchMedia", Names=[work.name]).TotalCount == 0
    assert work.said("DescribeMediaInfos", FileIds=[file_id]).NotExistFileIdSet == [file_id]


# --- Events --------------------------------------------------------------------------------------


@shows(CURRENT, "PullEvents", "ConfirmEvents", "DescribeEventsState")
def events_pulled(work: Work) -> None:
    all_events(work.client)
    task = work.said("ProcessMedia", FileId=work.file_id, MediaProcessTask=SNAPSHOTS).TaskId
    work.done(task)
    assert work.said("DescribeEventsState").CountOfEventsToPull == 1
    (event,) = work.said("PullEvents").EventSet
    assert event.EventType == "ProcedureStateChanged"
    assert event.ProcedureStateChangeEvent.TaskId == task
    work.said("ConfirmEvents", EventHandles=[event.EventHandle])
    assert work.said("DescribeEventsState").CountOfEventsToPull == 0


@shows(CURRENT, "ModifyEventConfig", "DescribeEventConfig")
def events_configured(work: Work) -> None:
    url = "http://127.0.0.1:9/events"
    try:
        work.said(
            "ModifyEventConfig", Mode="PUSH", NotificationUrl=url, SignKey="k1",
            UploadMediaCompleteEventSwitch="ON", DeleteMediaCompleteEventSwitch="ON",
            PersistenceCompleteEventSwitch="OFF",
        )  # fmt: skip
        config = work.said("DescribeEventConfig")
        assert (config.Mode, config.NotificationUrl) == ("PUSH", url)
        assert config.UploadMediaCompleteEventSwitch == "ON"
        assert config.DeleteMediaCompleteEventSwitch == "ON"
    finally:
        work.said("ModifyEventConfig", **EMPTY_CONFIG)
    config = work.said("DescribeEventConfig")
    assert (config.Mode, config.NotificationUrl) == ("PULL", "")
    assert config.UploadMediaCompleteEventSwitch == "OFF"


# --- The legacy generation -----------------------------------------------------------------------


def legacy_snapshots(work: Work) -> tuple[str, str]:
    """A task's id, and the URL of its picture."""
    asked = {"fileId": work.file_id, "definition": 10, "timeOffset": [500]}
    task = str(work.call_legacy("CreateSnapshotByTimeOffset", **asked)["vodTaskId"])
    info = legacy_ended(work.legacy, task, "POST")
    (picture,) = info["data"]["picInfo"]
    return task, str(picture["url"])


@shows(LEGACY, "CreateSnapshotByTimeOffset", "GetTaskInfo", "DescribeVodCover", "GetVideoInfo")
def legacy_snapshot_becomes_the_cover(work: Work) -> None:
    task, url = legacy_snapshots(work)
    info = work.call_legacy("GetTaskInfo", vodTaskId=task)
    assert (info["status"], info["type"]) == ("FINISHED", "SnapshotByTimeOffset")
    assert info["data"]["picInfo"] == [{"status": 0, "timeOffset": 500, "url": url}]
    assert work.running.number(url) == 15
    assert work.call_legacy("DescribeVodCover", fileId=work.file_id, type=1, para=url) == {}
    video = work.call_legacy("GetVideoInfo", fileId=work.file_id)
    assert video["basicInfo"]["coverUrl"]
    assert work.running.number(video["basicInfo"]["coverUrl"]) == 15
    assert (video["metaData"]["width"], video["metaData"]["height"]) == (160, 96)


@shows(LEGACY, "ProcessFile")
def legacy_file_processed(work: Work) -> None:
    asked = {
        "snapshotByTimeOffset": {"definition": 10, "timeOffset": [0, 1000]},
        "coverBySnapshot": {"definition": work.card, "positionType": "Percent", "position": 50},
        "notifyMode": "None",
    }
    task = work.call_legacy("ProcessFile", fileId=work.file_id, **asked)["vodTaskId"]
    step_snapshots, cover = legacy_ended(work.legacy, task)["data"]["processTaskList"]
    assert [work.running.number(s["url"]) for s in step_snapshots["output"]["imgInfo"]] == [0, 30]
    assert work.running.number(cover["output"]["imageUrl"]) == 30


@shows(LEGACY, "ProcessFileByProcedure", "RunProcedure")
def legacy_flows_run(work: Work) -> None:
    whole = {"fileId": work.file_id, "procedure": work.name, "notifyMode": "None"}
    single = {"inputType": "SingleFile", "file": {"id": work.file_id}, "notifyMode": "None"}
    simple = "QCVB_SimpleProcessFile(0, 0, 10)"
    for action, asked, name, frame in [
        ("ProcessFileByProcedure", whole, "SnapshotByTimeOffset", 30),
        ("RunProcedure", {**single, "procedure": work.name}, "SnapshotByTimeOffset", 30),
        ("RunProcedure", {**single, "procedure": simple}, "CoverBySnapshot", 0),
    ]:
        info = legacy_ended(work.legacy, work.call_legacy(action, **asked)["vodTaskId"])
        (step,) = info["data"]["processTaskList"]
        assert (info["type"], step["taskType"], step["status"]) == ("procedure", name, "SUCCESS")
        output = step["output"]
        url = output["imageUrl"] if "imageUrl" in output else output["imgInfo"][0]["url"]
        assert work.running.number(url) == frame


@shows(LEGACY, "RedoTask", "GetTaskList", "TaskStatusStat")
def legacy_task_done_again_and_listed(work: Work) -> None:
    task, url = legacy_snapshots(work)
    before = work.call_legacy("TaskStatusStat", status="FINISHED")["data"][0]["totalCount"]
    again = work.call_legacy("RedoTask", vodTaskId=task)["vodTaskId"]
    assert again != task
    (picture,) = legacy_ended(work.legacy, again)["data"]["picInfo"]
    assert picture["url"] != url
    assert work.running.number(picture["url"]) == 15
    (listed,) = work.call_legacy("GetTaskList", fileId=work.file_id, status="FINISHED")["data"]
    newest = [(row["vodTaskId"], row["type"]) for row in listed["taskList"][:2]]
    assert newest == [(again, "SnapshotByTimeOffset"), (task, "SnapshotByTimeOffset")]
    stat = {row["status"]: row["totalCount"] for row in work.call_legacy("TaskStatusStat")["data"]}
    assert set(stat) == {"WAITING", "PROCESSING", "FINISHED"}
    assert stat["FINISHED"] > before


@shows(LEGACY, "PullEvent", "PullVodEvent", "ConfirmEvent", "ConfirmVodEvent")
def legacy_events_pulled(work: Work) -> None:
    for pull, confirm in (("PullEvent", "ConfirmEvent"), ("PullVodEvent", "ConfirmVodEvent")):
        all_events(work.client)
        task, _ = legacy_snapshots(work)
        (event,) = work.call_legacy(pull)["eventList"]
        content = event["eventContent"]
        assert content["eventType"] == "CreateSnapshotByTimeOffsetComplete"
        assert content["data"]["vodTaskId"] == task
        assert work.call_legacy(confirm, msgHandle=[event["msgHandle"]]) == {}
        assert work.said("DescribeEventsState").CountOfEventsToPull == 0


# --- What an empty list means, and points out of reach -------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_empty_list_filters_nothing(work: Work, method: str) -> None:
    client = work.running.client(method=method)
    for action, empty in [
        ("DescribeSnapshotByTimeOffsetTemplates", {"Definitions": []}),
        ("DescribeProcedureTemplates", {"Names": []}),
        ("SearchMedia", {"FileIds": [], "Names": [], "NamePrefixes": [], "Tags": []}),
        ("SearchMedia", {"Categories": []}),
    ]:
        everything = said(client, action)
        assert said(client, action, **empty).TotalCount == everything.TotalCount > 0


def test_no_point_within_reach(work: Work) -> None:
    task = work.said(
        "ProcessMedia", FileId=work.file_id, TasksNotifyMode="None",
        MediaProcessTask={
            "SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["99s", "-1s"]}],
            "CoverBySnapshotTaskSet": [
                {"Definition": 10, "PositionType": "Percent", "PositionValue": 101}
            ],
        },
    ).TaskId  # fmt: skip
    detail = work.done(task)
    assert detail.Status == "FINISH"
    step_snapshots, cover = detail.ProcedureTask.MediaProcessResultSet
    for step in (step_snapshots.SnapshotByTimeOffsetTask, cover.CoverBySnapshotTask):
        assert (step.Status, step.ErrCodeExt) == ("FAIL", "InvalidInput.InvalidTimeOffset")
        assert step.Output is None
