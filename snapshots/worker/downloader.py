"""The downloader: threads beside the cluster that fetch videos by URL.

They mostly wait for other servers, so they occupy no worker that could decode meanwhile.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from ..services.work import downloading

log = structlog.get_logger()

_POLL_S = 0.5  # between two checks for due videos


class Downloader:
    """Fetches due videos, `MEDIAHUB_PULLS` at once, from `start` until `stop`."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"download-{n}", daemon=True)
            for n in range(settings.MEDIAHUB_PULLS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Start nothing new and interrupt what has begun. Returns at once."""
        self._stopping.set()

    def join(self, grace_s: float) -> None:
        """Wait until all are interrupted; what still waits for a block is resumed later."""
        deadline = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_POLL_S):
                close_old_connections()
                try:
                    self._get_all()
                except DatabaseError as error:
                    log.warning("due pulls could not be read, trying again", error=str(error))
                except Exception:
                    # One bad video must not stop the others; its task ends after three attempts
                    log.exception("unexpected error in a pull")
        finally:
            connections.close_all()

    def _get_all(self) -> None:
        while not self._stopping.is_set():
            if not downloading.run_next(is_stopping=self._stopping.is_set):
                return
