"""Staging of incoming files: on the data disk, until they become sources."""

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

from .disk import changed, is_at, map_disk_error


def incoming_path(name: str) -> Path:
    """Path of an incoming file."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR) / name


@contextmanager
def sole_writer(name: str) -> Iterator[IO[bytes]]:
    """An incoming file to write to, locked against other callers in any process.

    Unbuffered: writes reach the file at once. Raises `FileNotFoundError`, and `BlockingIOError`
    while another holds the lock.
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
    with map_disk_error():
        while left:
            left = left[file.write(left) :]


def write_through(file: IO[bytes]) -> None:
    """Returns when the contents of this unbuffered file would survive a power cut."""
    with map_disk_error():
        os.fsync(file.fileno())


def incoming_names(*, older_than: timedelta) -> Iterator[str]:
    """Names of incoming files last written to before `older_than`."""
    latest = time.time() - older_than.total_seconds()
    for path in incoming_path("x").parent.iterdir():
        if path.is_file() and changed(path) < latest:
            yield path.name


def delete_incoming(name: str) -> None:
    incoming_path(name).unlink(missing_ok=True)


def free_bytes() -> int:
    """Free space on the disk of incoming files."""
    return shutil.disk_usage(incoming_path("x").parent).free
