"""ProcessMedia: what becomes of its parameters, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from snapshots.models import Media, Procedure, Task

from ..conftest import Refused, Vod
from ..support.fake_worker import done

SNAPSHOTS = "SnapshotByTimeOffsetTaskSet"
COVERS = "CoverBySnapshotTaskSet"


def steps(**sets: Any) -> dict[str, Any]:
    return {"MediaProcessTask": sets}


def points(*at: str) -> dict[str, Any]:
    return steps(SnapshotByTimeOffsetTaskSet=[{"Definition": 10, "ExtTimeOffsetSet": list(at)}])


def test_what_is_asked_is_what_the_task_holds(vod: Vod, ready_media: Media) -> None:
    answer = vod.current(
        "ProcessMedia",
        FileId=ready_media.file_id,
        MediaProcessTask={
            SNAPSHOTS: [
                {
                    "Definition": 10,
                    "TimeOffsetSet": [1500, 0.5],
                    "ExtTimeOffsetSet": ["3.5S", "10%"],
                },
                {"Definition": 31, "ExtTimeOffsetSet": ["1s"], "WatermarkSet": []},
            ],
            COVERS: [
                {"Definition": 10, "PositionType": "Percent", "PositionValue": 12.5},
                {"Definition": 10, "PositionType": "Time", "PositionValue": 0},
            ],
            "TranscodeTaskSet": [],
        },
        TasksPriority=-10,
        TasksNotifyMode="Change",
        SessionContext="order-17",
        SessionId="s1",
        SubAppId=7,
    )
    task = Task.objects.get()
    assert answer == {"TaskId": task.task_id}
    assert task.task_id.startswith("1500000001-procedurev2-")
    assert (task.priority, task.notify_mode) == (-10, "change")
    assert (task.session_context, task.session_id) == ("order-17", "s1")
    assert (task.interface, task.requested_by) == ("vod_current", vod.user)
    assert [(o.type, o.definition, o.at) for o in task.operations.all()] == [
        ("snapshot", 10, ["3.5S", "10%", "1500.0ms", "0.5ms"]),
        ("snapshot", 31, ["1s"]),
        ("cover", 10, ["12.5%"]),
        ("cover", 10, ["0.0s"]),
    ]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (points("3"), "InvalidParameterValue"),
        (points("3.5ms"), "InvalidParameterValue"),
        (points("f12"), "InvalidParameterValue"),
        (points("xs"), "InvalidParameterValue"),
        (points(), "InvalidParameterValue"),
        ({}, "InvalidParameterValue"),
        (steps(), "InvalidParameterValue"),
        (points(*["1s"] * 101), "InvalidParameterValue"),
        (points("1s") | {"TasksPriority": 11}, "InvalidParameterValue"),
        (points("1s") | {"TasksNotifyMode": "finish"}, "InvalidParameterValue"),
        (points("1s") | {"SessionId": "x" * 51}, "InvalidParameterValue.SessionIdTooLong"),
        (
            points("1s") | {"SessionContext": "x" * 1001},
            "InvalidParameterValue.SessionContextTooLong",
        ),
        (steps(**{SNAPSHOTS: [{"ExtTimeOffsetSet": ["1s"]}]}), "MissingParameter"),
        (
            steps(**{SNAPSHOTS: [{"Definition": 4711, "ExtTimeOffsetSet": ["1s"]}]}),
            "InvalidParameterValue",
        ),
        (
            steps(**{COVERS: [{"Definition": 10, "PositionType": "Frame", "PositionValue": 1}]}),
            "InvalidParameterValue",
        ),
        (steps(**{COVERS: [{"Definition": 10, "PositionType": "Time"}]}), "MissingParameter"),
        (steps(SampleSnapshotTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
        (steps(ImageSpriteTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
        (steps(AnimatedGraphicTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
        (steps(TranscodeTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
        (
            steps(
                **{
                    SNAPSHOTS: [
                        {
                            "Definition": 10,
                            "ExtTimeOffsetSet": ["1s"],
                            "WatermarkSet": [{"Definition": 1}],
                        }
                    ]
                }
            ),
            "UnsupportedOperation",
        ),
        ({"Url": "https://example.com/a.mp4"}, "UnsupportedOperation"),
        (points("1s") | {"FileId": "5285890784246869930"}, "InvalidParameterValue.FileId"),
        (points("1s") | {"FileId": ""}, "MissingParameter"),
        (points("1s") | {"FileId": 5}, "InvalidParameter"),
        (steps(Nothing=[]), "UnknownParameter"),
    ],
)
def test_it_refuses(vod: Vod, ready_media: Media, values: dict[str, Any], wanted: str) -> None:
    with pytest.raises(Refused) as caught:
        vod.current("ProcessMedia", **{"FileId": ready_media.file_id, **values})
    assert caught.value.code == wanted
    assert not Task.objects.exists()


def test_a_session_id_is_good_once_in_three_days(vod: Vod, ready_media: Media) -> None:
    asked = {"FileId": ready_media.file_id, "SessionId": "s", **points("1s")}
    vod.current("ProcessMedia", **asked)
    with pytest.raises(Refused) as caught:
        vod.current("ProcessMedia", **asked)
    assert caught.value.code == "InvalidParameterValue.SessionId"
    assert Task.objects.count() == 1
    Task.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    vod.current("ProcessMedia", **asked)
    for _ in range(2):  # none given, none kept
        vod.current("ProcessMedia", FileId=ready_media.file_id, **points("1s"))
    assert Task.objects.count() == 4


@pytest.mark.parametrize(
    "state",
    [
        {"status": "probing", "probe": None},
        {"status": "failed", "error_code": "unreadable", "error_message": "Broken."},
    ],
)
def test_media_that_cannot_be_used(
    vod: Vod, make_media: Callable[..., Media], state: dict[str, Any]
) -> None:
    media = make_media(**state)
    with pytest.raises(Refused) as caught:
        vod.current("ProcessMedia", FileId=media.file_id, **points("1s"))
    assert caught.value.code == "FailedOperation"


def test_a_saved_flow_does_the_same(vod: Vod, ready_media: Media) -> None:
    Procedure.objects.create(
        name="flow",
        snapshots=[{"template": 10, "at": ["1s", "50%"]}],
        covers=[{"template": 31, "at": "10%"}],
    )
    answer = vod.current(
        "ProcessMediaByProcedure",
        FileId=ready_media.file_id, ProcedureName="flow", SessionContext="c", TasksPriority=2,
    )  # fmt: skip
    task = Task.objects.get(task_id=answer["TaskId"])
    assert [(o.type, o.definition, o.at) for o in task.operations.all()] == [
        ("snapshot", 10, ["1s", "50%"]),
        ("cover", 31, ["10%"]),
    ]
    assert (task.session_context, task.priority) == ("c", 2)
    with pytest.raises(Refused) as caught:
        vod.current("ProcessMediaByProcedure", FileId=ready_media.file_id, ProcedureName="none")
    assert caught.value.code == "InvalidParameterValue.ProcedureName"


def test_submitting_a_task_updates_the_medias_time(vod: Vod, ready_media: Media) -> None:
    def listed_in() -> tuple[str, int]:
        infos = vod.current("DescribeMediaInfos", FileIds=[ready_media.file_id])["MediaInfoSet"]
        legacy = vod.legacy("GetVideoInfo", fileId=ready_media.file_id)
        return infos[0]["BasicInfo"]["UpdateTime"], legacy["basicInfo"]["updateTime"]

    Media.objects.update(updated_at=timezone.now() - timedelta(days=1))
    before = listed_in()
    vod.current("ProcessMedia", FileId=ready_media.file_id, **points("1s"))
    after = listed_in()
    assert after[0] > before[0]
    assert after[1] - before[1] >= 86_000


def test_the_cover_of_a_video_that_is_gone_has_no_address(vod: Vod, ready_media: Media) -> None:
    cover = {"Definition": 10, "PositionType": "Time", "PositionValue": 1}
    asked = steps(CoverBySnapshotTaskSet=[cover])
    task_id = vod.current("ProcessMedia", FileId=ready_media.file_id, **asked)["TaskId"]
    done()
    vod.current("DeleteMedia", FileId=ready_media.file_id)
    task = vod.current("DescribeTaskDetail", TaskId=task_id)["ProcedureTask"]
    (step,) = task["MediaProcessResultSet"]
    assert step["CoverBySnapshotTask"]["Output"] == {"CoverUrl": ""}
    listed_in = vod.legacy("GetTaskInfo", vodTaskId=task_id)["data"]
    (legacy,) = listed_in["processTaskList"]
    assert "output" not in legacy
    assert "null" not in json.dumps(listed_in)
