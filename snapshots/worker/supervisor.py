"""The supervisor: runs cluster, webhook sender, downloader and sweeper until it is stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from .. import queue
from ..errors import Busy
from ..services import tasks
from ..services.library import probing
from ..services.ops import heartbeats
from ..services.work.orphaned_files import sweep_files
from ..services.work.sweeper import is_stalled, sweep
from .cluster import Cluster, Death
from .downloader import Downloader
from .sender import WebhookSender

log = structlog.get_logger()

FILES_S = 3600.0
_CANARY_TIMEOUT_S = 15.0
_BACK_OFF_S = (0.5, 0.5, 0.5, 1, 2, 5, 10)  # a few deaths are chance, more have a cause
_DOWNLOADS_END_S = 3.0  # a block arrives, or its wait ends with the process
_STALL_S = 15.0  # work waits this long and no worker is busy: the cluster is stuck
_STEADY_S = 30.0  # a cluster that lived this long does not fail at start-up


class Supervisor:
    """Keeps a cluster running and sweeps, until SIGTERM or SIGINT."""

    def __init__(self, *, workers: int) -> None:
        self._stopping = threading.Event()
        self._cluster = Cluster(workers=workers)
        self._sender = WebhookSender()
        self._downloader = Downloader()
        self._deaths = 0
        self._at_work = 0.0
        self._canary_at = 0.0
        self._next_canary = time.monotonic() + settings.MEDIAHUB_CANARY_S

    def run(self) -> None:
        """Returns after SIGTERM or SIGINT, when the cluster is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._cluster.start()
        self._sender.start()
        self._downloader.start()
        next_sweep = 0.0
        next_files = time.monotonic() + FILES_S
        while not self._stopping.wait(0.2):
            self._restart_if_dead()
            if time.monotonic() >= next_sweep:
                self._guarded(self._sweep)
                next_sweep = time.monotonic() + settings.MEDIAHUB_SWEEP_S
            if time.monotonic() >= next_files:
                self._guarded(self._sweep_files)
                next_files = time.monotonic() + FILES_S
        self._end()

    def _stop(self, number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self._stopping.set()
        self._sender.stop()
        self._downloader.stop()

    def _guarded(self, work: Callable[[], object]) -> None:
        """Run `work`; if the database does not answer, the next round runs it again."""
        close_old_connections()
        try:
            work()
        except DatabaseError as error:
            log.warning("the database did not answer, trying again soon", error=str(error))

    def _sweep_files(self) -> None:
        try:
            sweep_files()
        except (OSError, Busy) as error:
            log.warning("orphaned files could not be listed", error=str(error))

    def _sweep(self) -> None:
        cluster = self._cluster
        heartbeats.beat(host=cluster.host, pid=cluster.supervisor_pid, workers=cluster.workers)
        swept = sweep()
        if swept.failed or swept.woken or swept.dropped:
            log.info("swept", failed=swept.failed, woken=swept.woken, dropped=swept.dropped)
        self._restart_if_stuck()
        self._check_canary()

    # --- The cluster -----------------------------------------------------------------------------

    def _restart_if_dead(self) -> None:
        death = self._cluster.death()
        if death is None:
            return
        steady = self._cluster.age_s() > _STEADY_S
        self._deaths = 0 if steady else self._deaths + 1
        pause = _BACK_OFF_S[min(self._deaths, len(_BACK_OFF_S) - 1)]
        log.error("cluster died", code=death.code, of=death.pids, restart_in_s=pause)
        self._cluster.kill()
        self._guarded(lambda: self._give_back(death))
        if not self._stopping.wait(pause):
            self._cluster.start()
            self._next_canary = time.monotonic() + settings.MEDIAHUB_CANARY_S

    def _give_back(self, death: Death) -> None:
        """Release the dead cluster's work at once; only its dead workers' attempts count."""
        name = self._cluster.name
        freed = tasks.give_back(supervisor=name, to_blame=death.pids)
        freed += probing.give_back(supervisor=name, to_blame=death.pids)
        if freed:
            log.info("work was given back", rows=freed)
            queue.wake_worker()

    def _restart_if_stuck(self) -> None:
        """Restart a stuck cluster: its processes look alive, and only our own rows show it."""
        now = time.monotonic()
        if not is_stalled():
            self._at_work = now
        elif now - max(self._at_work, self._cluster.started) > _STALL_S:
            log.error("cluster is stuck and is restarted", waited_s=_STALL_S)
            self._cluster.kill()

    def _check_canary(self) -> None:
        """Send a canary each MEDIAHUB_CANARY_S; if no worker anywhere runs it, restart the cluster.

        Not while all workers here are busy: then it may have to wait for its turn.
        """
        now = time.monotonic()
        if self._canary_at and now - self._canary_at > _CANARY_TIMEOUT_S:
            sent = timezone.now() - timedelta(seconds=now - self._canary_at)
            self._canary_at = 0.0
            is_busy = tasks.held(supervisor=self._cluster.name) >= self._cluster.workers
            if not is_busy and not heartbeats.canary_answered_since(sent):
                log.error("no worker ran a canary, the cluster is restarted")
                self._cluster.kill()
        elif not self._canary_at and now >= self._next_canary:
            self._canary_at, self._next_canary = now, now + settings.MEDIAHUB_CANARY_S
            queue.canary()

    def _end(self) -> None:
        if not self._cluster.stop(settings.MEDIAHUB_GRACE_S):
            log.warning("cluster did not stop in time and is killed")
        self._cluster.kill()
        self._sender.join()
        self._downloader.join(_DOWNLOADS_END_S)
        self._guarded(lambda: self._give_back(Death(None, ())))
        self._guarded(tasks.give_back_pulls)
        cluster = self._cluster
        self._guarded(lambda: heartbeats.end(host=cluster.host, pid=cluster.supervisor_pid))
