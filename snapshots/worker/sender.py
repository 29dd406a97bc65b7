"""The sender of pushed events: threads beside the cluster, so that no receiver holds up a worker.

Each address has lanes of its own. Those of an address that is no longer the one end by
themselves; meanwhile the new address has its lanes already.
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
from ..services.events.deliveries import Claim

log = structlog.get_logger()

LANES = 4  # events sent at once
_LOOK_S = 0.25  # between two looks for events that are due
_AGAIN_S = 0.5  # until what could not be written down is tried again


@dataclass
class _Road:
    """One address, and the threads that send to it."""

    url: str
    lanes: list[threading.Thread] = field(default_factory=list)


class Sender:
    """Sends what is due, from `start` until `stop`."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._road: _Road | None = None
        self._left: list[threading.Thread] = []  # lanes of roads that are no longer taken
        self._watch = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        """Send nothing new. Returns at once: signal handlers may call it."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for what is being sent, as long as one try may last; what is cut off comes again."""
        deadline = time.monotonic() + settings.MEDIAHUB_CALLBACK_S
        self._watch.join(max(0.0, deadline - time.monotonic()))
        for lane in self._lanes():
            lane.join(max(0.0, deadline - time.monotonic()))

    def _lanes(self) -> list[threading.Thread]:
        return [*self._left, *(self._road.lanes if self._road else ())]

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_LOOK_S):
                close_old_connections()
                try:
                    self._look()
                except DatabaseError as error:
                    log.warning("no look for due events, trying again", error=str(error))
        finally:
            connections.close_all()

    def _look(self) -> None:
        """Open as many lanes as there are events due, up to the most."""
        url = deliveries.address()
        if self._road is None or self._road.url != url:
            self._left = [lane for lane in self._lanes() if lane.is_alive()]
            self._road = _Road(url) if url else None
        if self._road is None:
            return
        self._road.lanes = [lane for lane in self._road.lanes if lane.is_alive()]
        free = LANES - len(self._road.lanes)
        for _ in range(deliveries.due(most=free) if free else 0):
            lane = threading.Thread(target=self._send_all, args=(self._road.url,), daemon=True)
            self._road.lanes.append(lane)
            lane.start()

    def _send_all(self, url: str) -> None:
        """One lane: event by event, until none is due or they go elsewhere."""
        try:
            while not self._stopping.is_set() and (claim := deliveries.claim_next(url=url)):
                self._send(claim)
        except DatabaseError as error:
            log.warning("an event is sent again later", error=str(error))
        finally:
            connections.close_all()

    def _send(self, claim: Claim) -> None:
        tried = deliveries.send(claim=claim)
        while True:
            try:
                kept = deliveries.record(claim=claim, tried=tried)
                break
            except DatabaseError:
                # Not written down, it would be sent twice: worth waiting for the database
                connections.close_all()
                if timezone.now() > claim.until:
                    raise
                time.sleep(_AGAIN_S)
        if not tried.arrived or not kept:
            log.info(
                "event not delivered" if kept else "event was sent too late to be written down",
                event_id=claim.event.pk, status=tried.status, code=tried.error_code,
            )  # fmt: skip
