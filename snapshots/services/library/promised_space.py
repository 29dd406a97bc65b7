"""Promised space: what accepted uploads and pulls have not sent yet counts as used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ... import storage
from ...errors import Throttled
from ...messages import message as _
from ...models import Pull, Upload
from ...models.queries.advisory_lock import advisory_lock
from . import upload_validators

_RETRY_S = 60


@contextmanager
def granting(
    size: int, *, user: User | None = None, except_pull: int | None = None
) -> Iterator[None]:
    """A transaction in which `size` bytes may be promised: no other promise is made meanwhile.

    Raises `StorageFull` if they do not fit beside what was promised before, and `Throttled` if
    `user` has too many unfinished uploads.
    """
    with transaction.atomic():
        advisory_lock("promised space")
        if user is not None:
            _check_open(user)
        check(size, except_pull=except_pull)
        yield


def check(size: int, *, except_pull: int | None = None) -> None:
    """Raises `StorageFull` if `size` more bytes do not fit beside what was promised."""
    upload_validators.check_space(size + _promised_bytes(except_pull))


def _check_open(user: User) -> None:
    """Raises `Throttled`."""
    maximum = settings.MEDIAHUB_LIMIT_UPLOAD_OPEN
    forms = sum(1 for _size in storage.reservations(str(user.pk)))
    if _unfinished().filter(owner=user).count() + forms >= maximum:
        message = _(
            "You have %(max)s unfinished uploads. Finish or delete one, then try again.",
            max=maximum,
        )
        raise Throttled(message, retry_after_s=_RETRY_S)


def _promised_bytes(except_pull: int | None) -> int:
    uploads = _unfinished().values_list("upload_id", "length")
    pulls = Pull.objects.filter(task__finished_at=None).exclude(pk=except_pull)
    sizes = pulls.exclude(total_bytes=None).values_list("incoming", "total_bytes")
    missing = [_missing_bytes(name, length) for name, length in uploads]
    missing += [_missing_bytes(name, length or 0) for name, length in sizes]
    return sum(missing) + sum(storage.reservations())


def _missing_bytes(name: str, length: int) -> int:
    try:
        return max(0, length - storage.incoming_path(name).stat().st_size)
    except FileNotFoundError:  # complete, or deleted
        return 0


def _unfinished() -> QuerySet[Upload]:
    return Upload.objects.filter(is_done=False, expires_at__gt=timezone.now())
