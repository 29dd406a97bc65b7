"""R3 and R4: a fault at each injection point, and a stopped worker that resumes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.live_site import LiveSite, live_site
from tests.support.processes import command_of, tree_of
from tests.video.made import numbered

from . import consistency, killing, scale
from .setups import Setup
from .test_kills import AT, submit

pytestmark = pytest.mark.timeout(600)
FAST = {"MEDIAHUB_LEASE_S": "2", "MEDIAHUB_SWEEP_S": "0.5"}
POINTS = (
    "after_wake_up", "after_claim", "after_child", "while_writing", "before_rename", "after_rename",
    "before_commit", "after_commit", "before_finish", "after_finish",
)  # fmt: skip
ACTIONS = ("kill", "raise", "full", "sleep 5")
MATRIX = [(point, action) for point in POINTS for action in ACTIONS]
SHORT = MATRIX[::5]  # every place, each with another fault
FULL = ("while_writing", "full")  # elsewhere a full disk is an exception like any other


@pytest.mark.parametrize(("point", "action"), MATRIX if scale.IS_WHOLE else [*SHORT, FULL])
def test_r3_a_fault_at_any_place_costs_time_only(
    setup: Setup, tmp_path: Path, point: str, action: str
) -> None:
    data, faults = tmp_path / "data", tmp_path / "faults"
    faults.mkdir()
    with live_site(data, **FAST, **setup.env, MEDIAHUB_FAULTS=str(faults)) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        (faults / point).write_text(action)
        task = submit_through(site, file_id, point, faults)
        if (point, action) == FULL:
            assert task["status"] == "failed"  # a full disk is reported, and nothing is retried
            assert task["error"]["code"] == "storage_full"
            return
        assert task["status"] == "finished"
        assert struck(faults, point), "the fault never struck"
        consistency.assert_balanced(site, data, [task["task_id"]], len(AT))
        swept = site.run(
            "from datetime import timedelta; "
            "from snapshots.services.work.orphaned_files import sweep_files; "
            "print(sweep_files(old=timedelta(0)))",
        )  # fmt: skip
        assert swept.strip().splitlines()[-1].isdecimal()
        named = {name.rpartition("/")[2] for name in consistency.of(site)["pictures"]}
        folder = data / "pictures" / task["task_id"]
        assert {path.name for path in folder.iterdir()} == named


def submit_through(site: LiveSite, file_id: str, point: str, faults: Path) -> dict[str, object]:
    """A task; where the fault strikes the web server instead, the client tries again."""
    try:
        task_id = submit(site, file_id)
    except OSError:
        assert struck(faults, point)
        killing.until(lambda: site.call("GET", "tasks/")["results"], 30)
        task_id = site.call("GET", "tasks/")["results"][0]["task_id"]
    return site.wait_for_task({"task_id": task_id, "finished_at": None}, 90)


def struck(faults: Path, point: str) -> bool:
    return any(path.name.startswith(f"{point}.") for path in faults.iterdir())


def test_r4_a_stopped_worker_that_goes_on_commits_nothing(setup: Setup, tmp_path: Path) -> None:
    """Stopped for two leases in mid-task; another does the task meanwhile."""
    data, faults = tmp_path / "data", tmp_path / "faults"
    faults.mkdir()
    with live_site(data, **FAST, **setup.env, MEDIAHUB_FAULTS=str(faults)) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        for _ in range(scale.of(20, 4)):
            (faults / "after_child").write_text("sleep 1.0")
            task = {"task_id": submit(site, file_id), "finished_at": None}
            pid = stopped_at(faults, site)
            ended = site.wait_for_task(task, 60)
            os.kill(pid, signal.SIGCONT)
            time.sleep(1.5)
            assert ended["status"] == "finished"
            assert site.call("GET", f"tasks/{task['task_id']}/") == ended
            consistency.assert_balanced(site, data, [task["task_id"]], len(AT))
            assert "work was taken over" in site.said


def stopped_at(faults: Path, site: LiveSite) -> int:
    """The worker that came by the armed place, stopped there."""
    found: list[int] = []

    def has_come() -> bool:
        found[:] = [
            int(path.suffix[1:]) for path in faults.iterdir() if path.suffix[1:].isdecimal()
        ]
        return bool(found)

    killing.until(has_come, 20, 0.02)
    assert found[0] in tree_of(site.process.pid), command_of(found[0])
    os.kill(found[0], signal.SIGSTOP)
    for path in faults.iterdir():
        path.unlink()
    return found[0]
