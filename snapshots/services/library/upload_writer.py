"""Writing the bytes of a resumable upload: under a lock, with checksums, durably.

What is received is the size of the file on the disk, so nothing is lost with a server that is
killed. The writer holds a lock on that file, which ends with its process.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any

from ... import storage
from ...errors import NotFound, TooLarge
from ...messages import message as _
from ...models import Upload
from ...video.demux.file_type import FIRST_BYTES
from . import upload_validators

ALGORITHMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class UploadLocked(Exception):
    """Another request is writing to this upload now."""


class ChecksumMismatch(Exception):
    """The bytes are not those that were sent; none of them was stored."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """The expected checksum of a piece; `algorithm` is one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes


@contextmanager
def locked(upload: Upload) -> Iterator[IO[bytes]]:
    """The upload's file, locked against all other writers in any process.

    Raises `UploadLocked`, `NotFound`.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(storage.sole_writer(upload.upload_id))
        except BlockingIOError as error:
            raise UploadLocked from error
        except FileNotFoundError as error:
            raise missing(upload.upload_id) from error
        upload.unchecked_from = _unchecked_from(upload)
        yield file


def drop_unchecked(upload: Upload, file: IO[bytes]) -> int:
    """Cut off what a killed process left unchecked; the new end of the file."""
    if upload.unchecked_from is not None:
        _cut(upload, file, upload.unchecked_from)
    return file.seek(0, os.SEEK_END)


def write(
    upload: Upload, file: IO[bytes], blocks: Iterable[bytes], checksum: Checksum | None
) -> None:
    """Append the blocks; with a `checksum` all of them or none.

    Raises `ChecksumMismatch`, `StorageFull`, `TooLarge`, `Unsupported`; also whatever `blocks`
    raises.
    """
    if checksum:
        _write_checked(upload, file, blocks, checksum)
    else:
        _write(upload, file, blocks)


def check_file_type(upload: Upload) -> None:
    """Raises `Unsupported` for a file that is plainly not a video."""
    upload_validators.check_file_type(storage.incoming_path(upload.upload_id))


def too_long(upload: Upload) -> TooLarge:
    return TooLarge("too_large", _("This upload has only %(size)s bytes.", size=upload.length))


def missing(upload_id: str) -> NotFound:
    why = _("There is no upload %(upload)s. Start a new one.", upload=upload_id)
    return NotFound("upload_not_found", why)


def _unchecked_from(upload: Upload) -> int | None:
    rows = Upload.objects.filter(pk=upload.pk).values_list("unchecked_from", flat=True)
    try:
        return rows.get()
    except Upload.DoesNotExist as error:
        raise missing(upload.upload_id) from error


def _cut(upload: Upload, file: IO[bytes], at: int) -> None:
    file.truncate(at)
    file.seek(at)
    _mark_unchecked(upload, None)


def _mark_unchecked(upload: Upload, start: int | None) -> None:
    upload.unchecked_from = start
    Upload.objects.filter(pk=upload.pk).update(unchecked_from=start)


def _write(upload: Upload, file: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Append block by block; durable before the caller reports the new offset."""
    is_known = file.tell() >= FIRST_BYTES
    try:
        for block in blocks:
            _append(upload, file, block)
            if not is_known and (is_known := file.tell() >= FIRST_BYTES):
                check_file_type(upload)
    finally:
        storage.write_through(file)


def _write_checked(
    upload: Upload, file: IO[bytes], blocks: Iterable[bytes], checksum: Checksum
) -> None:
    """Append all blocks, and cut all of them off again if the checksum differs."""
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
        check_file_type(upload)


def _compare(digest: bytes, checksum: Checksum) -> None:
    if digest != checksum.digest:
        raise ChecksumMismatch


def _append(upload: Upload, file: IO[bytes], block: bytes) -> None:
    if file.tell() + len(block) > upload.length:
        raise too_long(upload)
    upload_validators.check_space(len(block))  # others may fill the disk meanwhile
    storage.append(file, block)
