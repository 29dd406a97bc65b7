"""R1 and R2: any process killed at any time loses nothing and repeats nothing."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.live_site import LiveSite, live_site
from tests.support.processes import is_alive, tree_of
from tests.video.made import numbered

from . import consistency, killing, scale
from .setups import Setup

pytestmark = pytest.mark.timeout(3600)
FAST = {"MEDIAHUB_LEASE_S": "3", "MEDIAHUB_SWEEP_S": "1"}
AT = ["0.5s", "1s"]


def submit(site: LiveSite, file_id: str, **more: object) -> str:
    body = {"media": file_id, "snapshots": [{"template": 10, "at": AT}], **more}
    return str(site.call("POST", "tasks/", body)["task_id"])


def test_r1_jobs_that_trickle_in_under_fire(setup: Setup, tmp_path: Path) -> None:
    jobs, kills, dice = scale.of(500, 100), scale.of(50, 10), random.Random(1)
    data = tmp_path / "data"
    with live_site(data, **FAST, **setup.env) as site:
        root = site.process.pid
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        task_ids: list[str] = []
        feeder = threading.Thread(target=trickle, args=(site, file_id, jobs, task_ids))
        feeder.start()
        struck: list[str] = []
        while len(struck) < kills:
            time.sleep(dice.uniform(0.2, 2.0))
            if role := killing.kill_one(root, dice):
                struck.append(role)
        feeder.join(600)
        assert len(task_ids) == jobs
        quiet = killing.until(lambda: consistency.counts(site)["finished"] == jobs, 90, 1)
        killed = ", ".join(f"{role} {count}" for role, count in sorted(Counter(struck).items()))
        print(
            f"\nR1 on {setup.name}: {jobs} jobs; killed {killed}; "
            f"quiet {quiet:.0f} s after the last"
        )
        consistency.assert_balanced(site, data, task_ids, len(AT))
        family = tree_of(root)
        assert killing.strays(data, family) == []
        media_ids = [site.upload(numbered.make(tmp_path / "more.mp4"))]
        assert media_ids
    assert killing.until(lambda: not any(is_alive(pid) for pid in family), 20)


def trickle(site: LiveSite, file_id: str, jobs: int, task_ids: list[str]) -> None:
    """Jobs with gaps in which everybody is idle: a burst would hide what breaks."""
    dice = random.Random(2)
    for _ in range(jobs):
        task_ids.append(submit(site, file_id))
        time.sleep(dice.choice((0.01, 0.05, 0.1, 0.4)))


def idle_worker_with_the_lock(root: int) -> int:
    """The worker that waits inside the queue's pipe: it holds the lock that the others wait for."""
    from tests.features.test_up import lock_holders

    found: list[int] = []

    def is_there() -> bool:
        workers = killing.members(root).get("worker", [])
        found[:] = [pid for pid in lock_holders(root) if pid in workers]
        return bool(found)

    killing.until(is_there, 15, 0.05)
    return found[0]


def test_r2_a_killed_idle_worker_costs_ours_a_second(setup: Setup, tmp_path: Path) -> None:
    with live_site(tmp_path / "data", **setup.env) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        for _ in range(3):
            os.kill(idle_worker_with_the_lock(site.process.pid), signal.SIGKILL)
            start = time.monotonic()
            task = {"task_id": submit(site, file_id), "finished_at": None}
            assert site.wait_for_task(task)["status"] == "finished"
            assert time.monotonic() - start < 10
