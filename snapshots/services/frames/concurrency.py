"""A concurrency limit of previews: a few run at once, a few wait briefly, the rest are refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from ...errors import Busy
from ...messages import message as _

_MAX_WAITING = 4  # waiting requests hold threads of the web server, which has others to serve
_WAIT_S = 2.0


class ConcurrencyLimit:
    """Lets MEDIAHUB_PREVIEWS in at once; further ones wait for `_WAIT_S` at most."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._waiting = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the slots. Raises `Busy`."""
        with self._changed:
            if not self._has_slot() and not self._wait():
                raise Busy(
                    "unavailable", _("Too many previews are being made. Try again in a moment.")
                )
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()

    def _has_slot(self) -> bool:
        return bool(self._running < settings.MEDIAHUB_PREVIEWS)

    def _wait(self) -> bool:
        if self._waiting >= _MAX_WAITING:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(self._has_slot, _WAIT_S)
        finally:
            self._waiting -= 1


previews = ConcurrencyLimit()
