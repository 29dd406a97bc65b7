"""PullUpload and PullComplete: pulls in both generations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from snapshots.models import Media, Task
from snapshots.services.tasks import pulls
from tests.vod.conftest import Refused, Vod, vod, vod_as  # noqa: F401 - fixtures

from ...support.file_server import Origin

Run = Callable[[], bool]
pytestmark = pytest.mark.usefixtures("presets")


def test_pull_is_submitted_polled_and_reported(vod: Vod, there: Origin, run: Run) -> None:  # noqa: F811
    asked = {"MediaUrl": there.url, "MediaName": "Sea", "SessionContext": "c", "SessionId": "s"}
    task_id = vod.current("PullUpload", **asked)["TaskId"]
    detail = vod.current("DescribeTaskDetail", TaskId=task_id)
    assert (detail["TaskType"], detail["Status"], detail["ProcedureTask"]) == (
        "PullUpload", "WAITING", None,
    )  # fmt: skip
    assert run()
    pull = vod.current("DescribeTaskDetail", TaskId=task_id)["PullUploadTask"]
    media = Media.objects.get()
    assert (pull["Status"], pull["ErrCode"], pull["FileId"], pull["Progress"]) == (
        "FINISH", 0, media.file_id, 100,
    )  # fmt: skip
    assert (pull["SessionContext"], pull["SessionId"]) == ("c", "s")
    assert media.name == "Sea"
    (event,) = vod.current("PullEvents")["EventSet"]
    assert event["EventType"] == "PullComplete"
    shown = event["PullCompleteEvent"]
    assert (shown["FileId"], shown["MediaBasicInfo"]["Name"]) == (media.file_id, "Sea")
    (listed,) = vod.current("DescribeTasks")["TaskSet"]
    assert (listed["TaskType"], listed["Status"]) == ("PullUpload", "FINISH")


def test_failed_pull_has_an_error(vod: Vod, there: Origin, run: Run) -> None:  # noqa: F811
    there.statuses = [404]
    task_id = vod.current("PullUpload", MediaUrl=there.url)["TaskId"]
    assert run()
    pull = vod.current("DescribeTaskDetail", TaskId=task_id)["PullUploadTask"]
    assert (pull["Status"], pull["ErrCode"]) == ("FINISH", 60000)
    assert "404" in pull["Message"]


def test_legacy_generation_shows_pulls(vod: Vod, there: Origin, run: Run) -> None:  # noqa: F811
    task = pulls.create(url=there.url, interface=Task.Interface.REST)
    assert run()
    shown = vod.legacy("GetTaskInfo", vodTaskId=task.task_id)
    assert (shown["status"], shown["type"], shown["data"]["status"]) == (
        "FINISHED",
        "PullUpload",
        0,
    )
    listed = vod.legacy("GetTaskList", status="FINISHED")["data"][0]["taskList"]
    assert [row["type"] for row in listed] == ["PullUpload"]
    (event,) = vod.legacy("PullEvent")["eventList"]
    assert event["eventContent"]["eventType"] == "PullComplete"
    assert event["eventContent"]["data"]["fileId"] == task.file_id


def test_failed_pull_is_rerun(vod: Vod, there: Origin, run: Run) -> None:  # noqa: F811
    there.statuses = [404]
    task = pulls.create(url=there.url, interface=Task.Interface.REST)
    assert run()
    again = vod.legacy("RedoTask", vodTaskId=task.task_id)["vodTaskId"]
    assert run()
    assert Task.objects.get(task_id=again).status == "finished"


@pytest.mark.parametrize(
    ("params", "code"),
    [({"MediaUrl": "http://10.0.0.1/x.mp4"}, "InvalidParameterValue.MediaUrl"),
     ({"MediaUrl": "file:///etc/passwd"}, "InvalidParameterValue.MediaUrl"),
     ({}, "MissingParameter"),
     ({"MediaUrl": "http://x.example/", "Procedure": "p"},
      "InvalidParameter.ProcedureNameNotExist"),
     ({"MediaUrl": "http://x.example/", "CoverUrl": "http://10.0.0.1/x.jpg"},
      "InvalidParameterValue.CoverUrl"),
     ({"MediaUrl": "http://x.example/", "MediaStoragePath": "/a"}, "UnsupportedOperation"),
     ({"MediaUrl": "http://x.example/", "TasksPriority": 11}, "InvalidParameterValue")],
)  # fmt: skip
def test_what_is_refused(vod: Vod, params: dict[str, object], code: str) -> None:  # noqa: F811
    with pytest.raises(Refused) as caught:
        vod.current("PullUpload", **params)
    assert str(caught.value.code).startswith(code)
    assert not Media.objects.exists()


def test_one_session_is_one_pull(vod: Vod, there: Origin) -> None:  # noqa: F811
    vod.current("PullUpload", MediaUrl=there.url, SessionId="s")
    with pytest.raises(Refused) as caught:
        vod.current("PullUpload", MediaUrl=there.url, SessionId="s")
    assert caught.value.code == "InvalidParameterValue.SessionId"
    assert Media.objects.count() == 1
