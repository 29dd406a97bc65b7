"""The webhook sender: threads beside the cluster, so that no receiver holds up a worker.

Each address has threads of its own. Those of a replaced address end by themselves, while the new
one has its threads already.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from ..services.events import deliveries
from ..services.events.deliveries import DeliveryClaim

log = structlog.get_logger()

MAX_THREADS = 4  # events sent at once
_POLL_S = 0.25  # between two checks for due events
_RETRY_S = 0.5  # before an attempt that could not be recorded is tried again


@dataclass
class _Destination:
    """One address, and the threads that send to it."""

    url: str
    threads: list[threading.Thread] = field(default_factory=list)


class WebhookSender:
    """Sends due events, from `start` until `stop`."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._destination: _Destination | None = None
        self._retired: list[threading.Thread] = []  # threads of former addresses
        self._starter = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        self._starter.start()

    def stop(self) -> None:
        """Send nothing new. Returns at once: signal handlers may call it."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for attempts in progress, as long as one may last; interrupted ones are repeated."""
        deadline = time.monotonic() + settings.MEDIAHUB_CALLBACK_S
        self._starter.join(max(0.0, deadline - time.monotonic()))
        for thread in self._threads():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _threads(self) -> list[threading.Thread]:
        return [*self._retired, *(self._destination.threads if self._destination else ())]

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_POLL_S):
                close_old_connections()
                try:
                    self._start_threads()
                except DatabaseError as error:
                    log.warning("due events could not be read, trying again", error=str(error))
        finally:
            connections.close_all()

    def _start_threads(self) -> None:
        """Start a thread for each due event, up to `MAX_THREADS` in all."""
        url = deliveries.address()
        if self._destination is None or self._destination.url != url:
            self._retired = [thread for thread in self._threads() if thread.is_alive()]
            self._destination = _Destination(url) if url else None
        if self._destination is None:
            return
        threads = [thread for thread in self._destination.threads if thread.is_alive()]
        free = MAX_THREADS - len(threads)
        for _ in range(deliveries.due(limit=free) if free else 0):
            thread = threading.Thread(target=self._send_due, args=(url,), daemon=True)
            threads.append(thread)
            thread.start()
        self._destination.threads = threads

    def _send_due(self, url: str) -> None:
        """Send one event after another, until none is due or the address has changed."""
        try:
            while not self._stopping.is_set() and (claim := deliveries.claim_next(url=url)):
                self._send(claim)
        except DatabaseError as error:
            log.warning("an event is sent again later", error=str(error))
        finally:
            connections.close_all()

    def _send(self, claim: DeliveryClaim) -> None:
        attempt = deliveries.send(claim=claim)
        while True:
            try:
                recorded = deliveries.record(claim=claim, attempt=attempt)
                break
            except DatabaseError:
                # Unrecorded, it would be sent twice: worth waiting for the database
                connections.close_all()
                if timezone.now() > claim.until:
                    raise
                time.sleep(_RETRY_S)
        if not attempt.arrived or not recorded:
            log.info(
                "event not delivered" if recorded else "attempt ended too late to be recorded",
                event_id=claim.event.pk, status=attempt.status, code=attempt.error_code,
            )  # fmt: skip
