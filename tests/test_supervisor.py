"""The supervisor: what it does when something in its cluster dies, and when it dies itself."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.live import LiveSite, live_site
from tests.processes import is_alive, tree_of, wait_for
from tests.soak import books, fire
from tests.soak.test_fire import FAST, submit
from tests.video import numbered

pytestmark = pytest.mark.timeout(240)
SLOW = {"format": "png", "name": "slow"}


def slow_task(site: LiveSite, clip: Path) -> str:
    """A task that takes some seconds."""
    file_id = site.upload(clip)
    png = site.call("POST", "templates/", SLOW)["definition"]
    wish = {"template": png, "at": [f"{n}.5s" for n in range(1, 16)]}
    task = site.call("POST", "tasks/", {"media": file_id, "snapshots": [wish]})
    return str(task["task_id"])


def attempts(site: LiveSite, task_id: str) -> int:
    rows = {row["task_id"]: row["attempts"] for row in books.of(site)["tasks"]}
    return int(rows[task_id])


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "long.mp4"
    return numbered.make(path, frames=500, gop=500, size=(960, 576))


@pytest.mark.parametrize("role", ["main", "sentinel", "monitor", "pusher"])
def test_whoever_dies_the_work_is_taken_up_at_once_and_counts_as_one_attempt(
    tmp_path: Path, long_clip: Path, role: str
) -> None:
    # A lease that long would show if the work had to wait for its end
    with live_site(tmp_path / "data", MEDIAHUB_LEASE_S="120", MEDIAHUB_SWEEP_S="0.5") as site:
        task_id = slow_task(site, long_clip)
        fire.until(lambda: books.counts(site)["processing"] == 1, 30)
        (victim,) = fire.members(site.process.pid)[role]
        os.kill(victim, signal.SIGKILL)
        start = time.monotonic()
        task = site.wait_for_task({"task_id": task_id, "finished_at": None}, 90)
        assert task["status"] == "finished"
        assert time.monotonic() - start < 60
        assert attempts(site, task_id) == 1
        assert "work was given back" in site.said


def test_the_attempt_of_a_worker_that_dies_by_itself_counts(
    tmp_path: Path, long_clip: Path
) -> None:
    with live_site(tmp_path / "data", **FAST) as site:
        task_id = slow_task(site, long_clip)
        fire.until(lambda: fire.members(site.process.pid)["decoder"], 30, 0.02)
        os.kill(worker_at_work(site.process.pid), signal.SIGKILL)
        task = site.wait_for_task({"task_id": task_id, "finished_at": None}, 90)
        assert task["status"] == "finished"
        assert attempts(site, task_id) == 2


def worker_at_work(root: int) -> int:
    """The worker under which a child decodes."""
    decoders = fire.members(root)["decoder"]
    (pid,) = [pid for pid in fire.members(root)["worker"] if tree_of(pid) & set(decoders)]
    return pid


@pytest.mark.parametrize("victim", ["up", "supervisor"])
def test_nothing_outlives_who_looks_after_it(tmp_path: Path, victim: str) -> None:
    with live_site(tmp_path / "data") as site:
        submit(site, site.upload(numbered.make(tmp_path / "clip.mp4")))
        root = site.process.pid
        family = tree_of(root) - {root}
        pid = root if victim == "up" else fire.supervisor(root)
        gone = family if victim == "up" else tree_of(pid)
        assert len(gone) > 6
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: not any(is_alive(p) for p in gone), 30)


def test_work_that_outlasts_the_grace_is_given_back_unspent(
    tmp_path: Path, long_clip: Path
) -> None:
    data = tmp_path / "data"
    with live_site(data, MEDIAHUB_GRACE_S="0.5") as site:
        task_id = slow_task(site, long_clip)
        fire.until(lambda: books.counts(site)["processing"] == 1, 30)
        start = time.monotonic()
        assert site.stop(signal.SIGTERM) == 0
        assert time.monotonic() - start < 15
        assert "did not stop in time" in site.said
    with live_site(data) as site:
        task = site.wait_for_task({"task_id": task_id, "finished_at": None}, 60)
        assert task["status"] == "finished"
        assert attempts(site, task_id) == 1


def test_a_canary_that_nobody_answers_restarts_the_cluster(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with live_site(data, MEDIAHUB_CANARY_S="1", MEDIAHUB_SWEEP_S="0.5") as site:
        time.sleep(6)
        assert "canary" not in site.said  # they are answered
        for pid in [p for pids in fire.members(site.process.pid).values() for p in pids]:
            if pid in fire.members(site.process.pid)["pusher"]:
                os.kill(pid, signal.SIGSTOP)  # alive, as all the others: but nothing turns
        site.wait_until_said("no worker answered a canary", 40)
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        task = {"task_id": submit(site, file_id), "finished_at": None}
        assert site.wait_for_task(task)["status"] == "finished"
