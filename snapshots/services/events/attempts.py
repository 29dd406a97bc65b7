"""Delivery attempts: one webhook posted, and its result recorded."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from ... import outbound
from ...messages import NO_MESSAGE, Message
from ...models import Delivery, Event, EventConfig
from . import webhook_message
from .webhook_message import Unsendable

MAX_RETRY_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of one delivery attempt: the response's status, or an error."""

    duration_ms: int
    status: int | None = None
    error_code: str = ""
    message: Message = NO_MESSAGE
    retry_after_s: float = 0.0
    is_permanent: bool = False  # a later attempt at this address would fail too

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(event: Event, config: EventConfig, timeout_s: float) -> Attempt:
    """Post the event's webhook; errors are part of the result."""
    start, now = time.monotonic(), timezone.now()
    status, retry_after_s, code, message, is_permanent = None, 0.0, "", NO_MESSAGE, False
    try:
        webhook = webhook_message.build(event=event, config=config, now=now)
        response = outbound.post(
            config.url, body=webhook.body, headers=webhook.headers, timeout_s=timeout_s,
            allowed=settings.MEDIAHUB_ALLOW_PRIVATE,
        )  # fmt: skip
        status = response.status
        retry_after_s = _retry_after_s(response.headers.get("retry-after", ""), now)
    except outbound.OutboundError as error:
        code, message, is_permanent = error.code, error.message, error.permanent
    except Unsendable as error:
        code, message = error.code, error.message
    duration_ms = round(1000 * (time.monotonic() - start))
    return Attempt(duration_ms, status, code, message, retry_after_s, is_permanent)


def record(event: Event, url: str, attempt: Attempt) -> None:
    """Add a row for the attempt."""
    last = event.deliveries.aggregate(last=Max("attempt"))["last"]
    Delivery.objects.create(
        event=event, attempt=(last or 0) + 1, url=url, status_code=attempt.status,
        error_code=attempt.error_code, duration_ms=attempt.duration_ms,
    )  # fmt: skip


def _retry_after_s(text: str, now: datetime) -> float:
    """Seconds that Retry-After asks for, as a number or a date; 0 if missing or invalid."""
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
    return min(max(seconds, 0.0), MAX_RETRY_AFTER.total_seconds())
