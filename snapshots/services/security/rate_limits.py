"""How often one may do what costs the site, or guess: counted exactly, however many at once."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ...errors import Throttled
from ...messages import message as _
from ...models import RateLimitHit
from ...models.queries.advisory_lock import one_at_a_time

_LONGEST = timedelta(days=1)  # what the settings take


def take(*, kind: str, who: str) -> None:
    """Count one use, or refuse it. Commits, or is part of the caller's transaction.

    `kind` is a key of MEDIAHUB_LIMITS. Raises `Throttled` with the time until the next is free.
    """
    most, seconds = settings.MEDIAHUB_LIMITS[kind]
    now, name = timezone.now(), _hashed(who)
    since = now - timedelta(seconds=seconds)
    with transaction.atomic():
        one_at_a_time(f"limit {kind} {name}")
        used = RateLimitHit.objects.filter(kind=kind, who=name, at__gt=since)
        oldest = used.order_by("-at").values_list("at", flat=True)[most - 1 : most].first()
        if oldest:  # of as many as may be; it must pass before another fits in
            raise _refusal((oldest - since).total_seconds())
        RateLimitHit.objects.create(kind=kind, who=name, at=now)


def forgive(*, kind: str, who: str) -> None:
    """Forget all uses: whoever came in did not guess."""
    RateLimitHit.objects.filter(kind=kind, who=_hashed(who)).delete()


def forget_old() -> int:
    """Drop what counts no longer; how many rows."""
    return RateLimitHit.objects.filter(at__lt=timezone.now() - _LONGEST).delete()[0]


def _refusal(wait_s: float) -> Throttled:
    seconds = max(1, math.ceil(wait_s))
    return Throttled(
        _("Too many requests. Try again in %(seconds)s seconds.", seconds=seconds),
        retry_after_s=seconds,
    )


def _hashed(who: str) -> str:
    """Names that were typed at the login may be passwords: none is kept as it is."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{who}".encode()).hexdigest()
