"""Idempotency keys: the first call is executed, and its response stored for repeats."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from ...errors import Conflict, Unprocessable
from ...messages import message as _
from ...models import IdempotencyKey

RETENTION = timedelta(hours=24)
_LEASE = timedelta(seconds=30)  # for the work; a database that is locked may take 20 of them
_WAIT_S = 2.0  # for another call that is at the same work
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response of the first call: status, headers that the view set, body as text."""

    status: int
    headers: dict[str, str]
    body: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Proof of being the call that does the work, until another takes over."""

    pk: int
    held_until: datetime


def begin(*, user: User, key: str, fingerprint: str) -> Ticket | StoredResponse:
    """A ticket for the first call with this key of this user, the stored response for later ones.

    While the first is running, waits for it up to two seconds. A first call that has not ended
    after 30 seconds loses its ticket, and rolls its work back if it ends later. Raises
    `Unprocessable` (`idempotency_mismatch`) where the key came with another `fingerprint` before,
    `Conflict` (`in_progress`). Call outside any transaction.
    """
    deadline = time.monotonic() + _WAIT_S
    while True:
        found = _reserve(user, key, fingerprint)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise in_progress()
        time.sleep(_POLL_S)


def save(*, ticket: Ticket, response: StoredResponse) -> bool:
    """Store the response; `False` if another call has taken over.

    Inside the transaction of the work, so that either both are there or neither.
    """
    held = IdempotencyKey.objects.filter(pk=ticket.pk, status=None, held_until=ticket.held_until)
    return bool(held.update(status=response.status, headers=response.headers, body=response.body))


def release(*, ticket: Ticket) -> None:
    """Delete the key of a call that was refused or failed, so that it can be repeated."""
    IdempotencyKey.objects.filter(pk=ticket.pk, status=None, held_until=ticket.held_until).delete()


def delete_old() -> int:
    """Delete responses past their retention; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - RETENTION).delete()[0]


def in_progress() -> Conflict:
    return Conflict(
        "in_progress",
        _("A request with this Idempotency-Key is still in progress. Send it again in a moment."),
        retry_after_s=1,
    )


def _reserve(user: User, key: str, fingerprint: str) -> Ticket | StoredResponse | None:
    """A ticket or a stored response; `None` while another call is running."""
    now = timezone.now()
    row, is_new = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": fingerprint, "held_until": now + _LEASE}
    )
    if is_new:
        return Ticket(row.pk, row.held_until)
    if row.created_at < now - RETENTION:
        return _take_over(row, fingerprint, now)
    if row.fingerprint != fingerprint:
        raise Unprocessable(
            "idempotency_mismatch",
            _("This Idempotency-Key was already used for another request. Use a new one."),
        )
    if row.status is not None:
        return StoredResponse(row.status, row.headers, row.body)
    return _take_over(row, fingerprint, now) if row.held_until < now else None


def _take_over(row: IdempotencyKey, fingerprint: str, now: datetime) -> Ticket | None:
    """The ticket of a call that expired or never ended; `None` if another call was faster."""
    as_seen = IdempotencyKey.objects.filter(
        pk=row.pk, held_until=row.held_until, created_at=row.created_at
    )
    taken = as_seen.update(
        fingerprint=fingerprint,
        status=None,
        headers={},
        body=None,
        held_until=now + _LEASE,
        created_at=now,
    )
    return Ticket(row.pk, now + _LEASE) if taken else None
