"""The running downloader: beside the workers, killed, and stopped."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from snapshots import outbound
from snapshots.models import Media, Task
from snapshots.models.work.lease import Claim
from snapshots.services.tasks import pulls
from snapshots.services.work.lease_keeper import extending_lease
from snapshots.worker.downloader import Downloader
from tests.support.live_site import LiveSite, live_site
from tests.support.processes import wait_for
from tests.support.webhook_receiver import listening
from tests.video.made import numbered

from ...support.file_server import LOOPBACK, origin

ENVIRONMENT = {"MEDIAHUB_ALLOW_PRIVATE": LOOPBACK, "MEDIAHUB_LEASE_S": "2"}


def pull_of(site: LiveSite, file_id: str) -> dict[str, Any]:
    (task,) = site.call("GET", f"tasks/?media={file_id}")["results"]
    return dict(task)


def ready(site: LiveSite, file_id: str) -> bool:
    return bool(site.call("GET", f"media/{file_id}/")["status"] == "ready")


@pytest.mark.timeout(180)
def test_kill_during_a_pull_only_costs_time(tmp_path: Path) -> None:
    clip = numbered.make(tmp_path / "long.mp4", frames=300, size=(640, 384), gop=30)
    data = clip.read_bytes()
    with origin(data, pause=threading.Event()) as there:
        with live_site(tmp_path / "data", **ENVIRONMENT) as site:
            file_id = site.call("POST", "media/", {"url": there.url})["file_id"]
            assert wait_for(lambda: pull_of(site, file_id)["pull"]["total_bytes"], 20)
            assert pull_of(site, file_id)["status"] == "processing"
            site.kill()
        there.pause.set()  # type: ignore[union-attr]
        with live_site(tmp_path / "data", **ENVIRONMENT) as site:
            assert wait_for(lambda: ready(site, file_id), 60)
            task = pull_of(site, file_id)
            assert (task["status"], task["progress"]) == ("finished", 100)
    assert [asked for _, asked in there.asked] == ["", "bytes=4096-"]
    (stored,) = (tmp_path / "data" / "sources").rglob(file_id)
    assert stored.read_bytes() == data


@pytest.mark.timeout(180)
def test_downloads_occupy_no_decoding_worker(tmp_path: Path, clip: Path) -> None:
    """A task is done although slow servers outnumber workers and threads together."""
    with (
        origin(clip.read_bytes(), pause=threading.Event()) as there,
        live_site(tmp_path / "data", **ENVIRONMENT) as site,
    ):
        for _ in range(5):
            site.call("POST", "media/", {"url": there.url})
        assert wait_for(lambda: len(there.asked) >= 2, 20)
        file_id = site.upload(clip)
        body = {"media": file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}
        assert site.wait_for_task(site.call("POST", "tasks/", body), 20)["progress"] == 100
        started = time.monotonic()
        assert site.stop() == 0
        assert time.monotonic() - started < 20
        assert len(there.asked) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("presets")
def test_silent_server_blocks_one_thread_only(settings: Any, data: bytes) -> None:
    """Silent for longer than a lease: nobody takes it over, and the wait after it is kept."""
    settings.MEDIAHUB_LEASE_S, settings.MEDIAHUB_PULL_WAITS = 0.6, [60.0]
    fetch = partial(outbound.fetch, wait_s=2.0)
    with listening() as sock, patch.object(outbound, "fetch", fetch):
        task = pulls.create(
            url=f"http://127.0.0.1:{sock.getsockname()[1]}/", interface=Task.Interface.REST
        )
        downloader = Downloader()
        downloader.start()
        waiting = Task.objects.filter(pk=task.pk, status="waiting", pull__tries=1)
        assert wait_for(waiting.exists, 10)
        downloader.stop()
        downloader.join(10)
    row = Task.objects.get(pk=task.pk)
    assert row.fence == 1
    assert row.due_at is not None
    assert (row.due_at - timezone.now()).total_seconds() > 50


def test_lease_survives_one_database_error(settings: Any) -> None:
    settings.MEDIAHUB_LEASE_S = 0.3
    asked: list[Claim] = []

    def extend(*, claim: Claim) -> None:
        asked.append(claim)
        if len(asked) == 1:
            raise OperationalError("the database is locked")

    with extending_lease(lambda: extend(claim=Claim(1, 1, 1))):
        assert wait_for(lambda: len(asked) >= 3, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("presets")
def test_unexpected_error_costs_an_attempt_and_no_thread(
    monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("nobody knows how to handle it")

    with origin(data) as there:
        bad = pulls.create(url=there.url, interface=Task.Interface.REST)
        with monkeypatch.context() as patched:
            patched.setattr("snapshots.services.work.downloading._download", fault)
            downloader = Downloader()
            downloader.start()
            assert wait_for(lambda: Task.objects.get(pk=bad.pk).attempts == 1)
            time.sleep(0.5)
        good = pulls.create(url=there.url, interface=Task.Interface.REST)
        assert wait_for(lambda: Task.objects.get(pk=good.pk).status == "finished")
        downloader.stop()
        downloader.join(10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("presets")
def test_downloader_stops_during_a_download_and_releases_it(data: bytes) -> None:
    with origin(data + bytes(4 * 2**20), pause=threading.Event()) as there:
        task = pulls.create(url=there.url, interface=Task.Interface.REST)
        downloader = Downloader()
        downloader.start()
        assert wait_for(lambda: Task.objects.filter(status="processing").exists())
        downloader.stop()
        there.pause.set()  # type: ignore[union-attr]
        downloader.join(10)
        row = Task.objects.get(pk=task.pk)
        assert (row.status, row.attempts) == ("waiting", 0)
        assert Media.objects.get().status == "pulling"
