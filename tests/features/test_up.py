"""`manage.py up`: the site starts, runs tasks, survives kills, and stops."""

from __future__ import annotations

import io
import os
import signal
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from snapshots.storage.disk import TEMP_PREFIX
from tests.support.live_site import LiveSite, live_site
from tests.support.processes import children_of, command_of, is_alive, tree_of, wait_for, waits_in
from tests.video.made import numbered

pytestmark = pytest.mark.timeout(180)
SECONDS = list(range(2, 16))


def test_the_demo_is_there_and_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    with live_site(tmp_path, "--demo", fresh=True) as site:
        site.wait_until_said("demo library is ready")
        with urllib.request.urlopen(f"{site.base}/admin/login/") as page:
            assert page.status == 200
        listed = site.call("GET", "media/")["results"]
        assert len(listed) == 3
        for media in listed:
            assert (media["status"], media["cover"]["set_by"]) == ("ready", "task")
            with Image.open(io.BytesIO(site.get(media["cover"]["url"]))) as cover:
                assert cover.size == (media["width"], media["height"])
        family = tree_of(site.process.pid)
        assert len(family) > 6
        assert site.stop(signal.SIGINT) == 0
        assert wait_for(lambda: not any(is_alive(pid) for pid in family))


def test_interrupted_demo_is_completed_at_the_next_start(tmp_path: Path) -> None:
    with live_site(tmp_path, "--demo") as site:
        site.wait_until_said("Making the demo")
        assert wait_for(lambda: len(site.call("GET", "media/")["results"]) == 3, 60)
    with live_site(tmp_path, "--demo") as site:
        site.wait_until_said("demo library is ready")
        listed = site.call("GET", "media/")["results"]
        assert [media["cover"]["set_by"] for media in listed] == ["task"] * 3
    with live_site(tmp_path, "--demo") as site:
        assert "demo" not in site.said


def test_killed_idle_worker_holding_the_queue_lock_stops_nothing(
    tmp_path: Path,
) -> None:
    with live_site(tmp_path / "data", MEDIAHUB_SWEEP_S="0.5") as site:
        site.wait_until_said("cluster started")
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        assert wait_for(lambda: lock_holders(site.process.pid))
        for pid in lock_holders(site.process.pid):
            os.kill(pid, signal.SIGKILL)
        spec = {"template": 10, "at": ["1s"]}
        task = site.call("POST", "tasks/", {"media": file_id, "snapshots": [spec]})
        assert site.wait_for_task(task)["status"] == "finished"
        assert "a process of the cluster died" in site.said


def test_second_start_keeps_existing_data(tmp_path: Path) -> None:
    with live_site(tmp_path) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
    with live_site(tmp_path, "--demo") as site:
        assert "demo" not in site.said
        (media,) = site.call("GET", "media/")["results"]
        assert media["file_id"] == file_id


def test_worker_killed_during_a_task_loses_nothing(tmp_path: Path) -> None:
    video = numbered.make(tmp_path / "long.mp4", frames=500, gop=500, size=(960, 576))
    fast = {"MEDIAHUB_LEASE_S": "2", "MEDIAHUB_SWEEP_S": "0.5"}
    with live_site(tmp_path / "data", **fast) as site:
        file_id = site.upload(video)
        png = site.call("POST", "templates/", {"format": "png", "name": "slow"})
        points = [f"{second}.5s" for second in SECONDS]
        spec = {"template": png["definition"], "at": points}
        task = site.call("POST", "tasks/", {"media": file_id, "snapshots": [spec]})
        victim: list[int] = []

        def found_at_work() -> bool:
            victim[:] = busy_workers(site.process.pid)
            return bool(victim)

        assert wait_for(found_at_work)
        os.kill(victim[0], signal.SIGKILL)
        task = site.wait_for_task(task)
        assert task["status"] == "finished"
        (operation,) = task["operations"]
        assert [point["status"] for point in operation["points"]] == ["done"] * len(points)
        snapshots = [point["snapshot"] for point in operation["points"]]
        for second, snapshot in zip(SECONDS, snapshots, strict=True):
            with Image.open(io.BytesIO(site.get(snapshot["url"]))) as image:
                assert numbered.read_number(np.asarray(image)) == 30 * second + 15
        stored = tmp_path / "data" / "pictures" / task["task_id"]
        # The killed worker may leave a part behind, under a name that no picture ever has.
        names = [path.name for path in stored.iterdir() if not path.name.startswith(TEMP_PREFIX)]
        assert sorted(names) == sorted(snapshot["url"].rpartition("/")[2] for snapshot in snapshots)
        assert attempts(site, task["task_id"]) >= 2  # more where a busy machine loses a lease


def busy_workers(root: int) -> list[int]:
    """Workers whose fork server has a child that decodes."""
    servers = [pid for pid in tree_of(root) if "child.serve" in command_of(pid)]
    parents = {pid: server for server in servers for pid in children_of(server)}
    return [
        pid
        for pid in tree_of(root)
        if any(server in children_of(pid) for server in set(parents.values()) - {pid})
        and "django cluster" in command_of(pid)
    ]


def lock_holders(root: int) -> list[int]:
    """Processes that wait inside a pipe of the queue's, holding its lock: an idle worker is one."""
    return [
        pid
        for pid in tree_of(root)
        if "django cluster" in command_of(pid)
        and waits_in(pid).startswith(("pipe_read", "anon_pipe"))
    ]


def attempts(site: LiveSite, task_id: str) -> int:
    code = (
        f"from snapshots.models import Task; print(Task.objects.get(task_id={task_id!r}).attempts)"
    )
    return int(site.run(code))


def test_port_in_use_is_reported_at_once(tmp_path: Path) -> None:
    with live_site(tmp_path) as site:
        port = site.base.rpartition(":")[2]
        with (
            pytest.raises(RuntimeError, match="cannot be listened on"),
            live_site(tmp_path, "--port", port),
        ):
            pass
