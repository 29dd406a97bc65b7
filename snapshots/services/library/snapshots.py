"""Snapshots: reading and deleting single pictures."""

from __future__ import annotations

from django.db import transaction

from ... import storage
from ...errors import Conflict, NotFound
from ...messages import message as _
from ...models import Media, Snapshot
from ...models.work.row_error import error_values
from .. import covers, presentation

_NO_RECEIPT = {
    "is_current": False,
    "picture": "",
    "format": "",
    "width": None,
    "height": None,
    "size_bytes": None,
    "sha256": "",
    "time_ms": None,
    "pts": None,
    "time_base": "",
    "frame_time": None,
    "key_frame": None,
}


def get(*, snapshot: int) -> Snapshot:
    """A snapshot, ready for presentation. Raises `NotFound`, also for points without a picture."""
    try:
        return presentation.snapshots_for_reading(Snapshot.objects.done()).get(pk=snapshot)
    except Snapshot.DoesNotExist as error:
        raise NotFound(
            "snapshot_not_found", _("There is no snapshot %(id)s.", id=snapshot)
        ) from error


def at_url(*, media: Media, url: str) -> Snapshot | None:
    """The media's picture at this URL, if it is one."""
    start = storage.picture_url("")
    if not url.startswith(start):
        return None
    return Snapshot.objects.done().filter(media=media, picture=url.removeprefix(start)).first()


def delete(*, snapshot: Snapshot, force: bool = False) -> None:
    """Delete the picture, its file on commit; its point keeps the error `snapshot_not_found`.

    Raises `Conflict` (`in_use`) for the media's cover; with `force` the cover is removed too.
    """
    with transaction.atomic():
        media = Media.objects.select_for_update().get(pk=snapshot.media_id)
        if media.cover_snapshot_id == snapshot.pk:
            if not force:
                raise Conflict(
                    "in_use",
                    _("This snapshot is the video's cover. Change the cover, or use force."),
                )
            covers.remove(media=media)
        # The row stays as its point's outcome, so that no later run makes the picture again.
        row = Snapshot.objects.filter(pk=snapshot.pk, picture=snapshot.picture)
        if row.update(
            **_NO_RECEIPT,
            **error_values("snapshot_not_found", _("The snapshot was deleted.")),
        ):
            storage.delete_pictures_on_commit([snapshot.picture])
