"""Rate limits are exact: under concurrency, and over a sliding window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from snapshots.errors import Throttled
from snapshots.models import RateLimitHit
from snapshots.services.security import rate_limits
from snapshots.services.work.sweeper import sweep
from tests.support.concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any) -> None:
    settings.MEDIAHUB_LIMITS = {**settings.MEDIAHUB_LIMITS, "pull": (3, 60.0)}


def taken(who: str = "somebody") -> bool:
    try:
        rate_limits.hit(kind="pull", who=who)
    except Throttled:
        return False
    return True


def test_limit_is_exact() -> None:
    assert [taken() for _ in range(5)] == [True] * 3 + [False] * 2
    assert taken("somebody else")
    assert RateLimitHit.objects.count() == 4  # a refusal is not counted


def test_error_says_when_the_next_is_allowed() -> None:
    for _ in range(3):
        taken()
    ages = [50, 20, 10]
    for row, age in zip(RateLimitHit.objects.order_by("pk"), ages, strict=True):
        RateLimitHit.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(seconds=age))
    with pytest.raises(Throttled) as caught:
        rate_limits.hit(kind="pull", who="somebody")
    assert caught.value.retry_after_s == 10
    RateLimitHit.objects.filter(at__lt=timezone.now() - timedelta(seconds=45)).update(
        at=timezone.now() - timedelta(seconds=61)
    )
    assert taken()


def test_who_is_stored_as_a_hash() -> None:
    taken("my password, typed in the wrong field")
    assert "password" not in RateLimitHit.objects.get().who


def test_old_hits_are_deleted() -> None:
    taken()
    RateLimitHit.objects.update(at=timezone.now() - timedelta(days=2))
    sweep()
    assert not RateLimitHit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_hits_are_counted() -> None:
    assert sorted(at_once(*[taken] * 12)) == [False] * 9 + [True] * 3
