"""Files on their way in: on the disk they will stay on, or leave for the bucket from."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from .disk import changed, full_disk_told, is_at


def incoming_path(name: str) -> Path:
    """Where a file lies while it comes in."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR) / name


@contextmanager
def sole_writer(name: str) -> Iterator[IO[bytes]]:
    """An incoming file to write to, locked against all who open it by this, in any process.

    Unbuffered: what is written is in the file, whatever comes next. Raises `FileNotFoundError`,
    and `BlockingIOError` while somebody else has it.
    """
    path = incoming_path(name)
    with path.open("r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_at(path, file):  # moved or deleted between opening and locking
            raise BlockingIOError
        yield file


def append(file: IO[bytes], block: bytes) -> None:
    """Write a block to an unbuffered file. Raises `StorageFull`."""
    left = memoryview(block)
    with full_disk_told():
        while left:
            left = left[file.write(left) :]


def write_through(file: IO[bytes]) -> None:
    """Returns when what this unbuffered file holds would outlast a power cut."""
    with full_disk_told():
        os.fsync(file.fileno())


def incoming_names(*, older_than: timedelta) -> Iterator[str]:
    """Names of incoming files that nobody has written to for so long."""
    latest = time.time() - older_than.total_seconds()
    for path in incoming_path("x").parent.iterdir():
        if path.is_file() and changed(path) < latest:
            yield path.name


def delete_incoming(name: str) -> None:
    incoming_path(name).unlink(missing_ok=True)


def free_bytes() -> int:
    """Room left on the disk that files come in by."""
    return shutil.disk_usage(incoming_path("x").parent).free
