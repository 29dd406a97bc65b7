"""Webhook delivery: events claimed with a lease, sent outside any transaction, attempts recorded.

At least once: an event is sent again when its sender died before recording the attempt, and never
by two senders at the same time.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ... import fault_injection
from ...errors import Conflict
from ...messages import message as _
from ...models import Event, EventConfig
from . import attempts
from . import config as event_config
from .attempts import Attempt

JITTER = 0.1
_CANDIDATES = 16  # due events among which a sender looks for one that is not claimed


@dataclass(frozen=True, slots=True)
class DeliveryClaim:
    """An event claimed until `until`, and the configuration it is sent by."""

    event: Event
    config: EventConfig
    until: datetime


# --- One attempt ---------------------------------------------------------------------------------


def address() -> str | None:
    """The address that events are pushed to; `None` while they are not pushed."""
    config = event_config.current()
    return config.url if event_config.is_open(config) else None


def due(*, limit: int) -> int:
    """Number of events that are due now, counted up to `limit`."""
    return _due(timezone.now())[:limit].count()


def claim_next(*, url: str) -> DeliveryClaim | None:
    """Claim the event that is due longest. `None` if there is none, or if `url` was replaced.

    Commits. Nobody else gets it before `until`: three times what an attempt may last.
    """
    config, now = event_config.current(), timezone.now()
    if not event_config.is_open(config) or config.url != url:
        return None
    until = now + timedelta(seconds=3 * settings.MEDIAHUB_CALLBACK_S)
    first = _due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:_CANDIDATES]
    for pk in list(first):
        if _due(now).filter(pk=pk).update(sending_until=until):
            return DeliveryClaim(Event.objects.get(pk=pk), config, until)
    return None


def send(*, claim: DeliveryClaim) -> Attempt:
    """Post the event. Call outside any transaction; ends before the claim does."""
    left_s = (claim.until - timezone.now()).total_seconds()
    attempt = attempts.post(claim.event, claim.config, min(settings.MEDIAHUB_CALLBACK_S, left_s))
    fault_injection.point("after_post")
    return attempt


@transaction.atomic
def record(*, claim: DeliveryClaim, attempt: Attempt) -> bool:
    """Record the attempt and schedule the next; `False` when the claim expired before.

    2xx: delivered. 410: given up, and nothing more is pushed until somebody saves the event
    configuration. Else it is sent again after the next of MEDIAHUB_CALLBACK_WAITS, or later where
    the receiver asks for that; after the last, given up. What failed at a replaced address is due
    at once.
    """
    now, event = timezone.now(), claim.event
    held = Event.objects.filter(pk=event.pk, sending_until=claim.until)
    config = event_config.current()
    if not held.update(sending_until=None, **_next_state(claim, attempt, config, now)):
        return False
    attempts.record(event, claim.config.url, attempt)
    if attempt.status == HTTPStatus.GONE:
        EventConfig.objects.filter(url=claim.config.url).update(stopped_at=now)
    return True


def _next_state(
    claim: DeliveryClaim, attempt: Attempt, config: EventConfig, now: datetime
) -> dict[str, Any]:
    """New values of the event's row after an attempt."""
    tries, waits = claim.event.tries + 1, settings.MEDIAHUB_CALLBACK_WAITS
    if attempt.arrived:
        return {"tries": tries, "due_at": None, "delivered_at": now}
    if config.url != claim.config.url:
        return {"due_at": now}
    if attempt.status == HTTPStatus.GONE or tries >= len(waits):
        return {"tries": tries, "due_at": None, "given_up_at": now}
    wait_s = waits[tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    wait = timedelta(seconds=max(wait_s, attempt.retry_after_s))
    return {"tries": tries, "due_at": now + wait}


# --- By hand -------------------------------------------------------------------------------------


def resend(*, event: Event) -> None:
    """Send a pushed event again, at once and with all attempts ahead. Commits.

    Raises `Conflict`: `not_pushed` for an event to be pulled, `not_pushing` while nothing is
    pushed, `being_sent`.
    """
    if event.mode != Event.Mode.PUSH:
        raise Conflict("not_pushed", _("This event is delivered by pull."))
    if address() is None:
        raise Conflict(
            "not_pushing",
            _("Events are not pushed now: set an address in the event configuration."),
        )
    now = timezone.now()
    free = Event.objects.filter(_is_free(now), pk=event.pk)
    if not free.update(due_at=now, tries=0, delivered_at=None, given_up_at=None):
        raise Conflict("being_sent", _("This event is being sent right now."), retry_after_s=10)


def send_test() -> tuple[Event, Attempt]:
    """Push a test event once; the event and its attempt. Commits.

    It reports the deletion of media that never existed, which a receiver can always ignore. Raises
    `Conflict` (`no_url`).
    """
    config = event_config.current()
    if not config.url:
        raise Conflict("no_url", _("First set the address that events are pushed to."))
    name = f"test-{secrets.token_hex(8)}"
    event = Event.objects.create(
        kind=Event.Kind.MEDIA_DELETED, subject=name, sequence=1, mode=Event.Mode.PUSH,
        payload={"media": {"file_id": name}, "task": None},
    )  # fmt: skip
    attempt = attempts.post(event, config, settings.MEDIAHUB_CALLBACK_S)
    with transaction.atomic():
        outcome = "delivered_at" if attempt.arrived else "given_up_at"
        Event.objects.filter(pk=event.pk).update(tries=1, **{outcome: timezone.now()})
        attempts.record(event, config.url, attempt)
    return event, attempt


# --- Inside --------------------------------------------------------------------------------------


def _is_free(now: datetime) -> Q:
    return Q(sending_until=None) | Q(sending_until__lt=now)


def _due(now: datetime) -> QuerySet[Event]:
    return Event.objects.filter(_is_free(now), due_at__lte=now)
