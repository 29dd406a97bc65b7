"""Calls that run at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Result = TypeVar("Result")


def at_once(*runs: Callable[[], Result]) -> list[Result]:
    """What each returns: each in a thread and with a connection of its own, started together.

    Raises what the first of them raised, once all have ended.
    """
    start = threading.Barrier(len(runs), timeout=10)

    def one(run: Callable[[], Result]) -> Result:
        try:
            start.wait()
            return run()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(one, runs))
