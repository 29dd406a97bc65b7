"""Lease keeping: extends leases while work goes on."""

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
_JOIN_S = 5.0


class PeriodicExtension:
    """Calls `extend` at most once a second, however often it is called itself."""

    def __init__(self, extend: Callable[[], None]) -> None:
        self._extend = extend
        self._next = time.monotonic() + _EVERY_S

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._extend()
            self._next = time.monotonic() + _EVERY_S


@contextmanager
def extending_lease(extend: Callable[[], None]) -> Iterator[None]:
    """Call `extend` regularly on a thread of its own while the block runs.

    A lost lease raises nothing here: the worker notices it when it writes.
    """
    done = threading.Event()

    def keep_extending() -> None:
        try:
            while not done.wait(settings.MEDIAHUB_LEASE_S / 3):
                try:
                    extend()
                except DatabaseError as error:  # it may answer before the lease expires
                    log.warning("a lease could not be extended", error=str(error))
        except LeaseLost:
            return
        finally:
            connections.close_all()

    thread = threading.Thread(target=keep_extending, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(_JOIN_S)
