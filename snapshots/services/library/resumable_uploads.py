"""Files that come in pieces, to be gone on with after any break: what tus asks of a server.

How much is here is the size of the file on the disk, so nothing is lost with a server that is
killed. Who writes holds a lock on that file, which ends with its process.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ... import storage
from ...errors import Conflict, NotFound, TooLarge, Unsupported
from ...messages import message as _
from ...models import Upload
from ...video.demux.file_type import FIRST_BYTES
from ..security import audit, rate_limits
from . import media as media_service
from . import upload_validators

log = structlog.get_logger()

KEPT = timedelta(hours=24)
ALGORITHMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class AtWork(Exception):
    """Somebody else is writing to this upload right now."""


class ChecksumMismatch(Exception):
    """The bytes are not those that were sent; none of them was kept."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must have: `algorithm` is one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes


def create(*, owner: User, length: int, name: str, head: bytes = b"") -> Upload:
    """An upload of which nothing is here yet. `head` are its first bytes, for refusing it early.

    Raises `Invalid`, `TooLarge`, `StorageFull`, `Unsupported`, `Throttled`.
    """
    upload_validators.refuse_size(length)
    upload_validators.refuse_room(length)
    if head:
        upload_validators.refuse_kind(head[:FIRST_BYTES])
    rate_limits.take(kind="upload", who=str(owner.pk))
    upload = Upload(owner=owner, length=length, name=name, expires_at=_in_a_day())
    storage.incoming_path(upload.upload_id).touch(mode=0o640, exist_ok=False)
    upload.save(force_insert=True)
    log.info("upload begun", upload=upload.upload_id, length=length)
    return upload


def get(*, owner: User, upload_id: str) -> Upload:
    """Raises `NotFound`, for the uploads of others too."""
    rows = Upload.objects.filter(owner=owner, expires_at__gt=timezone.now())
    try:
        return rows.get(upload_id=upload_id)
    except Upload.DoesNotExist as error:
        raise _missing(upload_id) from error


def offset(*, upload: Upload) -> int:
    """How many bytes are here. One that is whole, but was cut short at the very end, is ended."""
    here = _here(upload)
    if here == upload.length and not upload.is_done:
        _finish(upload)
    return here


def receive(
    *, upload: Upload, at: int, blocks: Iterable[bytes], checksum: Checksum | None = None
) -> int:
    """Write what comes to the end of the file; the new offset. The last byte makes the media.

    What arrived before a break stays, unless its checksum is still to come. Raises `AtWork`,
    `ChecksumMismatch`, `Conflict` (`wrong_offset`), `StorageFull`, `TooLarge`, and `Unsupported`,
    after which the upload is gone; also whatever `blocks` raises.
    """
    if upload.is_done or _is_moved(upload):
        _refuse_offset(at, offset(upload=upload))
        if any(blocks):
            raise _too_much(upload)
        return upload.length
    with _held(upload) as file:
        here = _settle(upload, file)
        _refuse_offset(at, here)
        if checksum:
            _write_checked(upload, file, blocks, checksum)
        else:
            _write(upload, file, blocks)
        here = file.tell()
        _extend(upload)
        if here == upload.length:
            _finish(upload)
    return here


def discard(*, upload: Upload) -> None:
    """Forget it and delete its bytes; a media that it has become stays."""
    Upload.objects.filter(pk=upload.pk).delete()
    storage.delete_incoming(upload.upload_id)
    log.info("upload dropped", upload=upload.upload_id)


def drop_expired() -> int:
    """Drop what nobody has gone on with for a day; how many."""
    dropped = 0
    for upload in Upload.objects.filter(expires_at__lte=timezone.now()):
        try:
            with _held(upload):
                discard(upload=upload)
        except AtWork:
            continue
        except NotFound:  # its file is a source by now, or gone
            discard(upload=upload)
        dropped += 1
    return dropped


# --- Inside --------------------------------------------------------------------------------------


