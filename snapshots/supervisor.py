"""What `manage.py worker` runs: the cluster as a child, and the sweeper beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections

from .services.sweep import is_stalled, sweep

log = structlog.get_logger()

GRACE_S = 20.0
_BACK_OFF_S = (1, 2, 5, 10, 30)
_STALL_S = 15.0  # work that waits this long with nobody at work: the cluster is stuck
_STEADY_S = 60.0  # a cluster that lived this long is not one that fails at the start


class Supervisor:
    """Keeps a cluster running and sweeps, until SIGTERM or SIGINT."""

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._stopping = threading.Event()
        self._cluster: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._deaths = 0
        self._at_work = 0.0

    def run(self) -> None:
        """Returns when told to stop and the cluster is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._start_cluster()
        next_sweep = 0.0
        while not self._stopping.wait(0.2):
            self._look_after_cluster()
            if time.monotonic() >= next_sweep:
                self._sweep()
                next_sweep = time.monotonic() + settings.MEDIAHUB_SWEEP_S
        self._end_cluster()

    def _stop(self, number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self._stopping.set()

    def _sweep(self) -> None:
        close_old_connections()
        try:
            swept = sweep()
            self._restart_if_stuck(is_stalled())
        except DatabaseError as error:
            log.warning("sweep failed, trying again at the next", error=str(error))
            return
        if swept.failed or swept.rung:
            log.info("swept", failed=swept.failed, rung=swept.rung)

    def _restart_if_stuck(self, stalled: bool) -> None:
        """Of a stuck cluster every process looks alive: only our own rows show that it is.

        A worker killed while it waited for a ring takes the queue's lock along, for one.
        """
        now = time.monotonic()
        if not stalled:
            self._at_work = now
        elif now - max(self._at_work, self._started) > _STALL_S:
            log.error("cluster is stuck and is restarted", waited_s=_STALL_S)
            self._kill_group()

    def _start_cluster(self) -> None:
        # A group of its own: signals to the whole group hang the cluster, so only its main
        # process is ever told to stop, by us.
        self._cluster = subprocess.Popen(
            [sys.executable, "-m", "django", "qcluster"],
            env={**os.environ, "MEDIAHUB_WORKERS": str(self._workers)},
            cwd=Path(settings.BASE_DIR),
            start_new_session=True,
        )
        self._started = time.monotonic()
        log.info("cluster started", pid=self._cluster.pid, workers=self._workers)

    def _look_after_cluster(self) -> None:
        assert self._cluster is not None  # noqa: S101  run() has started it
        if self._cluster.poll() is None:
            return
        steady = time.monotonic() - self._started > _STEADY_S
        self._deaths = 0 if steady else self._deaths + 1
        pause = _BACK_OFF_S[min(self._deaths, len(_BACK_OFF_S) - 1)]
        log.error("cluster died", code=self._cluster.returncode, restart_in_s=pause)
        self._kill_group()
        if not self._stopping.wait(pause):
            self._start_cluster()

    def _end_cluster(self) -> None:
        assert self._cluster is not None  # noqa: S101  run() has started it
        self._cluster.terminate()
        try:
            self._cluster.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            log.warning("cluster did not stop in time and is killed", grace_s=GRACE_S)
        self._kill_group()
        self._cluster.wait()

    def _kill_group(self) -> None:
        """Whatever is left of the cluster. Work under way is taken up when its lease ends."""
        assert self._cluster is not None  # noqa: S101  run() has started it
        try:
            os.killpg(self._cluster.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
