"""Files: sources (private) and pictures (public by names nobody can guess).

Names are deterministic, writes are atomic, deletions wait for the commit.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import transaction

from . import faults
from .errors import StorageFull

TEMP_PREFIX = ".part-"


def sources() -> Storage:
    return storages["sources"]


def pictures() -> Storage:
    return storages["pictures"]


class LocalStorage(FileSystemStorage):
    """A folder whose files appear whole or not at all, under exactly the name asked for."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with _full_disk_told():
            part = self._write_part(target.parent, content)
        faults.point("before_rename")
        os.replace(part, target)
        faults.point("after_rename")
        return name

    def _write_part(self, folder: Path, content: File[Any]) -> str:
        """A finished temporary file beside the target: moved there, or written and synced."""
        handle, part = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=folder)
        try:
            with os.fdopen(handle, "wb") as out:
                if hasattr(content, "temporary_file_path"):
                    shutil.move(content.temporary_file_path(), part)
                else:
                    for chunk in content.chunks():
                        out.write(chunk)
                    faults.point("while_writing")
                    out.flush()
                    os.fsync(out.fileno())
            os.chmod(part, 0o640)
        except BaseException:
            os.unlink(part)
            raise
        return part


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "storage_full", "The disk is full. Free some space, then try again."
            ) from error
        raise


def save_picture(name: str, data: bytes) -> None:
    """Write a picture under `name`; the same name always means the same bytes."""
    pictures().save(name, ContentFile(data))


def save_source(name: str, content: File[Any]) -> None:
    """Take a source file into the store; an upload already on the same disk is renamed."""
    sources().save(name, content)


def copy_source(name: str, path: Path) -> None:
    """Copy a file on disk into the store of sources."""
    with path.open("rb") as file:
        save_source(name, File(file))


def take_incoming(name: str, source: str) -> None:
    """Make an incoming file a source, by a rename; where it is one already, do nothing."""
    target = Path(source_path(source))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.chmod(incoming_path(name), 0o640)
        faults.point("before_taking")
        os.replace(incoming_path(name), target)
        faults.point("after_taking")
    except FileNotFoundError:
        if not target.exists():
            raise


@contextmanager
def sole_writer(name: str) -> Iterator[IO[bytes]]:
    """An incoming file to write to, locked against all who open it by this, in any process.

    Unbuffered: what is written is in the file, whatever comes next. Raises `FileNotFoundError`,
    and `BlockingIOError` while somebody else has it.
    """
    path = incoming_path(name)
    with path.open("r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_at(path, file):  # moved or deleted between opening and locking
            raise BlockingIOError
        yield file


def _is_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def append(file: IO[bytes], block: bytes) -> None:
    """Write a block to an unbuffered file. Raises `StorageFull`."""
    left = memoryview(block)
    with _full_disk_told():
        while left:
            left = left[file.write(left) :]


def write_through(file: IO[bytes]) -> None:
    """Returns when what this unbuffered file holds would outlast a power cut."""
    with _full_disk_told():
        os.fsync(file.fileno())


def incoming_path(name: str) -> Path:
    """Where a file lies while it comes in: on the disk that it will stay on."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR) / name


def incoming_names(*, older_than: timedelta) -> Iterator[str]:
    """Names of incoming files that nobody has written to for so long."""
    latest = time.time() - older_than.total_seconds()
    for path in incoming_path("x").parent.iterdir():
        if path.is_file() and _changed(path) < latest:
            yield path.name


def delete_incoming(name: str) -> None:
    incoming_path(name).unlink(missing_ok=True)


def source_path(name: str) -> str:
    """Where the source lies on this machine's disk."""
    return sources().path(name)


def open_source_file(name: str, link: str) -> IO[bytes]:
    """The bytes of a source, stored or linked."""
    return open(link or source_path(name), "rb")


def open_picture(name: str) -> IO[bytes]:
    """The bytes of a picture. Raises `OSError` where there is none."""
    return open(pictures().path(name), "rb")


def picture_url(name: str) -> str:
    return pictures().url(name)


def delete_pictures_on_commit(names: Iterable[str]) -> None:
    """Delete when, and only when, the transaction that gave the names up is committed."""
    transaction.on_commit(partial(_delete, pictures(), [name for name in names if name]))


def delete_sources_on_commit(names: Iterable[str]) -> None:
    transaction.on_commit(partial(_delete, sources(), [name for name in names if name]))


def delete_picture(name: str) -> None:
    pictures().delete(name)


def delete_source(name: str) -> None:
    sources().delete(name)


def _delete(store: Storage, names: list[str]) -> None:
    for name in names:
        store.delete(name)


def drop_parts(*, older_than: timedelta) -> int:
    """Delete unfinished files that nobody has written to for so long; how many."""
    latest = time.time() - older_than.total_seconds()
    found = [
        path
        for store in (sources(), pictures())
        for path in Path(store.path("x")).parent.rglob(f"{TEMP_PREFIX}*")
        if _changed(path) < latest
    ]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def picture_names(*, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
    """Names of pictures written between these ages, folder by folder."""
    return _names(pictures(), older_than, newer_than)


def source_names(*, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
    """Names of sources written between these ages, folder by folder."""
    return _names(sources(), older_than, newer_than)


def _names(store: Storage, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
    now = time.time()
    latest, earliest = now - older_than.total_seconds(), now - newer_than.total_seconds()
    root = Path(store.path("x")).parent
    folders = root.iterdir() if root.is_dir() else iter(())
    ours = (folder for folder in folders if folder.is_dir() and folder.name != "lost+found")
    for folder in (folder for folder in ours if _changed(folder) >= earliest):
        for path in folder.iterdir():
            if earliest <= _changed(path) <= latest and not path.name.startswith(TEMP_PREFIX):
                yield f"{folder.name}/{path.name}"


def _changed(path: Path) -> float:
    """When it was last written to; never, where it is gone meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def try_writing() -> None:
    """Write something where sources and pictures are kept, and take it back. Raises `OSError`."""
    for store in (sources(), pictures()):
        folder = Path(store.path("x")).parent
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=TEMP_PREFIX, dir=folder) as file:
            file.write(b"x")
            file.flush()


def free_bytes() -> int:
    """Room left where sources are kept."""
    location = Path(sources().path("x")).parent
    location.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(location).free


def blocks(file: IO[bytes], start: int, length: int, size: int = 256 * 1024) -> Iterator[bytes]:
    """`length` bytes from `start`, in blocks; the file is closed at the end."""
    with file:
        file.seek(start)
        while length > 0 and (block := file.read(min(size, length))):
            length -= len(block)
            yield block
