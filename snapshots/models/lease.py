"""Work that one worker at a time holds: a lease that expires and a fence that only grows."""

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
MAX_CLAIMS = 12  # beyond these an attempt counts, whoever's fault its end was


SUPERVISOR = "MEDIAHUB_SUPERVISOR"  # whose child a worker is, from its environment


def supervisor_name(pid: int) -> str:
    """By which a supervisor is known on every machine."""
    return f"{socket.gethostname()}:{pid}"


def holder_name(pid: int | None = None) -> str:
    """Who holds what this process claims; with `pid` what another of the same cluster claims."""
    return f"{os.environ.get(SUPERVISOR) or socket.gethostname()}/{pid or os.getpid()}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Proof of holding a row: writes that carry it match nothing once it is taken over."""

    pk: int
    fence: int
    attempts: int


M = TypeVar("M", bound="Leased")


class LeasedQuerySet(models.QuerySet[M], Generic[M]):
    waiting: ClassVar[Q]  # what waits for a worker, when nobody holds it

    def claimable(self, now: datetime) -> Self:
        """Rows nobody holds: waiting, or with an expired lease and tries left."""
        expired = Q(lease_until__lt=now, attempts__lt=MAX_ATTEMPTS)
        return self.filter(Q(self.waiting, lease_until=None) | expired)

    def at_work(self, now: datetime) -> Self:
        """Rows that a worker holds now."""
        return self.filter(lease_until__gte=now)

    def exhausted(self, now: datetime) -> Self:
        """Rows whose last holder vanished and that have no tries left."""
        return self.filter(lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)

    def claim(
        self, *, order: list[str], now: datetime, until: datetime, **changes: Any
    ) -> Claim | None:
        """Take the first claimable row in `order`, or `None` when there is none.

        One conditional UPDATE whose row count is looked at: of two workers that pick the same
        row, one gets it and the other looks again.
        """
        free = self.claimable(now)
        while (row := free.order_by(*order).values("pk", "fence", "attempts").first()) is not None:
            taken = free.filter(pk=row["pk"], fence=row["fence"]).update(
                fence=F("fence") + 1,
                attempts=F("attempts") + 1,
                lease_until=until,
                holder=holder_name(),
                **changes,
            )
            if taken:
                return Claim(row["pk"], row["fence"] + 1, row["attempts"] + 1)
        return None

    def held_by(self, supervisor: str) -> Self:
        """Rows that workers of this supervisor hold, or held when they were killed."""
        return self.filter(lease_until__isnull=False, holder__startswith=f"{supervisor}/")

    def give_back(self, supervisor: str, *, to_blame: Collection[int], **changes: Any) -> int:
        """Free what the workers of a dead cluster held; how many rows.

        An attempt counts for those whose own death it was, `to_blame`, and for work that was
        begun so often that it may itself be what kills clusters.
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
        """The claimed row, for as long as the claim is good; no row after that."""
        return self.filter(pk=claim.pk, fence=claim.fence, lease_until__isnull=False)


class Leased(models.Model):
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    fence = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    holder = models.CharField(max_length=300, blank=True, default="", editable=False)

    class Meta:
        abstract = True
