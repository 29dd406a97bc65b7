"""R2, control: the stock cluster does fail when an idle worker is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import (
    ROOT,
    children_of,
    command_of,
    manage,
    tree_of,
    wait_for,
    waits_in,
)

pytestmark = pytest.mark.timeout(300)


@contextmanager
def stock_cluster(data: Path) -> Iterator[int]:
    """django-q's own cluster on a site's queue; its main process."""
    env = {
        **os.environ,
        "MEDIAHUB_DATA": str(data),
        "MEDIAHUB_WORKERS": "2",
        "DJANGO_SETTINGS_MODULE": "mediahub.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "qcluster"], cwd=ROOT, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def enqueue(data: Path, folder: Path) -> None:
    """A job that makes a folder."""
    code = f"from django_q.tasks import async_task; async_task('os.mkdir', {str(folder)!r})"
    done = manage(data, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr


def lock_holder(main: int) -> int:
    """The idle worker that waits in the queue's pipe: the first of the sentinel's children."""
    found: list[int] = []

    def is_there() -> bool:
        found[:] = [
            pid
            for sentinel in children_of(main)
            for pid in sorted(children_of(sentinel))[:2]
            if waits_in(pid).startswith(("pipe_read", "anon_pipe"))
        ]
        return bool(found)

    assert wait_for(is_there, 20), [command_of(pid) for pid in tree_of(main)]
    return found[0]


def test_r2_a_stock_cluster_never_runs_another_job(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert manage(data, "migrate", "--verbosity", "0").returncode == 0
    with stock_cluster(data) as main:
        enqueue(data, tmp_path / "before")
        assert wait_for((tmp_path / "before").is_dir, 30)
        os.kill(lock_holder(main), signal.SIGKILL)
        time.sleep(2)  # it starts another worker, and every process looks alive
        enqueue(data, tmp_path / "after")
        assert not wait_for((tmp_path / "after").is_dir, 20)
