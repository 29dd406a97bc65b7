"""Holding on to a claim while something takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from ...errors import LeaseLost

log = structlog.get_logger()

_EVERY_S = 1.0
_HOLDER_ENDS_S = 5.0


class NowAndThen:
    """Calls `extend` when a second has passed since the last time, however often it is called."""

    def __init__(self, extend: Callable[[], None]) -> None:
        self._extend = extend
        self._next = time.monotonic() + _EVERY_S

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._extend()
            self._next = time.monotonic() + _EVERY_S


@contextmanager
def kept(extend: Callable[[], None]) -> Iterator[None]:
    """Call `extend` on a thread of its own meanwhile, however long the other side says nothing.

    A lost lease is not told here: whoever works sees it when it writes.
    """
    done = threading.Event()

    def hold() -> None:
        try:
            while not done.wait(settings.MEDIAHUB_LEASE_S / 3):
                try:
                    extend()
                except DatabaseError as error:  # it may answer before the lease is over
                    log.warning("a claim could not be held on to", error=str(error))
        except LeaseLost:
            return
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    try:
        yield
    finally:
        done.set()
        holder.join(_HOLDER_ENDS_S)
