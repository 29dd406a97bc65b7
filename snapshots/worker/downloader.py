"""The downloader: threads beside the cluster that fetch videos by their address.

They wait for others most of the time, so they take no worker that could decode meanwhile.
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

_LOOK_S = 0.5  # between two looks for videos that are due


class Downloader:
    """Fetches what is due, from `start` until `stop`, some videos at once."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._lanes = [
            threading.Thread(target=self._run, name=f"download-{n}", daemon=True)
            for n in range(settings.MEDIAHUB_PULLS)
        ]

    def start(self) -> None:
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Begin nothing new and break off what is begun. Returns at once."""
        self._stopping.set()

    def join(self, grace_s: float) -> None:
        """Wait until all is broken off; what waits longer for its block is gone on with later."""
        deadline = time.monotonic() + grace_s
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_LOOK_S):
                close_old_connections()
                try:
                    self._get_all()
                except DatabaseError as error:
                    log.warning("no look for due pulls, trying again", error=str(error))
                except Exception:
                    # Whatever one video does, the others come; its task ends after three tries
                    log.exception("a pull ended as none should")
        finally:
            connections.close_all()

    def _get_all(self) -> None:
        while not self._stopping.is_set():
            if not downloading.run_next(is_stopping=self._stopping.is_set):
                return
