"""Validators of uploads, pulls and imports: size, free space, file type."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from ... import storage
from ...errors import Invalid, StorageFull, TooLarge, Unsupported
from ...messages import message as _
from ...video.demux.file_type import check_bytes, check_first_bytes
from ...video.errors import VideoError

FREE_FLOOR_BYTES = 256 * 2**20


def check_size(size: int) -> None:
    """Raises `Invalid` for an empty file, `TooLarge`."""
    if size == 0:
        raise Invalid.field("file", "empty", _("The file is empty. Send a video file."))
    if size > settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20:
        raise TooLarge(
            "too_large",
            _("A file may have at most %(max)s MiB.", max=settings.MEDIAHUB_MAX_UPLOAD_MB),
        )


def check_space(size: int) -> None:
    """Raises `StorageFull` if `size` more bytes would leave too little free space on the disk."""
    if storage.free_bytes() < size + FREE_FLOOR_BYTES:
        raise StorageFull(
            "storage_full", _("There is not enough disk space for this file on the server.")
        )


def check_file_type(file: Path | bytes) -> None:
    """Raises `Unsupported` for a file, or its first bytes, that is plainly not a video."""
    try:
        if isinstance(file, bytes):
            check_bytes(file)
        else:
            check_first_bytes(file)
    except VideoError as error:
        if error.code == "unsupported":
            raise Unsupported(error.code, error.message) from error
