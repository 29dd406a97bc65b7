"""Work that cannot be done, as REST tells it: each code from a real cause."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from snapshots.models import Media, Task
from snapshots.services import tasks
from snapshots.services.library import media as media_service
from snapshots.services.work import pipeline
from snapshots.services.work.sweeper import sweep
from tests.support.processes import decode_children
from tests.video.made import numbered


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 s of 960×576 with one key frame: long enough to be caught at work."""
    path = tmp_path_factory.mktemp("failed") / "long.mp4"
    return numbered.make(path, frames=300, gop=300, size=(960, 576))


@pytest.fixture
def long_media(presets: None, long_clip: Path) -> Media:
    return probed(long_clip)


def probed(path: Path) -> Media:
    row = media_service.import_file(path=path)
    assert pipeline.probe_next()
    return media_service.get(file_id=row.file_id)


def submit(api: APIClient, media: Media, *points: str) -> str:
    spec = {"template": 10, "at": list(points)}
    answer = api.post("/api/v1/tasks/", {"media": media.file_id, "snapshots": [spec]})
    assert answer.status_code == 202, answer.json()
    return str(answer.json()["task_id"])


def task_of(api: APIClient, task_id: str) -> dict[str, Any]:
    return dict(api.get(f"/api/v1/tasks/{task_id}/").json())


@contextmanager
def killer_of_children() -> Iterator[None]:
    """Kills every decoding child of this process a moment after it starts."""
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.02):
            for pid in decode_children():
                time.sleep(0.05)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_crashing_decoder_is_retried_once_and_then_fails_the_task(
    api: APIClient, long_media: Media
) -> None:
    task_id = submit(api, long_media, "9.9s")
    with killer_of_children():
        pipeline.run_next()
        assert task_of(api, task_id)["status"] == "waiting"
        pipeline.run_next()
    task = task_of(api, task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "decoder_crashed")
    assert task["operations"][0]["points"][0]["error"]["code"] == "decoder_crashed"


def test_a_timeout_fails_the_task_without_a_retry(
    api: APIClient, long_media: Media, settings: Settings
) -> None:
    settings.MEDIAHUB_DEADLINE_MAX_S = 0.05
    task_id = submit(api, long_media, "9.9s")
    pipeline.run_next()
    task = task_of(api, task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "timeout")


def test_a_longer_video_may_take_longer(
    api: APIClient, long_media: Media, settings: Settings
) -> None:
    """The same work under the same settings: 0.05 s and twice the length are enough, or not."""
    settings.MEDIAHUB_DEADLINE_S = 0.05
    codes = []
    for length_s in (0.0, 10.0):
        Media.objects.filter(pk=long_media.pk).update(duration_s=length_s)
        task_id = submit(api, long_media, "9.9s")
        pipeline.run_next()
        codes.append((task_of(api, task_id)["error"] or {}).get("code"))
    assert codes == ["timeout", None]


def test_out_of_memory_fails_the_task_without_a_retry(
    api: APIClient, long_media: Media, settings: Settings
) -> None:
    settings.MEDIAHUB_CHILD_MEMORY_MB = 8
    task_id = submit(api, long_media, "9.9s")
    pipeline.run_next()
    task = task_of(api, task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "out_of_memory")


def test_a_task_fails_after_three_lost_workers(api: APIClient, long_media: Media) -> None:
    task_id = submit(api, long_media, "0s")
    for _ in range(3):
        assert tasks.claim_next()
        Task.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep()
    task = task_of(api, task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "worker_lost")


def test_past_the_end_of_a_cut_file_is_no_picture_of_something_else(
    api: APIClient, tmp_path: Path
) -> None:
    whole = numbered.make(tmp_path / "cut.mp4", frames=90, container={"movflags": "faststart"})
    media = probed(numbered.cut(whole, 0.6))
    task_id = submit(api, media, "0s", "2.9s", "3.1s")
    pipeline.run_next()
    points = task_of(api, task_id)["operations"][0]["points"]
    codes = [(point["error"] or {}).get("code") for point in points]
    assert codes == [None, "frame_unavailable", "time_out_of_range"]


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("no_video", numbered.make_sound),
        ("unreadable", lambda path: numbered.cut(numbered.make(path), 0.01)),
    ],
)
def test_a_video_that_failed_refuses_tasks_with_its_reason(
    api: APIClient, tmp_path: Path, code: str, make: Any
) -> None:
    media = probed(make(tmp_path / "sound.mp4"))
    shown = api.get(f"/api/v1/media/{media.file_id}/").json()
    assert (shown["status"], shown["error"]["code"]) == ("failed", code)
    spec = {"template": 10, "at": ["0s"]}
    answer = api.post("/api/v1/tasks/", {"media": media.file_id, "snapshots": [spec]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
