"""django-q's cluster, made to fail fast: what it cannot survive ends all of it, for a restart.

A worker killed while it waits for a wake-up keeps the queue's lock, and a dead monitor its results:
the stock sentinel replaces the process, and all look alive while no job runs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from types import FrameType
from typing import Any

import structlog
from django_q.cluster import Sentinel

from ..models.work.lease import SUPERVISOR, supervisor_name
from ..parent_death import die_with_parent

log = structlog.get_logger()

DEATHS_FD = "MEDIAHUB_DEATHS_FD"  # where the sentinel reports which process died
ABNORMAL = 70  # EX_SOFTWARE of sysexits.h
_POLL_S = 0.1


class FailFastSentinel(Sentinel):  # type: ignore[misc]  # the library is untyped
    """Ends itself and every process of the cluster when one of them exits abnormally."""

    def reincarnate(self, process: Any) -> None:
        if process.exitcode:  # neither 0, recycled or done, nor None, still there but too slow
            log.error("a process of the cluster died", pid=process.pid, code=process.exitcode)
            _report(process.pid)
            os._exit(ABNORMAL)  # its children go with it
        super().reincarnate(process)


class _Stop:
    """Records a stop signal. The stock cluster sets an event in its handler, and can hang there."""

    def __init__(self) -> None:
        self.is_wanted = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _: int, __: FrameType | None) -> None:
        self.is_wanted = True


def run_cluster() -> int:
    """Run a cluster until SIGTERM, finishing work in progress, or until it fails; its exit code.

    It ends with the supervisor that started it, if one did.
    """
    if SUPERVISOR in os.environ:
        die_with_parent()
        if os.environ[SUPERVISOR] != supervisor_name(os.getppid()):
            return ABNORMAL  # it was gone before the kernel was asked to tell
    stop = _Stop()
    os.register_at_fork(after_in_child=die_with_parent)
    context = multiprocessing.get_context("fork")
    stop_event, start_event = context.Event(), context.Event()
    sentinel = context.Process(
        target=FailFastSentinel, args=(stop_event, start_event, uuid.uuid4()), name="sentinel"
    )
    sentinel.start()
    while sentinel.is_alive():
        if stop.is_wanted and start_event.is_set():
            stop_event.set()
        sentinel.join(_POLL_S)
    return sentinel.exitcode or 0


def _report(pid: int) -> None:
    """Report the dead process to the supervisor."""
    if DEATHS_FD in os.environ:
        os.write(int(os.environ[DEATHS_FD]), f"{pid}\n".encode())
