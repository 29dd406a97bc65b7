"""LRU cache of bucket objects on this machine's disk, for decoding.

Decoders need random access, so a source is downloaded once, by ranges that resume after an
interruption, and stays for later use. The total size is bounded: the least recently used copies
are deleted first. A reader holds a shared lock on the copy, a downloader an exclusive lock on its
partial file, so any number of processes may do either.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from ..errors import Busy, StorageFull
from ..messages import message as _
from .disk import TEMP_PREFIX, changed, is_at, map_disk_error
from .stored_file import StoredFile

_POLL_S = 0.2
_SPACE_WAIT_S = 600.0  # until others release what they decode
_MAX_INTERRUPTIONS = 5  # in a row, without a byte between them
_FREE_FLOOR_BYTES = 256 * 2**20


def folder() -> Path:
    path = Path(settings.MEDIAHUB_DATA) / "copies"
    path.mkdir(0o700, exist_ok=True)
    return path


@contextmanager
def held(
    name: str, *, original: Callable[[], StoredFile], while_fetching: Callable[[], None]
) -> Iterator[Path]:
    """The cached copy of `name`, downloaded first if needed; it stays while the context is open.

    `while_fetching` is called for each block, and regularly while waiting for others; if it raises,
    the next download resumes. Raises `StorageFull` for a file that does not fit.
    """
    with ExitStack() as stack:
        while (file := _opened(name)) is None:
            _fetch(name, original(), while_fetching)
        stack.enter_context(file)
        path = _path(name)
        os.utime(path)
        yield path


def adopt(path: Path, name: str) -> None:
    """Move a file on the same disk into the cache as `name` if there is room; else delete it."""
    with _size_lock():
        if _make_space(path.stat().st_size):
            os.replace(path, _path(name))
        else:
            path.unlink()


def cached_names(*, older_than: timedelta) -> Iterator[str]:
    """Names of cached copies that were last used before `older_than`."""
    latest = time.time() - older_than.total_seconds()
    for path in _cached_files():
        if not path.name.startswith(TEMP_PREFIX) and changed(path) < latest:
            yield path.name.replace("-", "/")


def drop_cached(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def drop_parts(*, older_than: timedelta) -> int:
    """Delete partial files last written to before `older_than`; how many."""
    latest = time.time() - older_than.total_seconds()
    parts = [path for path in _cached_files() if path.name.startswith(TEMP_PREFIX)]
    return sum(_evicted(path) for path in parts if changed(path) < latest)


def _open_privately(path: str, flags: int) -> int:
    """Open a file which, if it is new, only the owner may read."""
    return os.open(path, flags, 0o600)


# --- Downloading ---------------------------------------------------------------------------------


def _opened(name: str) -> IO[bytes] | None:
    """The copy with a shared lock, which protects it from eviction."""
    path = _path(name)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    if is_at(path, file):
        return file
    file.close()
    return None


def _fetch(name: str, original: StoredFile, while_fetching: Callable[[], None]) -> None:
    """Returns when the copy exists, downloaded by this process or another; or was deleted again."""
    size = original.size
    _check_size(size)
    late = time.monotonic() + _SPACE_WAIT_S
    while not _path(name).exists():
        part = _sole_part(name, size)
        if part is not None:
            with part:
                _receive(part, original, while_fetching)
                with _size_lock():  # others see either the one or the other
                    os.replace(_part(name, size), _path(name))
            return
        if time.monotonic() > late:
            raise _no_space()
        while_fetching()
        time.sleep(_POLL_S)


def _sole_part(name: str, size: int) -> IO[bytes] | None:
    """The partial file, locked and with room for all of it.

    `None` while that is impossible, and where another has just completed it.
    """
    path = _part(name, size)
    with _size_lock():
        if _path(name).exists() or not (path.exists() or _make_space(size)):
            return None
        file = open(path, "ab", buffering=0, opener=_open_privately)  # noqa: SIM115  returned
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file


def _receive(part: IO[bytes], original: StoredFile, while_fetching: Callable[[], None]) -> None:
    """Receive the rest of the file, resuming after interruptions."""
    interruptions = 0
    with map_disk_error():
        while (here := part.seek(0, os.SEEK_END)) < original.size:
            try:
                for block in original.blocks(here, original.size - here):
                    part.write(block)
                    while_fetching()
            except Busy:
                interruptions = interruptions + 1 if part.tell() == here else 0
                if interruptions > _MAX_INTERRUPTIONS:
                    raise
            while_fetching()


# --- Space ---------------------------------------------------------------------------------------


@contextmanager
def _size_lock() -> Iterator[None]:
    """A lock held while space is measured or claimed."""
    with open(folder() / ".room", "wb", opener=_open_privately) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_space(size: int) -> bool:
    """Evict unused copies until `size` more bytes fit; whether they do."""
    limit = _max_bytes()
    copies = sorted(_cached_files(), key=changed)
    taken = sum(map(_size, copies))
    for path in copies:
        if taken + size <= limit and _is_free(size):
            return True
        freed = _size(path)
        if _evicted(path):
            taken -= freed
    return taken + size <= limit and _is_free(size)


def _check_size(size: int) -> None:
    if size > _max_bytes():
        raise _no_space()


def _no_space() -> StorageFull:
    return StorageFull(
        "storage_full", _("The video does not fit into the cache: raise MEDIAHUB_COPIES_MB.")
    )


def _max_bytes() -> int:
    return int(settings.MEDIAHUB_COPIES_MB) * 2**20


def _is_free(size: int) -> bool:
    return shutil.disk_usage(folder()).free >= size + _FREE_FLOOR_BYTES


def _evicted(path: Path) -> bool:
    """Delete it unless it is being read or downloaded."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass  # gone already
    return True


def _size(path: Path) -> int:
    """Bytes that a copy takes, or will take when it is complete."""
    if path.name.startswith(TEMP_PREFIX):
        return int(path.name.removeprefix(TEMP_PREFIX).partition("-")[0])
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _cached_files() -> list[Path]:
    return [path for path in folder().iterdir() if path.name != ".room"]


def _path(name: str) -> Path:
    return folder() / name.replace("/", "-")


def _part(name: str, size: int) -> Path:
    return folder() / f"{TEMP_PREFIX}{size}-{name.replace('/', '-')}"
