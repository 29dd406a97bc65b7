"""The supervisor: deaths in its cluster, and its own."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.features.soak import consistency, killing
from tests.features.soak.test_kills import FAST, submit
from tests.support.live_site import LiveSite, live_site
from tests.support.processes import is_alive, tree_of, wait_for
from tests.video.made import numbered

pytestmark = pytest.mark.timeout(240)
LONG = "sleep 30"  # that the worker is at the task, unless something happens


class AtWork:
    """A site whose worker has begun a task, and stays at it until something happens."""

    def __init__(self, site: LiveSite, folder: Path, faults: Path) -> None:
        self.site = site
        file_id = site.upload(numbered.make(folder / "clip.mp4"))
        (faults / "after_child").write_text(LONG)
        self.task_id = submit(site, file_id)
        killing.until(lambda: self._struck(faults), 60, 0.02)
        self.worker = int(self._struck(faults)[0].suffix[1:])

    @staticmethod
    def _struck(faults: Path) -> list[Path]:
        return list(faults.glob("after_child.*"))

    def ended(self, site: LiveSite | None = None) -> dict[str, object]:
        """The task once it has ended, with the attempts that it took."""
        site = site or self.site
        task = site.wait_for_task({"task_id": self.task_id, "finished_at": None}, 90)
        rows = {row["task_id"]: row["attempts"] for row in consistency.of(site)["tasks"]}
        return {"status": task["status"], "attempts": rows[self.task_id]}


@pytest.fixture
def faults(tmp_path: Path) -> Path:
    folder = tmp_path / "faults"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("role", ["main", "sentinel", "monitor", "pusher"])
def test_work_of_any_dead_process_resumes_at_once_as_one_attempt(
    tmp_path: Path, faults: Path, role: str
) -> None:
    # A lease that long would show if the work had to wait for its end
    slow = {"MEDIAHUB_LEASE_S": "120", "MEDIAHUB_SWEEP_S": "0.5"}
    with live_site(tmp_path / "data", **slow, MEDIAHUB_FAULTS=str(faults)) as site:
        work = AtWork(site, tmp_path, faults)
        (victim,) = killing.members(site.process.pid)[role]
        start = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        assert work.ended() == {"status": "finished", "attempts": 1}
        assert time.monotonic() - start < 25
        site.wait_until_said("work was given back", 10)


def test_attempt_of_a_crashing_worker_counts(tmp_path: Path, faults: Path) -> None:
    with live_site(tmp_path / "data", **FAST, MEDIAHUB_FAULTS=str(faults)) as site:
        work = AtWork(site, tmp_path, faults)
        os.kill(work.worker, signal.SIGKILL)
        assert work.ended() == {"status": "finished", "attempts": 2}


@pytest.mark.parametrize("victim", ["up", "supervisor"])
def test_no_process_outlives_the_supervisor(tmp_path: Path, victim: str) -> None:
    with live_site(tmp_path / "data") as site:
        submit(site, site.upload(numbered.make(tmp_path / "clip.mp4")))
        root = site.process.pid
        family = tree_of(root) - {root}
        pid = root if victim == "up" else killing.supervisor(root)
        gone = family if victim == "up" else tree_of(pid)
        assert len(gone) > 6
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: not any(is_alive(p) for p in gone), 30)


def test_work_exceeding_the_grace_period_costs_no_attempt(tmp_path: Path, faults: Path) -> None:
    data = tmp_path / "data"
    with live_site(data, MEDIAHUB_GRACE_S="0.5", MEDIAHUB_FAULTS=str(faults)) as site:
        work = AtWork(site, tmp_path, faults)
        start = time.monotonic()
        assert site.stop(signal.SIGTERM) == 0
        assert time.monotonic() - start < 20
        assert "did not stop in time" in site.said
    with live_site(data) as site:
        assert work.ended(site) == {"status": "finished", "attempts": 1}


def test_unanswered_canary_restarts_the_cluster(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with live_site(data, MEDIAHUB_CANARY_S="1", MEDIAHUB_SWEEP_S="0.5") as site:
        killing.until(lambda: killing.members(site.process.pid).get("pusher"), 30)
        time.sleep(6)
        assert "canary" not in site.said  # they are answered
        (pusher,) = killing.members(site.process.pid)["pusher"]
        os.kill(pusher, signal.SIGSTOP)  # alive, as all the others: but nothing turns
        site.wait_until_said("no worker ran a canary", 40)
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        task = {"task_id": submit(site, file_id), "finished_at": None}
        assert site.wait_for_task(task)["status"] == "finished"
