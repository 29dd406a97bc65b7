"""Follow-ups of a pull: a cover by URL, and a procedure that starts by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from snapshots.models import Event, Media, Task
from snapshots.services import presentation
from snapshots.services.library import probing
from snapshots.services.tasks import procedures, pulls
from snapshots.services.tasks.specs import CoverSpec, SnapshotSpec
from snapshots.services.work import pipeline
from tests.support import storage_paths
from tests.vod.conftest import Vod, vod, vod_as  # noqa: F401 - fixtures

from ...support.file_server import Origin

Run = Callable[[], bool]
pytestmark = pytest.mark.usefixtures("presets")


@pytest.fixture
def flow(presets: None) -> str:
    procedures.create(
        name="two", comment="", snapshots=[SnapshotSpec(10, ["0.5s", "1s"])],
        covers=[CoverSpec(10, "1s")],
    )  # fmt: skip
    return "two"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def base(there: Origin) -> str:
    return f"http://127.0.0.1:{there.port}"


# --- A flow ---------------------------------------------------------------------------------------


def test_procedure_starts_once_the_video_is_ready(
    vod: Vod,  # noqa: F811
    there: Origin,
    run: Run,
    flow: str,
) -> None:
    asked = {"MediaUrl": there.url, "Procedure": flow, "SessionContext": "c", "TasksPriority": 3}
    pull_id = vod.current("PullUpload", **asked)["TaskId"]
    assert run()
    pull = vod.current("DescribeTaskDetail", TaskId=pull_id)["PullUploadTask"]
    (event,) = vod.current("PullEvents")["EventSet"]
    flow_id = event["PullCompleteEvent"]["ProcedureTaskId"]
    assert pull["ProcedureTaskId"] == flow_id != ""
    assert not Task.objects.filter(task_id=flow_id).exists()
    assert pipeline.probe_next()
    task = Task.objects.get(task_id=flow_id)
    assert (task.status, task.session_context, task.priority) == ("waiting", "c", 3)
    assert pipeline.run_next()
    detail = vod.current("DescribeTaskDetail", TaskId=flow_id)
    assert (detail["TaskType"], detail["Status"]) == ("Procedure", "FINISH")
    results = detail["ProcedureTask"]["MediaProcessResultSet"]
    assert [row["Type"] for row in results] == ["SnapshotByTimeOffset", "CoverBySnapshot"]
    reported = [
        row.get("ProcedureStateChangeEvent") for row in vod.current("PullEvents")["EventSet"]
    ]
    assert [row["TaskId"] for row in reported if row] == [flow_id]


def test_procedure_of_an_unusable_video_fails_under_its_promised_id(
    vod: Vod,  # noqa: F811
    there: Origin,
    run: Run,
    flow: str,
    data: bytes,
) -> None:
    there.data = data[: len(data) // 8]  # begins like a video
    vod.current("PullUpload", MediaUrl=there.url, Procedure=flow)
    assert run()
    (event,) = vod.current("PullEvents")["EventSet"]
    flow_id = event["PullCompleteEvent"]["ProcedureTaskId"]
    assert pipeline.probe_next()
    assert Media.objects.get().status == "failed"
    detail = vod.current("DescribeTaskDetail", TaskId=flow_id)
    assert detail["Status"] == "FINISH"
    task = Task.objects.get(task_id=flow_id)
    assert (task.status, task.error_code) == ("failed", "unreadable")
    assert Event.objects.filter(subject=flow_id).count() == 1
    assert not pipeline.run_next()


def test_deleted_procedure_fails_and_the_video_stays(there: Origin, run: Run, flow: str) -> None:
    pulls.create(
        url=there.url, interface=Task.Interface.REST, follow_up=pulls.FollowUp(procedure=flow)
    )
    assert run()
    procedures.get(name=flow).delete()
    assert pipeline.probe_next()
    assert Media.objects.get().status == "ready"
    task = Task.objects.get(kind="process")
    assert (task.status, task.error_code) == ("failed", "procedure_not_found")


def test_failed_pull_has_no_procedure_task(
    vod: Vod,  # noqa: F811
    there: Origin,
    run: Run,
    flow: str,
) -> None:
    there.statuses = [404]
    task_id = vod.current("PullUpload", MediaUrl=there.url, Procedure=flow)["TaskId"]
    assert run()
    pull = vod.current("DescribeTaskDetail", TaskId=task_id)["PullUploadTask"]
    assert pull["ProcedureTaskId"] == ""
    assert not Task.objects.filter(kind="process").exists()


def test_probing_twice_starts_the_procedure_once(there: Origin, run: Run, flow: str) -> None:
    pulls.create(
        url=there.url, interface=Task.Interface.REST, follow_up=pulls.FollowUp(procedure=flow)
    )
    assert run()
    assert pipeline.probe_next()
    Media.objects.update(status=Media.Status.PROBING)
    assert pipeline.probe_next()
    assert Task.objects.filter(kind="process").count() == 1


def test_lost_probing_worker_fails_the_procedure_too(there: Origin, run: Run, flow: str) -> None:
    pulls.create(
        url=there.url, interface=Task.Interface.REST, follow_up=pulls.FollowUp(procedure=flow)
    )
    assert run()
    Media.objects.update(attempts=3, lease_until="2020-01-01T00:00:00Z")
    assert probing.fail_exhausted() == 1
    assert Task.objects.get(kind="process").error_code == "worker_lost"


# --- A cover --------------------------------------------------------------------------------------


def test_cover_of_a_pull_stays_the_cover(there: Origin, run: Run) -> None:
    there.others["/cover.png"] = png()
    follow_up = pulls.FollowUp(cover_url=f"{base(there)}/cover.png")
    pulls.create(url=there.url, interface=Task.Interface.REST, follow_up=follow_up)
    assert run()
    assert pipeline.probe_next()
    media = Media.objects.get()
    assert (media.status, media.cover_by) == ("ready", "user")
    with Image.open(storage_paths.pictures().path(media.cover_picture)) as image:
        assert image.size == (64, 36)
        assert image.convert("RGB").getpixel((10, 10)) == pytest.approx((200, 30, 30), abs=3)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "could not be used"),
     (None, "could not be fetched")],
)  # fmt: skip
def test_unusable_cover_does_not_fail_the_pull(
    there: Origin, run: Run, answer: bytes | None, said: str
) -> None:
    if answer is not None:
        there.others["/cover.png"] = answer
    else:
        there.redirects["/cover.png"] = "http://10.0.0.1/cover.png"
    follow_up = pulls.FollowUp(cover_url=f"{base(there)}/cover.png")
    task = pulls.create(url=there.url, interface=Task.Interface.REST, follow_up=follow_up)
    assert run()
    assert pipeline.probe_next()
    task = Task.objects.get(pk=task.pk)
    assert task.status == "finished"
    assert said in presentation.pull(task.pull, as_text=str)["error"]["message"]
    assert Media.objects.get().cover_by == "auto"


def test_unreachable_cover_is_retried(there: Origin, run: Run, settings: Any) -> None:
    settings.MEDIAHUB_PULL_WAITS = [0.0]
    follow_up = pulls.FollowUp(cover_url="http://127.0.0.1:9/cover.png")
    task = pulls.create(url=there.url, interface=Task.Interface.REST, follow_up=follow_up)
    assert run()
    task.refresh_from_db()
    assert task.status == "waiting"
    assert run()
    task.refresh_from_db()
    assert task.status == "finished"  # the last try: the video counts more
    assert len(there.asked) == 1  # and was fetched once
    assert "cover" in str(Task.objects.get().pull.error)


def test_too_large_cover_is_skipped(
    there: Origin, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snapshots.services.work.downloading._MAX_COVER_BYTES", 10)
    there.others["/cover.png"] = png()
    follow_up = pulls.FollowUp(cover_url=f"{base(there)}/cover.png")
    pulls.create(url=there.url, interface=Task.Interface.REST, follow_up=follow_up)
    assert run()
    assert "20 MiB" in str(Task.objects.get().pull.error)
