"""Pushing events: claimed with a lease, sent outside any transaction, each try written down.

At least once: an event is sent again when whoever sent it vanished before writing down how it
went, and never by two at the same time.
"""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from ... import fault_injection, outbound
from ...errors import Conflict
from ...messages import NO_MESSAGE, Message
from ...messages import message as _
from ...models import Delivery, Event, EventConfig
from . import config as event_config
from .webhook_message import Unsendable, seal

JITTER = 0.1
LATEST = timedelta(hours=24)  # that a receiver may put off the next try
_LOOKED_AT = 16  # due events among which a sender finds one that nobody else takes


@dataclass(frozen=True, slots=True)
class Claim:
    """An event that is ours to send until `until`, to where events go now."""

    event: Event
    config: EventConfig
    until: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """How one try went: an answer's status, or the error that came in its place."""

    duration_ms: int
    status: int | None = None
    error_code: str = ""
    message: Message = NO_MESSAGE
    retry_after_s: float = 0.0
    is_permanent: bool = False  # the same address will not do better later

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


# --- One try -------------------------------------------------------------------------------------


def address() -> str | None:
    """Where events are pushed to now; `None` while they are not pushed."""
    config = event_config.current()
    return config.url if event_config.is_open(config) else None


def due(*, most: int) -> int:
    """How many events could be sent now, counted up to `most`."""
    return _due(timezone.now())[:most].count()


def claim_next(*, url: str) -> Claim | None:
    """Take the event that is due longest. `None` when there is none, or they go elsewhere now.

    Commits. Nobody else gets it before `until`: three times what a try may last.
    """
    config, now = event_config.current(), timezone.now()
    if not event_config.is_open(config) or config.url != url:
        return None
    until = now + timedelta(seconds=3 * settings.MEDIAHUB_CALLBACK_S)
    first = _due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:_LOOKED_AT]
    for pk in list(first):
        if _due(now).filter(pk=pk).update(sending_until=until):
            return Claim(Event.objects.get(pk=pk), config, until)
    return None


def send(*, claim: Claim) -> Try:
    """Post the event. Call outside any transaction; ends before the claim does."""
    left_s = (claim.until - timezone.now()).total_seconds()
    tried = _post(claim.event, claim.config, min(settings.MEDIAHUB_CALLBACK_S, left_s))
    fault_injection.point("after_post")
    return tried


@transaction.atomic
def record(*, claim: Claim, tried: Try) -> bool:
    """Write down how it went and what follows; `False` when the claim ran out before.

    2xx: delivered. 410: given up, and nothing more is pushed until somebody sets how events
    leave. Else it is sent again after the next of MEDIAHUB_CALLBACK_WAITS, or later where the
    receiver asks for that; after the last, given up. What failed at an address that is no longer
    the one is due at once.
    """
    now, event = timezone.now(), claim.event
    held = Event.objects.filter(pk=event.pk, sending_until=claim.until)
    config = event_config.current()
    if not held.update(sending_until=None, **_consequence(claim, tried, config, now)):
        return False
    _write_down(event, claim.config.url, tried)
    if tried.status == HTTPStatus.GONE:
        EventConfig.objects.filter(url=claim.config.url).update(stopped_at=now)
    return True


def _consequence(claim: Claim, tried: Try, config: EventConfig, now: datetime) -> dict[str, Any]:
    tries, waits = claim.event.tries + 1, settings.MEDIAHUB_CALLBACK_WAITS
    if tried.arrived:
        return {"tries": tries, "due_at": None, "delivered_at": now}
    if config.url != claim.config.url:
        return {"due_at": now}
    if tried.status == HTTPStatus.GONE or tries >= len(waits):
        return {"tries": tries, "due_at": None, "given_up_at": now}
    wait_s = waits[tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    wait = timedelta(seconds=max(wait_s, tried.retry_after_s))
    return {"tries": tries, "due_at": now + wait}


# --- By hand -------------------------------------------------------------------------------------


def resend(*, event: Event) -> None:
    """Let a pushed event be sent again, at once and with all tries before it. Commits.

    Raises `Conflict`: `not_pushed` where it is one to be pulled, `not_pushing` while nothing is
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


def send_test() -> tuple[Event, Try]:
    """Push an event that nothing happened for, once, and tell how it went. Commits.

    It says that a media was deleted which never was: what a receiver can always take. Raises
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
    tried = _post(event, config, settings.MEDIAHUB_CALLBACK_S)
    with transaction.atomic():
        outcome = "delivered_at" if tried.arrived else "given_up_at"
        Event.objects.filter(pk=event.pk).update(tries=1, **{outcome: timezone.now()})
        _write_down(event, config.url, tried)
    return event, tried


# --- Inside --------------------------------------------------------------------------------------


def _is_free(now: datetime) -> Q:
    return Q(sending_until=None) | Q(sending_until__lt=now)


def _due(now: datetime) -> QuerySet[Event]:
    return Event.objects.filter(_is_free(now), due_at__lte=now)


def _post(event: Event, config: EventConfig, timeout_s: float) -> Try:
    start, now = time.monotonic(), timezone.now()
    status, retry_after_s, code, message, is_permanent = None, 0.0, "", NO_MESSAGE, False
    try:
        envelope = seal(event=event, config=config, now=now)
        answer = outbound.post(
            config.url, body=envelope.body, headers=envelope.headers, timeout_s=timeout_s,
            allowed=settings.MEDIAHUB_ALLOW_PRIVATE,
        )  # fmt: skip
        status = answer.status
        retry_after_s = _retry_after_s(answer.headers.get("retry-after", ""), now)
    except outbound.OutboundError as error:
        code, message, is_permanent = error.code, error.message, error.permanent
    except Unsendable as error:
        code, message = error.code, error.message
    duration_ms = round(1000 * (time.monotonic() - start))
    return Try(duration_ms, status, code, message, retry_after_s, is_permanent)


def _write_down(event: Event, url: str, tried: Try) -> None:
    last = event.deliveries.aggregate(last=Max("attempt"))["last"]
    Delivery.objects.create(
        event=event, attempt=(last or 0) + 1, url=url, status_code=tried.status,
        error_code=tried.error_code, duration_ms=tried.duration_ms,
    )  # fmt: skip


def _retry_after_s(text: str, now: datetime) -> float:
    """Seconds that Retry-After asks for, as a number or a date; 0 for none and for nonsense."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return 0.0
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return min(max(seconds, 0.0), LATEST.total_seconds())
