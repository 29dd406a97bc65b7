"""The cluster as the supervisor sees it: a process group that starts, dies, and is stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from ..models.work.lease import SUPERVISOR, supervisor_name
from ..queue.cluster import DEATHS_FD

log = structlog.get_logger()

_GROUP_GONE_S = 5.0


@dataclass(frozen=True, slots=True)
class Death:
    """A cluster's exit code, and the processes whose death ended it, as far as known."""

    code: int | None
    pids: tuple[int, ...]


class Cluster:
    """Starts and ends the processes of one cluster, in a group of their own.

    Signals to the whole group would hang it, so only its main process is asked to stop; what is
    left is killed.
    """

    def __init__(self, *, workers: int) -> None:
        self.workers = workers
        self.host = socket.gethostname()
        self.supervisor_pid = os.getpid()
        self.name = supervisor_name(self.supervisor_pid)
        self.started = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = -1

    def start(self) -> None:
        self._deaths, write_end = os.pipe()
        os.set_blocking(self._deaths, False)
        own = {
            "MEDIAHUB_WORKERS": str(self.workers),
            SUPERVISOR: self.name,
            DEATHS_FD: str(write_end),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "django", "cluster"],
            env={**os.environ, **own},
            cwd=Path(settings.BASE_DIR),
            start_new_session=True,
            pass_fds=(write_end,),
        )
        os.close(write_end)
        self.started = time.monotonic()
        log.info("cluster started", pid=self._process.pid, workers=self.workers)

    def age_s(self) -> float:
        return time.monotonic() - self.started

    def death(self) -> Death | None:
        """How it ended; `None` while it lives."""
        process = self._running()
        if process.poll() is None:
            return None
        return Death(process.returncode, self._read_pids())

    def stop(self, grace_s: float) -> bool:
        """Ask it to finish work in progress, and wait; whether it ended in that time."""
        process = self._running()
        process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End whatever is left of it, and wait until it is gone."""
        process = self._running()
        with suppress(ProcessLookupError):  # nothing is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + _GROUP_GONE_S
        while _has_group(process.pid) and time.monotonic() < deadline:
            time.sleep(0.01)

    def _read_pids(self) -> tuple[int, ...]:
        try:
            return tuple(map(int, os.read(self._deaths, 4096).split()))
        except BlockingIOError:
            return ()
        finally:
            os.close(self._deaths)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("The cluster was not started.")
        return self._process


def _has_group(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
