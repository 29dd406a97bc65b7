"""Leases: work held by one worker at a time, with an expiry and a fencing token."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.db.models import F, Q

MAX_ATTEMPTS = 3
MAX_CLAIMS = 12  # beyond these every attempt counts, whatever ended it


SUPERVISOR = "MEDIAHUB_SUPERVISOR"  # environment variable that names a worker's supervisor


def supervisor_name(pid: int) -> str:
    """Name of a supervisor, unique across hosts."""
    return f"{socket.gethostname()}:{pid}"


def holder_name(pid: int | None = None) -> str:
    """Holder of this process's claims; with `pid`, of another process of the same cluster."""
    return f"{os.environ.get(SUPERVISOR) or socket.gethostname()}/{pid or os.getpid()}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Proof of holding a row: writes conditional on it match nothing once it is taken over."""

    pk: int
    fence: int
    attempts: int


M = TypeVar("M", bound="Leased")


class LeasedQuerySet(models.QuerySet[M], Generic[M]):
    waiting: ClassVar[Q]  # rows that wait for a worker, when nobody holds them
    holdable: ClassVar[Q]  # rows that can be held: few of many, with an index of their own

    def claimable(self, now: datetime) -> Self:
        """Rows nobody holds: waiting, or with an expired lease and attempts left."""
        return self.filter(self._free() | self._expired(now))

    def at_work(self, now: datetime) -> Self:
        """Rows that a worker holds now."""
        return self.filter(self.holdable, lease_until__gte=now)

    def exhausted(self, now: datetime) -> Self:
        """Rows whose lease has expired and that have no attempts left."""
        return self.filter(self.holdable, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)

    def _free(self) -> Q:
        return Q(self.waiting, lease_until=None)

    def _expired(self, now: datetime) -> Q:
        return Q(self.holdable, lease_until__lt=now, attempts__lt=MAX_ATTEMPTS)

    def claim(
        self, *, order: list[str], now: datetime, until: datetime, **changes: Any
    ) -> Claim | None:
        """Claim the first claimable row in `order`; `None` when there is none.

        One conditional UPDATE whose row count is checked: of two workers that pick the same row,
        one gets it and the other picks again.
        """
        while (row := self._best(order, now)) is not None:
            taken = (
                self.claimable(now)
                .filter(pk=row["pk"], fence=row["fence"])
                .update(
                    fence=F("fence") + 1,
                    attempts=F("attempts") + 1,
                    lease_until=until,
                    holder=holder_name(),
                    **changes,
                )
            )
            if taken:
                return Claim(row["pk"], row["fence"] + 1, row["attempts"] + 1)
        return None

    def _best(self, order: list[str], now: datetime) -> dict[str, Any] | None:
        """The first of waiting and of expired rows, each found by an index of its own."""
        fields = [word.removeprefix("-") for word in order]
        candidates = (self.filter(self._free()), self.filter(self._expired(now)))
        found = (
            rows.order_by(*order).values("pk", "fence", "attempts", *fields) for rows in candidates
        )

        def sort_key(row: dict[str, Any]) -> list[Any]:
            return [-row[word[1:]] if word.startswith("-") else row[word] for word in order]

        return min((row for rows in found if (row := rows.first())), key=sort_key, default=None)

    def held_by(self, supervisor: str) -> Self:
        """Rows that workers of this supervisor hold, or held when they were killed."""
        held = self.filter(self.holdable, lease_until__isnull=False)
        return held.filter(holder__startswith=f"{supervisor}/")

    def give_back(self, supervisor: str, *, to_blame: Collection[int], **changes: Any) -> int:
        """Release the rows that a dead cluster's workers held; how many.

        The attempt counts for the processes in `to_blame`, which died themselves, and for work
        claimed so often that it may itself be what kills clusters.
        """
        guilty = [f"{supervisor}/{pid}" for pid in to_blame]
        rows = self.held_by(supervisor)
        counted = Q(holder__in=guilty) | Q(fence__gte=MAX_CLAIMS)
        freed = rows.exclude(counted).update(
            attempts=F("attempts") - 1, lease_until=None, **changes
        )
        left = rows.filter(attempts__lt=MAX_ATTEMPTS).update(lease_until=None, **changes)
        return freed + left

    def held(self, claim: Claim) -> Self:
        """The claimed row while the claim is valid; no row after that."""
        return self.filter(pk=claim.pk, fence=claim.fence, lease_until__isnull=False)


class Leased(models.Model):
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    fence = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    holder = models.CharField(max_length=300, blank=True, default="", editable=False)

    class Meta:
        abstract = True