@contextmanager
def _held(upload: Upload) -> Iterator[IO[bytes]]:
    """The file, locked: for this moment nobody else writes to it, in whatever process."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(storage.sole_writer(upload.upload_id))
        except BlockingIOError as error:
            raise AtWork from error
        except FileNotFoundError as error:
            raise _missing(upload.upload_id) from error
        upload.unchecked_from = _unchecked_from(upload)
        yield file


def _unchecked_from(upload: Upload) -> int | None:
    rows = Upload.objects.filter(pk=upload.pk).values_list("unchecked_from", flat=True)
    try:
        return rows.get()
    except Upload.DoesNotExist as error:
        raise _missing(upload.upload_id) from error


def _here(upload: Upload) -> int:
    if upload.is_done or _is_moved(upload):
        return upload.length
    try:
        size = storage.incoming_path(upload.upload_id).stat().st_size
    except FileNotFoundError as error:
        raise _missing(upload.upload_id) from error
    return size if upload.unchecked_from is None else min(size, upload.unchecked_from)


def _is_moved(upload: Upload) -> bool:
    """Whether the file is in the store already although no row says so: a break in between."""
    return storage.has_source(media_service.source_name(upload.file_id))


def _settle(upload: Upload, file: IO[bytes]) -> int:
    """Cut off what a killed process left unchecked; where the file ends now."""
    if upload.unchecked_from is not None:
        _cut(upload, file, upload.unchecked_from)
    return file.seek(0, os.SEEK_END)


def _cut(upload: Upload, file: IO[bytes], at: int) -> None:
    file.truncate(at)
    file.seek(at)
    _mark_unchecked(upload, None)


def _mark_unchecked(upload: Upload, start: int | None) -> None:
    upload.unchecked_from = start
    Upload.objects.filter(pk=upload.pk).update(unchecked_from=start)


def _refuse_offset(at: int, here: int) -> None:
    if at != here:
        raise Conflict(
            "wrong_offset",
            _("The upload continues at byte %(offset)s, not at %(given)s.", offset=here, given=at),
        )


def _write(upload: Upload, file: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Block by block; on the disk for good before anybody is told so."""
    is_known = file.tell() >= FIRST_BYTES
    try:
        for block in blocks:
            _append(upload, file, block)
            if not is_known and (is_known := file.tell() >= FIRST_BYTES):
                _refuse_kind(upload)
    finally:
        storage.write_through(file)


def _write_checked(
    upload: Upload, file: IO[bytes], blocks: Iterable[bytes], checksum: Checksum
) -> None:
    """The same, and all of it is cut off again where the checksum is not the one that was told."""
    start, digest = file.tell(), ALGORITHMS[checksum.algorithm]()
    _mark_unchecked(upload, start)
    try:
        for block in blocks:
            _append(upload, file, block)
            digest.update(block)
        _compare(digest.digest(), checksum)
        storage.write_through(file)
    except BaseException:
        _cut(upload, file, start)
        raise
    _mark_unchecked(upload, None)
    if start < FIRST_BYTES <= file.tell():
        _refuse_kind(upload)


def _compare(digest: bytes, checksum: Checksum) -> None:
    if digest != checksum.digest:
        raise ChecksumMismatch


def _append(upload: Upload, file: IO[bytes], block: bytes) -> None:
    if file.tell() + len(block) > upload.length:
        raise _too_much(upload)
    upload_validators.refuse_room(len(block))  # whoever else fills the disk meanwhile
    storage.append(file, block)


def _refuse_kind(upload: Upload) -> None:
    try:
        upload_validators.refuse_kind(storage.incoming_path(upload.upload_id))
    except Unsupported:
        discard(upload=upload)
        raise


def _extend(upload: Upload) -> None:
    """Raises `NotFound` where it was given up meanwhile."""
    upload.expires_at = _in_a_day()
    if not Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at):
        raise _missing(upload.upload_id)


def _finish(upload: Upload) -> None:
    """Make the media: the file becomes a source by its name, then the rows say so.

    Whoever is cut short in between is followed by the next who asks: the name is known before.
    """
    source = media_service.source_name(upload.file_id)
    if not _is_moved(upload):
        _refuse_kind(upload)
    storage.take_incoming(upload.upload_id, source)
    if _record(upload):
        log.info("upload finished", upload=upload.upload_id, file_id=upload.file_id)
    elif not Upload.objects.filter(pk=upload.pk).exists():  # given up at this very moment
        storage.delete_source(source)
        raise _missing(upload.upload_id)
    upload.is_done = True


@transaction.atomic
def _record(upload: Upload) -> bool:
    """Write the media's row; `False` where another has, or where the upload is gone."""
    if not Upload.objects.filter(pk=upload.pk, is_done=False).update(is_done=True):
        return False
    media_service.add_stored(file_id=upload.file_id, name=upload.name, size=upload.length)
    audit.note(
        user=upload.owner, model="media", public_id=upload.file_id, right="add", how="Upload"
    )
    return True


def _in_a_day() -> datetime:
    return timezone.now() + KEPT


def _too_much(upload: Upload) -> TooLarge:
    return TooLarge("too_large", _("This upload has only %(size)s bytes.", size=upload.length))


def _missing(upload_id: str) -> NotFound:
    return NotFound(
        "upload_not_found", _("There is no upload %(upload)s. Start a new one.", upload=upload_id)
    )
