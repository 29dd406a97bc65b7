"""What django-q calls: dotted names of a few lines."""

from __future__ import annotations

import time

from . import queue
from .services.ops import heartbeats
from .services.work import pipeline
from .services.work.sweeper import is_work_waiting

_STAY_S = 1.0  # a ring costs as much as a small task: stay while there is more


def answer() -> None:
    """Answer the doorbell: probe media and run tasks in turns while some wait, for a second.

    What is begun is ended; if more is waiting then, it rings again. Takes nothing it must trust
    and can run any number of times: what to do is claimed from our own rows.
    """
    until = time.monotonic() + _STAY_S
    while _work():
        if time.monotonic() >= until:
            if is_work_waiting():
                queue.ring()
            return


def _work() -> bool:
    """One media and one task; whether there was either."""
    probed = pipeline.probe_next()
    return pipeline.run_next() or probed


def sing() -> None:
    """Answer a canary: the queue turns."""
    heartbeats.sing()
