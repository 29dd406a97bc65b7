"""Covers of media items. Of two requests the one made later wins."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import storage
from ..errors import (
    Conflict,
    DomainError,
    Invalid,
    StorageFull,
    TooLarge,
    Unprocessable,
    Unsupported,
)
from ..messages import message as _
from ..models import CoverChange, Media, Operation, Snapshot, Task
from ..video.errors import VideoError
from ..video.sandbox import parent as sandbox

_EMPTY = {
    "cover_snapshot": None,
    "cover_picture": "",
    "cover_at": "",
    "cover_by": Media.CoverBy.NOBODY,
    "cover_user": "",
    "cover_set_at": None,
}
_MAX_CHANGES = 5  # of each media item, for undo
_REFUSALS: dict[str, type[DomainError]] = {
    "unsupported": Unsupported,
    "too_large": TooLarge,
    "storage_full": StorageFull,
}


def set_snapshot(*, media: Media, snapshot: int, user: str = "") -> None:
    """Make one of the media's own snapshots its cover, now. Raises `Invalid`."""
    row = Snapshot.objects.done().filter(pk=snapshot, media=media).first()
    if row is None:
        raise Invalid.field(
            "snapshot",
            "snapshot_not_found",
            _("This video has no snapshot %(snapshot)s.", snapshot=snapshot),
        )
    _replace(
        media, requested_at=timezone.now(), cover_snapshot=row, cover_by=Media.CoverBy.USER,
        cover_user=user,
    )  # fmt: skip


def set_image(
    *,
    media: Media,
    path: str | os.PathLike[str],
    user: str = "",
    also: Callable[[], None] = lambda: None,
) -> None:
    """Make an image that a user sends the cover, now; a child process re-encodes it.

    `also` is called in the same transaction: both or neither. Raises `Unsupported`, `TooLarge`,
    `Unprocessable`.
    """
    try:
        clean = sandbox.sanitise(path)
    except VideoError as error:
        refusal = _REFUSALS.get(error.code, Unprocessable)
        raise refusal(error.code, error.message) from error
    with (
        stored(media=media, data=clean.data, extension=clean.format) as name,
        transaction.atomic(),
    ):
        also()
        _replace(
            media, requested_at=timezone.now(), cover_picture=name, cover_by=Media.CoverBy.USER,
            cover_user=user,
        )  # fmt: skip


def remove(*, media: Media, for_good: bool = False) -> None:
    """Remove the media's cover, if it has one.

    It can be restored, unless it is removed `for_good`, which also deletes a picture of its own.
    """
    with transaction.atomic():
        picture = Media.objects.values_list("cover_picture", flat=True).get(pk=media.pk)
        _replace(media, requested_at=timezone.now())
        if for_good and picture:
            CoverChange.objects.filter(media=media, picture=picture).delete()
            storage.delete_pictures_on_commit([picture])


def set_automatically(*, media: Media, name: str, at: str) -> None:
    """Set a first cover. Never replaces a cover, nor one that was removed."""
    if media.cover_requested_at is not None:
        storage.delete_pictures_on_commit([name])
        return
    _replace(
        media, requested_at=media.created_at, cover_picture=name, cover_at=at,
        cover_by=Media.CoverBy.AUTO,
    )  # fmt: skip


def set_by_task(*, task: Task, media: Media, operations: Sequence[Operation]) -> bool:
    """Set the last of the task's covers that succeeded; whether there was one.

    Call inside the task's last transaction.
    """
    if all(operation.type != Operation.Type.COVER for operation in operations):
        return False
    row = (
        Snapshot.objects.done()
        .filter(operation__in=operations, operation__type=Operation.Type.COVER)
        .order_by("-operation__index")
        .first()
    )
    if row is not None:
        _replace(
            media, requested_at=task.created_at, cover_snapshot=row, cover_by=Media.CoverBy.TASK,
            cover_user=task.requested_by.get_username() if task.requested_by else "",
        )  # fmt: skip
    return row is not None


def last_change(*, media: Media) -> CoverChange | None:
    """What `undo` would restore; `None` if it is gone or nothing was changed."""
    row = CoverChange.objects.filter(media=media).select_related("snapshot").first()
    return row if row and row.can_come_back else None


@transaction.atomic
def undo(*, media: Media, change: int) -> None:
    """Restore the cover as it was before the last change, which must be `change`.

    The change is deleted, with a picture that only it needed, on commit. Raises `Conflict` when
    the cover was changed again, or when the former cover is gone.
    """
    row = Media.objects.select_for_update().only("cover_picture").get(pk=media.pk)
    before = last_change(media=media)
    if before is None or before.pk != change:
        raise Conflict("cover_changed", _("The cover has changed in the meantime. Check it again."))
    now = timezone.now()
    Media.objects.filter(pk=media.pk).update(
        cover_snapshot=before.snapshot,
        cover_picture=before.picture,
        cover_at=before.at,
        cover_by=before.by,
        cover_user=before.user,
        cover_set_at=now if before.shown else None,
        cover_requested_at=now,
        updated_at=now,
    )
    storage.delete_pictures_on_commit([row.cover_picture])
    before.delete()


@transaction.atomic
def _replace(media: Media, *, requested_at: datetime, **cover: object) -> None:
    """Set the cover unless a later request was served already; the old one can be restored."""
    row = Media.objects.select_for_update().only(*_EMPTY, "cover_requested_at").get(pk=media.pk)
    not_later = Q(cover_requested_at=None) | Q(cover_requested_at__lte=requested_at)
    now = timezone.now()
    set_at = now if cover else None
    changes = {**_EMPTY, **cover, "cover_set_at": set_at, "cover_requested_at": requested_at}
    if not Media.objects.filter(not_later, pk=media.pk).update(**changes, updated_at=now):
        lost = str(cover.get("cover_picture", ""))
        storage.delete_pictures_on_commit([lost])
        return
    is_same = (row.cover_snapshot, row.cover_picture) == (
        changes["cover_snapshot"], changes["cover_picture"],
    )  # fmt: skip
    if row.cover_requested_at is not None and not is_same:
        _remember(row)


def _remember(row: Media) -> None:
    """Store the cover of `row` for undo, and delete the oldest change beyond `_MAX_CHANGES`."""
    CoverChange.objects.create(
        media=row, snapshot=row.cover_snapshot, picture=row.cover_picture, at=row.cover_at,
        by=row.cover_by, user=row.cover_user,
    )  # fmt: skip
    old = CoverChange.objects.filter(media=row)[_MAX_CHANGES:]
    storage.delete_pictures_on_commit([change.picture for change in old])
    CoverChange.objects.filter(pk__in=[change.pk for change in old]).delete()


@contextmanager
def stored(*, media: Media, data: bytes, extension: str) -> Iterator[str]:
    """Store a picture under a new name; its file is deleted if the block fails.

    The name is unique, so that a failure never deletes another's file. Enter it outside any
    transaction.
    """
    sha256 = hashlib.sha256(data).hexdigest()[:32]
    name = f"covers/{media.file_id}-{sha256}-{secrets.token_hex(4)}.{extension}"
    storage.save_picture(name, data)
    try:
        yield name
    except BaseException:
        storage.delete_picture(name)
        raise
