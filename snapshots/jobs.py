"""The jobs that django-q runs, by dotted name."""

from __future__ import annotations

import time

from . import queue
from .services.ops import heartbeats
from .services.work import pipeline
from .services.work.sweeper import is_work_waiting

_BATCH_S = 1.0  # a wake-up costs as much as a small task: continue while there is more


def run_waiting() -> None:
    """Probe media and run tasks in turns while some wait, for a second.

    What was started is finished; if more waits then, another worker is woken. Takes no arguments
    that it must trust and can run any number of times: the work is claimed from our own rows.
    """
    until = time.monotonic() + _BATCH_S
    while _run_one():
        if time.monotonic() >= until:
            if is_work_waiting():
                queue.wake_worker()
            return


def _run_one() -> bool:
    """Probe one media item and run one task; whether there was either."""
    probed = pipeline.probe_next()
    return pipeline.run_next() or probed


def canary() -> None:
    """Record that the queue is being worked through."""
    heartbeats.record_canary()
