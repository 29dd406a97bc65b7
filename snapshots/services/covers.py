"""The one picture that stands for a media. Of two wishes the one asked for later wins."""

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
_KEPT = 5  # changes of each media that can be undone
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
        media, asked_at=timezone.now(), cover_snapshot=row, cover_by=Media.CoverBy.USER,
        cover_user=user,
    )  # fmt: skip


def set_image(
    *,
    media: Media,
    path: str | os.PathLike[str],
    user: str = "",
    also: Callable[[], None] = lambda: None,
) -> None:
    """Make a picture that somebody sends the cover, now; it is read and written anew in a child.

    `also` is done in the same transaction: both or neither. Raises `Unsupported`, `TooLarge`,
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
            media, asked_at=timezone.now(), cover_picture=name, cover_by=Media.CoverBy.USER,
            cover_user=user,
        )  # fmt: skip


def remove(*, media: Media, for_good: bool = False) -> None:
    """Leave the media without a cover. Nothing happens where there is none.

    It can be brought back, unless it is removed `for_good`: then a picture of its own goes too.
    """
    with transaction.atomic():
        picture = Media.objects.values_list("cover_picture", flat=True).get(pk=media.pk)
        _replace(media, asked_at=timezone.now())
        if for_good and picture:
            CoverChange.objects.filter(media=media, picture=picture).delete()
            storage.delete_pictures_on_commit([picture])


def set_automatically(*, media: Media, name: str, at: str) -> None:
    """A first cover. Never replaces one, nor comes back when somebody has removed it."""
    if media.cover_asked_at is not None:
        storage.delete_pictures_on_commit([name])
        return
    _replace(
        media, asked_at=media.created_at, cover_picture=name, cover_at=at,
        cover_by=Media.CoverBy.AUTO,
    )  # fmt: skip


def set_by_task(*, task: Task, media: Media, operations: Sequence[Operation]) -> bool:
    """The last of the task's covers that came out; whether there was one.

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
            media, asked_at=task.created_at, cover_snapshot=row, cover_by=Media.CoverBy.TASK,
            cover_user=task.asked_by.get_username() if task.asked_by else "",
        )  # fmt: skip
    return row is not None


def last_change(*, media: Media) -> CoverChange | None:
    """What `undo` would bring back; `None` where it is gone or nothing was changed."""
    row = CoverChange.objects.filter(media=media).select_related("snapshot").first()
    return row if row and row.can_come_back else None


@transaction.atomic
def undo(*, media: Media, change: int) -> None:
    """Bring back the cover as it was before the last change, which must be the one named.

    That change is forgotten, and a picture that only it needed goes on commit. Raises `Conflict`
    when the cover was changed again, or when what was before is gone.
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
        cover_asked_at=now,
        updated_at=now,
    )
    storage.delete_pictures_on_commit([row.cover_picture])
    before.delete()


@transaction.atomic
def _replace(media: Media, *, asked_at: datetime, **cover: object) -> None:
    """Set the cover unless a later wish was granted already; the old one can be brought back."""
    row = Media.objects.select_for_update().only(*_EMPTY, "cover_asked_at").get(pk=media.pk)
    not_later = Q(cover_asked_at=None) | Q(cover_asked_at__lte=asked_at)
    now = timezone.now()
    set_at = now if cover else None
    changes = {**_EMPTY, **cover, "cover_set_at": set_at, "cover_asked_at": asked_at}
    if not Media.objects.filter(not_later, pk=media.pk).update(**changes, updated_at=now):
        lost = str(cover.get("cover_picture", ""))
        storage.delete_pictures_on_commit([lost])
        return
    is_same = (row.cover_snapshot, row.cover_picture) == (
        changes["cover_snapshot"], changes["cover_picture"],
    )  # fmt: skip
    if row.cover_asked_at is not None and not is_same:
        _remember(row)


def _remember(row: Media) -> None:
    """Keep the cover that `row` still tells of; forget what was kept longest."""
    CoverChange.objects.create(
        media=row, snapshot=row.cover_snapshot, picture=row.cover_picture, at=row.cover_at,
        by=row.cover_by, user=row.cover_user,
    )  # fmt: skip
    old = CoverChange.objects.filter(media=row)[_KEPT:]
    storage.delete_pictures_on_commit([change.picture for change in old])
    CoverChange.objects.filter(pk__in=[change.pk for change in old]).delete()


@contextmanager
def stored(*, media: Media, data: bytes, extension: str) -> Iterator[str]:
    """The name of a picture put into the store; its file goes if what follows fails.

    No other wish has that name, so giving one up never takes another's file. Enter it outside
    any transaction.
    """
    sha256 = hashlib.sha256(data).hexdigest()[:32]
    name = f"covers/{media.file_id}-{sha256}-{secrets.token_hex(4)}.{extension}"
    storage.save_picture(name, data)
    try:
        yield name
    except BaseException:
        storage.delete_picture(name)
        raise
