"""What django-q calls: dotted names of a few lines."""

from __future__ import annotations

from . import queue
from .services import heartbeats, pipeline
from .services.sweep import is_work_waiting


def answer() -> None:
    """Answer the doorbell: probe one media, run one task, and ring again if more is waiting.

    Takes nothing it must trust and can run any number of times: what to do is claimed from our
    own rows.
    """
    pipeline.probe_next()
    pipeline.run_next()
    if is_work_waiting():
        queue.ring()


def sing() -> None:
    """Answer a canary: the queue turns."""
    heartbeats.sing()
