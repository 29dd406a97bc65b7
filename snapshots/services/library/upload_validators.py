"""What may come into the library: how large, how much room is left, what its first bytes say."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from ... import storage
from ...errors import Invalid, StorageFull, TooLarge, Unsupported
from ...messages import message as _
from ...video.demux.file_type import check_bytes, check_first_bytes
from ...video.errors import VideoError

FREE_FLOOR_BYTES = 256 * 2**20


def refuse_size(size: int) -> None:
    """Raises `Invalid` for an empty file, `TooLarge`."""
    if size == 0:
        raise Invalid.field("file", "empty", _("The file is empty. Send a video file."))
    if size > settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20:
        raise TooLarge(
            "too_large",
            _("A file may have at most %(max)s MiB.", max=settings.MEDIAHUB_MAX_UPLOAD_MB),
        )


def refuse_room(size: int) -> None:
    """Raises `StorageFull` where so many bytes more would leave too little room on the disk."""
    if storage.free_bytes() < size + FREE_FLOOR_BYTES:
        raise StorageFull(
            "storage_full", _("There is not enough disk space for this file on the server.")
        )


def refuse_kind(file: Path | bytes) -> None:
    """Raises `Unsupported` for what is plainly no video: a file, or its first bytes."""
    try:
        if isinstance(file, bytes):
            check_bytes(file)
        else:
            check_first_bytes(file)
    except VideoError as error:
        if error.code == "unsupported":
            raise Unsupported(error.code, error.message) from error
