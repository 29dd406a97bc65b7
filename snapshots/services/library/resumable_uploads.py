"""Resumable uploads: the state behind the tus endpoints.

The bytes and their lock are in `upload_writer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ... import storage
from ...errors import Conflict, NotFound, Unsupported
from ...messages import message as _
from ...models import Upload
from ...video.demux.file_type import FIRST_BYTES
from .. import names
from ..security import audit, rate_limits
from . import media as media_service
from . import promised_space, upload_validators, upload_writer
from .upload_writer import ALGORITHMS, Checksum, ChecksumMismatch, UploadLocked

__all__ = [
    "ALGORITHMS",
    "Checksum",
    "ChecksumMismatch",
    "UploadLocked",
    "create",
    "discard",
    "drop_expired",
    "get",
    "offset",
    "receive",
]

log = structlog.get_logger()

RETENTION = timedelta(hours=24)


def create(*, owner: User, length: int, name: str, head: bytes = b"") -> Upload:
    """A new upload of `length` bytes. `head` are its first bytes, to refuse it early.

    Raises `Invalid`, `TooLarge`, `StorageFull`, `Unsupported`, `Throttled`.
    """
    name = names.given(name)
    upload_validators.check_size(length)
    if head:
        upload_validators.check_file_type(head[:FIRST_BYTES])
    upload = Upload(owner=owner, length=length, name=name, expires_at=_new_expiry())
    with promised_space.granting(length, user=owner):
        rate_limits.hit(kind="upload", who=str(owner.pk))
        storage.incoming_path(upload.upload_id).touch(mode=0o600, exist_ok=False)
        upload.save(force_insert=True)
    log.info("upload begun", upload=upload.upload_id, length=length)
    return upload


def get(*, owner: User, upload_id: str) -> Upload:
    """The owner's upload. Raises `NotFound`, also for the uploads of others."""
    rows = Upload.objects.filter(owner=owner, expires_at__gt=timezone.now())
    try:
        return rows.get(upload_id=upload_id)
    except Upload.DoesNotExist as error:
        raise upload_writer.missing(upload_id) from error


def offset(*, upload: Upload) -> int:
    """Number of bytes received. Finishes an upload that is complete but was interrupted before."""
    received = _received_bytes(upload)
    if received == upload.length and not upload.is_done:
        _finish(upload)
    return received


def receive(
    *, upload: Upload, at: int, blocks: Iterable[bytes], checksum: Checksum | None = None
) -> int:
    """Append the blocks to the file; the new offset. The last byte creates the media item.

    What arrived before an interruption stays, unless its checksum is still to come. Raises
    `UploadLocked`, `ChecksumMismatch`, `Conflict` (`wrong_offset`), `StorageFull`, `TooLarge`, and
    `Unsupported`, after which the upload is gone; also whatever `blocks` raises.
    """
    if upload.is_done or _is_moved(upload):
        _check_offset(at, offset(upload=upload))
        if any(blocks):
            raise upload_writer.too_long(upload)
        return upload.length
    with upload_writer.locked(upload) as file:
        _check_offset(at, upload_writer.drop_unchecked(upload, file))
        try:
            upload_writer.write(upload, file, blocks, checksum)
        except Unsupported:
            discard(upload=upload)
            raise
        received = file.tell()
        _extend(upload)
        if received == upload.length:
            _finish(upload)
    return received


def discard(*, upload: Upload) -> None:
    """Delete the partial upload, not the finished video."""
    Upload.objects.filter(pk=upload.pk).delete()
    storage.delete_incoming(upload.upload_id)
    log.info("upload dropped", upload=upload.upload_id)


def drop_expired() -> int:
    """Discard uploads that nobody has continued for a day; how many."""
    dropped = 0
    for upload in Upload.objects.filter(expires_at__lte=timezone.now()):
        try:
            with upload_writer.locked(upload):
                discard(upload=upload)
        except UploadLocked:
            continue
        except NotFound:  # its file is a source by now, or gone
            discard(upload=upload)
        dropped += 1
    return dropped


# --- Inside --------------------------------------------------------------------------------------


def _received_bytes(upload: Upload) -> int:
    if upload.is_done or _is_moved(upload):
        return upload.length
    try:
        size = storage.incoming_path(upload.upload_id).stat().st_size
    except FileNotFoundError as error:
        raise upload_writer.missing(upload.upload_id) from error
    return size if upload.unchecked_from is None else min(size, upload.unchecked_from)


def _is_moved(upload: Upload) -> bool:
    """Whether the file is in the store although no row says so: interrupted in between."""
    return storage.has_source(media_service.source_name(upload.file_id))


def _check_offset(at: int, received: int) -> None:
    if at != received:
        why = _(
            "The upload continues at byte %(offset)s, not at %(given)s.", offset=received, given=at
        )
        raise Conflict("wrong_offset", why)


def _extend(upload: Upload) -> None:
    """Raises `NotFound` where it was discarded meanwhile."""
    upload.expires_at = _new_expiry()
    if not Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at):
        raise upload_writer.missing(upload.upload_id)


def _finish(upload: Upload) -> None:
    """Create the media item: the file becomes a source by its name, then the rows say so.

    If that is interrupted, the next request completes it: the name is known before.
    """
    source = media_service.source_name(upload.file_id)
    if not _is_moved(upload):
        _check_whole_file(upload)
    storage.take_incoming(upload.upload_id, source)
    if _record(upload):
        log.info("upload finished", upload=upload.upload_id, file_id=upload.file_id)
    elif not Upload.objects.filter(pk=upload.pk).exists():  # discarded at this very moment
        storage.delete_source(source)
        raise upload_writer.missing(upload.upload_id)
    upload.is_done = True


def _check_whole_file(upload: Upload) -> None:
    """Raises `Unsupported`, and discards the upload, where it is plainly not a video."""
    try:
        upload_writer.check_file_type(upload)
    except Unsupported:
        discard(upload=upload)
        raise


@transaction.atomic
def _record(upload: Upload) -> bool:
    """Write the media's row; `False` if another process has, or if the upload is gone."""
    if not Upload.objects.filter(pk=upload.pk, is_done=False).update(is_done=True):
        return False
    media_service.add_stored(file_id=upload.file_id, name=upload.name, size=upload.length)
    audit.note(
        user=upload.owner, model="media", public_id=upload.file_id, right="add", how="Upload"
    )
    return True


def _new_expiry() -> datetime:
    return timezone.now() + RETENTION
