"""GetTaskInfo, GetTaskList, TaskStatusStat, RedoTask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from django.utils import timezone

from snapshots.models import Media, Procedure, Snapshot, Task
from snapshots.services import tasks
from snapshots.services import templates as template_service

from ..conftest import Refused, Vod
from ..support.fake_worker import broken, claimed, done

COVER = {"definition": 10, "positionType": "Percent", "position": 10}
SNAPSHOTS = {"definition": 10, "timeOffset": [300, 9000]}
PAST = {"9000ms": "time_out_of_range"}


def refusal(vod: Vod, action: str, **values: Any) -> int:
    with pytest.raises(Refused) as caught:
        vod.legacy(action, **values)
    return int(caught.value.code)


def shoot(vod: Vod, media: Media) -> str:
    answer = vod.legacy("CreateSnapshotByTimeOffset", fileId=media.file_id, **SNAPSHOTS)
    return str(answer["vodTaskId"])


def process(vod: Vod, media: Media, **values: Any) -> str:
    answer = vod.legacy(
        "ProcessFile",
        fileId=media.file_id, snapshotByTimeOffset=SNAPSHOTS, coverBySnapshot=COVER, **values,
    )  # fmt: skip
    return str(answer["vodTaskId"])


def task_info(vod: Vod, task_id: str) -> dict[str, Any]:
    return vod.legacy("GetTaskInfo", vodTaskId=task_id)


def seconds(moment: Any) -> int:
    return int(moment.timestamp())


# --- GetTaskInfo ---------------------------------------------------------------------------------


def test_a_snapshot_task(vod: Vod, ready_media: Media) -> None:
    task_id = shoot(vod, ready_media)
    row = Task.objects.get()
    waiting = {"vodTaskId": task_id, "fileId": ready_media.file_id, "definition": 10,
               "picInfo": []}  # fmt: skip
    assert task_info(vod, task_id) == {
        "status": "WAITING", "type": "SnapshotByTimeOffset",
        "createTime": seconds(row.created_at), "beginProcessTime": 0, "finishTime": 0,
        "data": waiting,
    }  # fmt: skip
    claim = claimed()
    begun = task_info(vod, task_id)
    assert (begun["status"], begun["data"]) == ("PROCESSING", waiting)
    tasks.release(claim=claim)
    row = done(PAST)
    ended = task_info(vod, task_id)
    assert (ended["status"], ended["finishTime"]) == ("FINISHED", seconds(row.finished_at))
    assert ended["beginProcessTime"] == seconds(row.started_at)
    assert ended["data"] == {
        **waiting,
        "picInfo": [
            {"status": 0, "timeOffset": 512, "url": ANY},
            {"status": -44099, "timeOffset": 9000},
        ],
    }
    assert ended["data"]["picInfo"][0]["url"].startswith("http://")


def test_a_flow(vod: Vod, ready_media: Media) -> None:
    task_id = process(vod, ready_media)
    waiting = task_info(vod, task_id)
    assert (waiting["status"], waiting["type"]) == ("WAITING", "procedure")
    data = waiting["data"]
    assert (data["vodTaskId"], data["status"], data["errCode"]) == (task_id, "PROCESSING", 0)
    assert [step["status"] for step in data["processTaskList"]] == ["PROCESSING"] * 2
    assert all("output" not in step for step in data["processTaskList"])
    done(PAST)
    ended = task_info(vod, task_id)
    info = vod.legacy("GetVideoInfo", fileId=ready_media.file_id)
    assert ended["status"] == "FINISHED"
    assert ended["data"] == {
        "vodTaskId": task_id, "status": "FINISH", "message": "", "errCode": 0,
        "fileId": ready_media.file_id, "metaData": info["metaData"],
        "processTaskList": [
            {
                "taskType": "SnapshotByTimeOffset", "status": "SUCCESS", "errCode": 0,
                "message": "SUCCESS",
                "input": {"definition": 10, "timeOffset": [300, 9000], "watermarkDefinition": []},
                "output": {"imgInfo": [{"timeOffset": 512, "url": ANY}]},
            },
            {
                "taskType": "CoverBySnapshot", "status": "SUCCESS", "errCode": 0,
                "message": "SUCCESS",
                "input": {"definition": 10, "positionType": "Percent", "position": 10},
                "output": {"imageUrl": info["basicInfo"]["coverUrl"]},
            },
        ],
    }  # fmt: skip
    assert isinstance(ended["data"]["processTaskList"][1]["input"]["position"], int)


def test_a_percentage_becomes_milliseconds_once_it_has_a_snapshot(
    vod: Vod, ready_media: Media
) -> None:
    spec = {"Definition": 10, "ExtTimeOffsetSet": ["25%", "90%", "3s"]}
    flow = {"SnapshotByTimeOffsetTaskSet": [spec]}
    made = vod.current("ProcessMedia", FileId=ready_media.file_id, MediaProcessTask=flow)

    def asked() -> list[int]:
        (step,) = task_info(vod, made["TaskId"])["data"]["processTaskList"]
        return list(step["input"]["timeOffset"])

    assert asked() == [0, 0, 3000]
    done({"90%": "frame_unavailable"})
    assert asked() == [512, 0, 3000]


@pytest.mark.parametrize(
    ("code", "step", "picture"),
    [
        ("time_out_of_range", 30010, -44099),
        ("frame_unavailable", 30009, -44029),
        ("no_video", 30009, -47402),
        ("unreadable", 30009, -44001),
        ("out_of_memory", 30010, -44029),
    ],
)
def test_numbers_of_what_failed(
    vod: Vod, ready_media: Media, code: str, step: int, picture: int
) -> None:
    flow, made = process(vod, ready_media), shoot(vod, ready_media)
    for _ in range(2):
        done(dict.fromkeys(["300ms", "9000ms", "10.0%"], code))
    for result in task_info(vod, flow)["data"]["processTaskList"]:
        assert (result["status"], result["errCode"], result["message"]) == ("FAIL", step, "Why.")
        assert "output" not in result
    pictures = task_info(vod, made)["data"]["picInfo"]
    assert pictures == [
        {"status": picture, "timeOffset": 300}, {"status": picture, "timeOffset": 9000},
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "number"), [("unreadable", 30009), ("worker_lost", 30010)])
def test_a_task_that_could_not_run_is_finished(
    vod: Vod, ready_media: Media, code: str, number: int
) -> None:
    task_id = process(vod, ready_media)
    broken(code)
    ended = task_info(vod, task_id)
    assert (ended["status"], ended["data"]["status"]) == ("FINISHED", "FINISH")
    for step in ended["data"]["processTaskList"]:
        assert (step["status"], step["errCode"]) == ("FAIL", number)


def test_an_aborted_task_is_finished(vod: Vod, ready_media: Media) -> None:
    flow, made = process(vod, ready_media), shoot(vod, ready_media)
    for task_id in (flow, made):
        vod.current("ManageTask", TaskId=task_id, OperationType="Abort")
        assert task_info(vod, task_id)["status"] == "FINISHED"
    steps = task_info(vod, flow)["data"]["processTaskList"]
    assert [(step["status"], step["errCode"]) for step in steps] == [("FAIL", 30010)] * 2
    assert all(picture["status"] < 0 for picture in task_info(vod, made)["data"]["picInfo"])


def test_a_task_whose_media_is_gone(vod: Vod, ready_media: Media) -> None:
    flow, made = process(vod, ready_media), shoot(vod, ready_media)
    done()
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    assert task_info(vod, flow)["data"]["fileId"] == ready_media.file_id
    assert "metaData" not in task_info(vod, flow)["data"]
    assert task_info(vod, made)["status"] == "FINISHED"


def test_a_task_of_the_other_generation(vod: Vod, ready_media: Media) -> None:
    asked = {
        "SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["2s", "10%"]}],
        "CoverBySnapshotTaskSet": [
            {"Definition": 10, "PositionType": "Time", "PositionValue": 1.5}
        ],
    }
    task_id = vod.current(
        "ProcessMedia", FileId=ready_media.file_id, MediaProcessTask=asked
    )["TaskId"]  # fmt: skip
    snapshots, cover = task_info(vod, task_id)["data"]["processTaskList"]
    assert snapshots["input"]["timeOffset"] == [2000, 0]
    assert (cover["input"]["positionType"], cover["input"]["position"]) == ("Time", 1.5)
    task_id = shoot(vod, ready_media)
    detail = vod.current("DescribeTaskDetail", TaskId=task_id)
    assert (detail["TaskType"], detail["ProcedureTask"]) == ("SnapshotByTimeOffset", None)
    assert detail["SnapshotByTimeOffsetTask"] == {
        "TaskId": task_id, "FileId": ready_media.file_id, "Definition": 10, "SnapshotInfoSet": [],
    }  # fmt: skip


@pytest.mark.parametrize("action", ["GetTaskInfo", "RedoTask"])
def test_what_is_unknown_or_older_than_three_days(
    vod: Vod, ready_media: Media, action: str
) -> None:
    task_id = shoot(vod, ready_media)
    done()
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    for name in (task_id, "no-such-task", "", "x" * 129):
        assert refusal(vod, action, vodTaskId=name) == 10026
    assert refusal(vod, action) == 1000
    assert refusal(vod, action, taskId=task_id) == 1000


# --- GetTaskList, TaskStatusStat -----------------------------------------------------------------


@pytest.fixture
def worked(vod: Vod, make_media: Callable[..., Media]) -> dict[str, list[str]]:
    """Ids by status, of each the newest first."""
    media = make_media()
    finished, failed = shoot(vod, media), process(vod, media)
    done()
    broken("unreadable")
    aborted = shoot(vod, media)
    vod.current("ManageTask", TaskId=aborted, OperationType="Abort")
    processing = shoot(vod, media)
    claimed()
    waiting = [process(vod, media), shoot(vod, media)]
    return {
        "WAITING": waiting[::-1], "PROCESSING": [processing],
        "FINISHED": [aborted, failed, finished],
    }  # fmt: skip


def listed(vod: Vod, **values: Any) -> dict[str, list[str]]:
    return {
        row["status"]: [task["vodTaskId"] for task in row["taskList"]]
        for row in vod.legacy("GetTaskList", **values)["data"]
    }


def test_tasks_are_listed_by_status(vod: Vod, worked: dict[str, list[str]]) -> None:
    answer = vod.legacy("GetTaskList")
    assert listed(vod) == worked
    assert list(worked) == [row["status"] for row in answer["data"]]
    assert [row["next"] for row in answer["data"]] == ["", "", ""]
    task = Task.objects.get(task_id=worked["FINISHED"][2])
    assert answer["data"][2]["taskList"][2] == {
        "vodTaskId": task.task_id, "type": "SnapshotByTimeOffset",
        "createTime": seconds(task.created_at), "beginProcessTime": seconds(task.started_at),
        "finishTime": seconds(task.finished_at),
    }  # fmt: skip
    waiting = answer["data"][0]["taskList"][1]
    assert (waiting["type"], waiting["beginProcessTime"], waiting["finishTime"]) == (
        "procedure", 0, 0,
    )  # fmt: skip


def test_tasks_are_filtered(
    vod: Vod, worked: dict[str, list[str]], make_media: Callable[..., Media]
) -> None:
    other = make_media("other")
    its = shoot(vod, other)
    assert listed(vod, status="FINISHED") == {"FINISHED": worked["FINISHED"]}
    assert listed(vod, status="WAITING") == {"WAITING": [its, *worked["WAITING"]]}
    assert listed(vod, status="")["PROCESSING"] == worked["PROCESSING"]
    assert listed(vod, fileId=other.file_id) == {"WAITING": [its], "PROCESSING": [], "FINISHED": []}
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    assert listed(vod) == {"WAITING": [], "PROCESSING": [], "FINISHED": []}


def test_each_status_goes_on_for_itself(vod: Vod, ready_media: Media) -> None:
    aborted = [shoot(vod, ready_media) for _ in range(11)]
    for task_id in aborted:
        vod.current("ManageTask", TaskId=task_id, OperationType="Abort")
    waiting = [shoot(vod, ready_media) for _ in range(12)]
    first = vod.legacy("GetTaskList")["data"]
    tokens = {f"nextFor{row['status'].capitalize()}": row["next"] for row in first}
    assert tokens.pop("nextForProcessing") == ""
    assert all(tokens.values())
    rest = vod.legacy("GetTaskList", **tokens)["data"]
    assert [row["next"] for row in rest] == ["", "", ""]
    for index, ids in ((0, waiting), (2, aborted)):
        found = [task["vodTaskId"] for page in (first, rest) for task in page[index]["taskList"]]
        assert found == ids[::-1]
    again = vod.legacy("GetTaskList", nextForWaiting=tokens["nextForWaiting"])["data"]
    assert [len(row["taskList"]) for row in again] == [2, 0, 10]
    assert len(vod.legacy("GetTaskList", maxCount=12)["data"][0]["taskList"]) == 12


@pytest.mark.parametrize(
    "values",
    [
        {"maxCount": 9},
        {"maxCount": 101},
        {"maxCount": "ten"},
        {"status": "FINISH"},
        {"nextForWaiting": "x"},
        {"nextForFinished": "-1"},
        {"next": "10"},
    ],
)
def test_lists_that_are_refused(vod: Vod, values: dict[str, Any]) -> None:
    assert refusal(vod, "GetTaskList", **values) == 1000


def test_tasks_are_counted(vod: Vod, worked: dict[str, list[str]]) -> None:
    counts = [{"status": name, "totalCount": len(ids)} for name, ids in worked.items()]
    assert vod.legacy("TaskStatusStat") == {"data": counts}
    assert vod.legacy("TaskStatusStat", status="FINISHED") == {"data": counts[2:]}
    assert refusal(vod, "TaskStatusStat", status="ABORTED") == 1000
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    assert [row["totalCount"] for row in vod.legacy("TaskStatusStat")["data"]] == [0, 0, 0]


# --- RedoTask ------------------------------------------------------------------------------------


def test_a_task_is_done_again(vod: Vod, ready_media: Media) -> None:
    template = template_service.create(values={"width": 320})
    step = {"definition": template.pk, "timeOffset": [7, 5, 7]}
    old = vod.legacy(
        "ProcessFile",
        fileId=ready_media.file_id, snapshotByTimeOffset=step, coverBySnapshot=COVER,
        notifyMode="Change",
    )["vodTaskId"]  # fmt: skip
    done()
    before = task_info(vod, old)
    template_service.delete(template=template)
    new = vod.legacy("RedoTask", vodTaskId=old)["vodTaskId"]
    assert new != old
    first, again = Task.objects.get(task_id=old), Task.objects.get(task_id=new)
    assert (again.status, again.interface, again.rerun_of) == ("waiting", "vod_legacy", first)
    assert (again.notify_mode, again.session_id, again.requested_by) == ("change", "", vod.user)
    frozen = ("index", "type", "definition", "template", "mode", "at")
    assert list(again.operations.values(*frozen)) == list(first.operations.values(*frozen))
    assert again.operations.first().template["width"] == 320
    done()
    assert task_info(vod, old) == before
    assert task_info(vod, new)["status"] == "FINISHED"
    assert set(
        Snapshot.objects.filter(is_current=True).values_list("operation__task", flat=True)
    ) == {again.pk}


def test_a_snapshot_task_stays_one(vod: Vod, ready_media: Media) -> None:
    old = shoot(vod, ready_media)
    done()
    new = vod.legacy("RedoTask", vodTaskId=old)["vodTaskId"]
    assert new.startswith("CreateSnapshotByTimeOffset-")
    assert task_info(vod, new)["type"] == "SnapshotByTimeOffset"


def test_what_failed_or_was_aborted_is_done_again(vod: Vod, ready_media: Media) -> None:
    failed = process(vod, ready_media)
    broken("worker_lost")
    aborted = process(vod, ready_media)
    vod.current("ManageTask", TaskId=aborted, OperationType="Abort")
    for task_id in (failed, aborted):
        assert vod.legacy("RedoTask", vodTaskId=task_id)["vodTaskId"]


def test_what_has_not_ended_is_not_done_again(vod: Vod, ready_media: Media) -> None:
    task_id = process(vod, ready_media)
    assert refusal(vod, "RedoTask", vodTaskId=task_id) == 10026
    claimed()
    assert refusal(vod, "RedoTask", vodTaskId=task_id) == 10026
    assert Task.objects.count() == 1


def test_without_its_media_nothing_is_done_again(vod: Vod, ready_media: Media) -> None:
    task_id = process(vod, ready_media)
    done()
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    assert refusal(vod, "RedoTask", vodTaskId=task_id) == 10008
    assert Task.objects.count() == 1


def test_rights(vod_as: Callable[[str], Vod], vod: Vod, ready_media: Media) -> None:
    task_id = process(vod, ready_media)
    done()
    viewer, nobody = vod_as("Viewer"), vod_as("")
    for action, asked in (("GetTaskInfo", {"vodTaskId": task_id}), ("GetTaskList", {}),
                          ("TaskStatusStat", {})):  # fmt: skip
        assert viewer.legacy(action, **asked)
        assert refusal(nobody, action, **asked) == 4300
    assert refusal(viewer, "RedoTask", vodTaskId=task_id) == 4300
    assert vod_as("Editor").legacy("RedoTask", vodTaskId=task_id)


def test_a_flow_that_was_saved_is_redone_as_it_was(vod: Vod, ready_media: Media) -> None:
    Procedure.objects.create(name="f", covers=[{"template": 10, "at": "10%"}])
    old = vod.legacy("ProcessFileByProcedure", fileId=ready_media.file_id, procedure="f")
    done()
    Procedure.objects.update(covers=[{"template": 10, "at": "90%"}])
    new = vod.legacy("RedoTask", **old)["vodTaskId"]
    assert Task.objects.get(task_id=new).operations.get().at == ["10%"]
