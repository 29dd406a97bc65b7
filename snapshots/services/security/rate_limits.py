"""Rate limits of expensive operations and of sign-ins, exact under concurrency."""

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
from ...models.queries.advisory_lock import advisory_lock

_MAX_WINDOW = timedelta(days=1)  # the longest that settings allow


def hit(*, kind: str, who: str) -> None:
    """Count one hit. Commits, or is part of the caller's transaction.

    `kind` is a key of MEDIAHUB_LIMITS. Raises `Throttled` with the time until the next is allowed.
    """
    limit, seconds = settings.MEDIAHUB_LIMITS[kind]
    now, name = timezone.now(), _hashed(who)
    since = now - timedelta(seconds=seconds)
    with transaction.atomic():
        advisory_lock(f"limit {kind} {name}")
        hits = RateLimitHit.objects.filter(kind=kind, who=name, at__gt=since)
        oldest = hits.order_by("-at").values_list("at", flat=True)[limit - 1 : limit].first()
        if oldest:  # of as many as are allowed: it must expire first
            raise _throttled((oldest - since).total_seconds())
        RateLimitHit.objects.create(kind=kind, who=name, at=now)


def reset(*, kind: str, who: str) -> None:
    """Delete all hits: a successful sign-in was not a guess."""
    RateLimitHit.objects.filter(kind=kind, who=_hashed(who)).delete()


def delete_old() -> int:
    """Delete hits that no longer count; how many."""
    return RateLimitHit.objects.filter(at__lt=timezone.now() - _MAX_WINDOW).delete()[0]


def _throttled(wait_s: float) -> Throttled:
    seconds = max(1, math.ceil(wait_s))
    return Throttled(
        _("Too many requests. Try again in %(seconds)s seconds.", seconds=seconds),
        retry_after_s=seconds,
    )


def _hashed(who: str) -> str:
    """A hash: names typed at the sign-in may be passwords, and are not stored in plain text."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{who}".encode()).hexdigest()
