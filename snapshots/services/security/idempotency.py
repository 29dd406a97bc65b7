"""Calls with an Idempotency-Key: the first one is done, and its answer kept for the others."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from ...errors import Conflict, Unprocessable
from ...messages import message as _
from ...models import IdempotencyKey

KEPT = timedelta(hours=24)
_HELD = timedelta(seconds=30)  # for the work; a database that is locked may take 20 of them
_WAIT_S = 2.0  # for another call that is at the same work
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, the headers that the call set, the body as text."""

    status: int
    headers: dict[str, str]
    body: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Proof of being the one that does the work: worth nothing once another has taken over."""

    pk: int
    held_until: datetime


def begin(*, user: User, key: str, fingerprint: str) -> Ticket | Answer:
    """A ticket for the first call with this key of this user, the kept answer for later ones.

    While the first is at work, waits for it up to two seconds. A first call that has not come
    back after 30 seconds is given up, and its work rolled back should it come back later. Raises
    `Unprocessable` (`idempotency_mismatch`) where the key came with another `fingerprint` before,
    `Conflict` (`in_progress`). Call outside any transaction.
    """
    deadline = time.monotonic() + _WAIT_S
    while True:
        found = _look(user, key, fingerprint)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise in_progress()
        time.sleep(_LOOK_S)


def keep(*, ticket: Ticket, answer: Answer) -> bool:
    """Keep the answer; `False` where another call has taken the work over.

    Inside the transaction of the work, so that either both are there or neither.
    """
    held = IdempotencyKey.objects.filter(pk=ticket.pk, status=None, held_until=ticket.held_until)
    return bool(held.update(status=answer.status, headers=answer.headers, body=answer.body))


def let_go(*, ticket: Ticket) -> None:
    """Forget the call: it was refused or failed, and may be done again, changed or not."""
    IdempotencyKey.objects.filter(pk=ticket.pk, status=None, held_until=ticket.held_until).delete()


def forget_old() -> int:
    """Drop the answers that are no longer given; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def in_progress() -> Conflict:
    return Conflict(
        "in_progress",
        _("A request with this Idempotency-Key is still in progress. Send it again in a moment."),
        retry_after_s=1,
    )


def _look(user: User, key: str, fingerprint: str) -> Ticket | Answer | None:
    """A ticket or an answer; `None` while another call is at work."""
    now = timezone.now()
    row, is_new = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": fingerprint, "held_until": now + _HELD}
    )
    if is_new:
        return Ticket(row.pk, row.held_until)
    if row.created_at < now - KEPT:
        return _take_over(row, fingerprint, now)
    if row.fingerprint != fingerprint:
        raise Unprocessable(
            "idempotency_mismatch",
            _("This Idempotency-Key was already used for another request. Use a new one."),
        )
    if row.status is not None:
        return Answer(row.status, row.headers, row.body)
    return _take_over(row, fingerprint, now) if row.held_until < now else None


def _take_over(row: IdempotencyKey, fingerprint: str, now: datetime) -> Ticket | None:
    """The work of a call that is too old or never came back; `None` if another was faster."""
    as_seen = IdempotencyKey.objects.filter(
        pk=row.pk, held_until=row.held_until, created_at=row.created_at
    )
    taken = as_seen.update(
        fingerprint=fingerprint,
        status=None,
        headers={},
        body=None,
        held_until=now + _HELD,
        created_at=now,
    )
    return Ticket(row.pk, now + _HELD) if taken else None
