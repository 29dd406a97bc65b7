"""DescribeTaskDetail, DescribeTasks, ManageTask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from snapshots.messages import Message
from snapshots.models import Media, Snapshot, Task
from snapshots.services import tasks

from ..conftest import Refused, Vod
from .test_process_media import COVERS, SNAPSHOTS


def submit(vod: Vod, media: Media, **values: Any) -> str:
    asked = {
        SNAPSHOTS: [
            {"Definition": 10, "ExtTimeOffsetSet": ["0.5s", "9s"], "TimeOffsetSet": [1500]}
        ],
        COVERS: [{"Definition": 10, "PositionType": "Percent", "PositionValue": 50}],
    }
    answer = vod.current("ProcessMedia", FileId=media.file_id, MediaProcessTask=asked, **values)
    return str(answer["TaskId"])


def detail(vod: Vod, task_id: str) -> dict[str, Any]:
    return vod.current("DescribeTaskDetail", TaskId=task_id)


def test_a_waiting_task(vod: Vod, ready_media: Media) -> None:
    task_id = submit(vod, ready_media, SessionContext="c")
    shown = detail(vod, task_id)
    assert (shown["TaskType"], shown["Status"]) == ("Procedure", "WAITING")
    assert (shown["BeginProcessTime"], shown["FinishTime"]) == ("", "")
    assert shown["CreateTime"].endswith("Z")
    assert shown["SnapshotByTimeOffsetTask"] is None
    flow = shown["ProcedureTask"]
    assert (flow["TaskId"], flow["Status"]) == (task_id, "PROCESSING")
    assert (flow["FileId"], flow["FileName"]) == (ready_media.file_id, ready_media.name)
    assert (flow["SessionContext"], flow["TasksNotifyMode"]) == ("c", "Finish")
    assert flow["MetaData"]["Width"] == 160
    snapshots, cover = flow["MediaProcessResultSet"]
    assert (snapshots["Type"], cover["Type"]) == ("SnapshotByTimeOffset", "CoverBySnapshot")
    assert snapshots["CoverBySnapshotTask"] is None
    assert snapshots["SnapshotByTimeOffsetTask"] == {
        "Status": "PROCESSING", "ErrCodeExt": "", "ErrCode": 0, "Message": "", "Progress": 0,
        "Input": {
            "Definition": 10, "ExtTimeOffsetSet": ["0.5s", "9s"], "TimeOffsetSet": [1500.0],
            "WatermarkSet": [],
        },
        "Output": None, "BeginProcessTime": "", "FinishTime": "",
    }  # fmt: skip
    assert cover["CoverBySnapshotTask"]["Input"] == {
        "Definition": 10, "PositionType": "Percent", "PositionValue": 50.0, "WatermarkSet": [],
    }  # fmt: skip


def _finish(vod: Vod, media: Media, errors: dict[str, str], *, media_gone: bool = False) -> str:
    """A task that ran: points named in `errors` failed, the others have pictures."""
    task_id = submit(vod, media)
    claim = tasks.claim_next()
    assert claim
    task = Task.objects.get(task_id=task_id)
    for operation in task.operations.all():
        for index, at in enumerate(operation.at):
            code = errors.get(at)
            common = {"operation": operation, "media": media, "index": index, "at": at,
                      "definition": 10}  # fmt: skip
            if code:
                Snapshot.objects.create(**common, error_code=code, error_message="Why.")
            else:
                Snapshot.objects.create(
                    **common, picture=f"{task_id}/{operation.index}-{index}-x_1.jpg",
                    format="jpg", width=160, height=96, size_bytes=1, sha256="0" * 64,
                    time_ms="512.5", pts=1, time_base="1/30", frame_time=0.1, key_frame=False,
                )  # fmt: skip
    tasks.finish(claim=claim)
    return task_id


def test_a_task_with_a_point_past_the_end(vod: Vod, ready_media: Media) -> None:
    shown = detail(vod, _finish(vod, ready_media, {"9s": "time_out_of_range"}))
    assert shown["Status"] == "FINISH"
    snapshots, cover = shown["ProcedureTask"]["MediaProcessResultSet"]
    step = snapshots["SnapshotByTimeOffsetTask"]
    assert (step["Status"], step["Message"], step["Progress"]) == ("SUCCESS", "SUCCESS", 100)
    pictures = step["Output"]["PicInfoSet"]
    assert [picture["TimeOffset"] for picture in pictures] == [512.5, 512.5]
    assert all(picture["Url"].startswith("http://") for picture in pictures)
    assert cover["CoverBySnapshotTask"]["Output"]["CoverUrl"].endswith(".jpg")
    assert shown["FinishTime"] == step["FinishTime"] != ""


@pytest.mark.parametrize(
    ("code", "ext", "number"),
    [
        ("time_out_of_range", "InvalidInput.InvalidTimeOffset", 40000),
        ("frame_unavailable", "SourceFileError.ContentMalformed", 60000),
        ("no_video", "SourceFileError.NoVideoMedia", 60000),
        ("out_of_memory", "InternalError", 70000),
    ],
)
def test_a_step_of_which_nothing_came(
    vod: Vod, ready_media: Media, code: str, ext: str, number: int
) -> None:
    errors = dict.fromkeys(["0.5s", "9s", "1500.0ms", "50.0%"], code)
    shown = detail(vod, _finish(vod, ready_media, errors))
    for result in shown["ProcedureTask"]["MediaProcessResultSet"]:
        step = result[f"{result['Type']}Task"]
        assert (step["Status"], step["ErrCodeExt"], step["ErrCode"]) == ("FAIL", ext, number)
        assert (step["Message"], step["Output"]) == ("Why.", None)


def test_a_task_that_could_not_run_is_finished_and_failed(vod: Vod, ready_media: Media) -> None:
    task_id = submit(vod, ready_media)
    claim = tasks.claim_next()
    assert claim
    tasks.fail(claim=claim, code="unreadable", message=Message("It is broken."))
    shown = detail(vod, task_id)
    assert shown["Status"] == "FINISH"
    for result in shown["ProcedureTask"]["MediaProcessResultSet"]:
        step = result[f"{result['Type']}Task"]
        assert (step["Status"], step["Message"]) == ("FAIL", "It is broken.")
        assert step["ErrCodeExt"] == "SourceFileError.ContentMalformed"


def test_only_a_waiting_task_is_aborted(vod: Vod, ready_media: Media) -> None:
    task_id = submit(vod, ready_media)
    assert vod.current("ManageTask", TaskId=task_id, OperationType="Abort") == {}
    assert detail(vod, task_id)["Status"] == "ABORTED"
    with pytest.raises(Refused) as caught:
        vod.current("ManageTask", TaskId=task_id, OperationType="Abort")
    assert caught.value.code == "FailedOperation"
    with pytest.raises(Refused) as caught:
        vod.current("ManageTask", TaskId=task_id, OperationType="Stop")
    assert caught.value.code == "InvalidParameterValue.InvalidOperationType"


@pytest.mark.parametrize("action", ["DescribeTaskDetail", "ManageTask"])
def test_what_is_unknown_or_older_than_three_days(
    vod: Vod, ready_media: Media, action: str
) -> None:
    task_id = submit(vod, ready_media)
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    more = {"OperationType": "Abort"} if action == "ManageTask" else {}
    for name in (task_id, "no-such-task", "x" * 200):
        with pytest.raises(Refused) as caught:
            vod.current(action, TaskId=name, **more)
        assert caught.value.code == "InvalidParameterValue.TaskId"


def test_tasks_are_listed(vod: Vod, make_media: Callable[..., Media]) -> None:
    first, second = make_media("a"), make_media("b")
    ids = [submit(vod, media) for media in (first, second, first)]
    vod.current("ManageTask", TaskId=ids[1], OperationType="Abort")
    listed = vod.current("DescribeTasks")
    assert [row["TaskId"] for row in listed["TaskSet"]] == ids[::-1]
    assert listed["ScrollToken"] == ""
    assert listed["TaskSet"][1] | {"CreateTime": "", "FinishTime": ""} == {
        "TaskId": ids[1], "Status": "ABORTED", "FileId": second.file_id, "TaskType": "Procedure",
        "CreateTime": "", "BeginProcessTime": "", "FinishTime": "",
        "SessionId": "", "SessionContext": "",
    }  # fmt: skip
    of_first = vod.current("DescribeTasks", FileId=first.file_id)["TaskSet"]
    assert [row["TaskId"] for row in of_first] == [ids[2], ids[0]]
    waiting = vod.current("DescribeTasks", Status="WAITING")["TaskSet"]
    assert [row["TaskId"] for row in waiting] == [ids[2], ids[0]]
    assert vod.current("DescribeTasks", Status="FINISH")["TaskSet"] == []
    oldest = vod.current("DescribeTasks", Sort={"Field": "CreateTime", "Order": "Asc"})["TaskSet"]
    assert [row["TaskId"] for row in oldest] == ids


def test_a_list_is_scrolled(vod: Vod, ready_media: Media) -> None:
    ids = [submit(vod, ready_media) for _ in range(5)]
    found, token, rounds = [], "", 0
    while rounds < 9:
        page = vod.current("DescribeTasks", Limit=2, ScrollToken=token)
        found += [row["TaskId"] for row in page["TaskSet"]]
        token, rounds = page["ScrollToken"], rounds + 1
        if not token:
            break
    assert (found, rounds) == (ids[::-1], 3)


def test_a_list_within_a_time(vod: Vod, ready_media: Media) -> None:
    submit(vod, ready_media)
    now = timezone.now()
    past = (now - timedelta(minutes=1)).isoformat()
    coming = (now + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    both = {"After": past, "Before": coming}
    assert len(vod.current("DescribeTasks", CreateTime=both)["TaskSet"]) == 1
    assert vod.current("DescribeTasks", CreateTime={"Before": past})["TaskSet"] == []
    assert vod.current("DescribeTasks", FinishTime=both)["TaskSet"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"Limit": 101},
        {"Limit": 0},
        {"Status": "FINISHED"},
        {"ScrollToken": "x"},
        {"CreateTime": {"After": "yesterday"}},
        {"CreateTime": {"After": "2018-10-01T10:00:00"}},
        {"Sort": {"Field": "Name"}},
    ],
)
def test_lists_that_cannot_be(vod: Vod, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        vod.current("DescribeTasks", **values)
    assert caught.value.code.startswith("InvalidParameterValue")


def test_queries_do_not_grow_with_the_task(
    vod: Vod, ready_media: Media, django_assert_max_num_queries: Any
) -> None:
    task_id = submit(vod, ready_media)
    with django_assert_max_num_queries(9):
        detail(vod, task_id)
