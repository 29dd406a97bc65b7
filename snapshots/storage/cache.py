"""Copies of what lies in a bucket, on this machine's disk, for those who decode.

Decoders read files, here and there in them; so a source is brought once, by ranges that go on
after a break, and stays for the next who wants it. All copies together keep to a bound: those not
used for longest go first. Who reads one holds a shared lock on it, who brings one an exclusive
lock on its part, so any number of processes may do either.
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
from .disk import TEMP_PREFIX, changed, full_disk_told, is_at
from .stored_file import Opened

_LOOK_AGAIN_S = 0.2
_ROOM_WAIT_S = 600.0  # others decode what is in the way
_BREAKS_FORGIVEN = 5  # one after the other without a byte between them
_FREE_FLOOR_BYTES = 256 * 2**20


def folder() -> Path:
    path = Path(settings.MEDIAHUB_DATA) / "copies"
    path.mkdir(exist_ok=True)
    return path


@contextmanager
def held(
    name: str, *, original: Callable[[], Opened], while_fetching: Callable[[], None]
) -> Iterator[Path]:
    """The copy of `name`, brought first if it is not here; it stays while it is held.

    `while_fetching` is called for each block, and now and then while others are waited for; what
    it raises leaves what has come so far to the next. Raises `StorageFull` for what does not fit.
    """
    with ExitStack() as stack:
        while (file := _opened(name)) is None:
            _bring(name, original(), while_fetching)
        stack.enter_context(file)
        path = _path(name)
        os.utime(path)
        yield path


def adopt(path: Path, name: str) -> None:
    """Make a file on the same disk the copy of `name`, if there is room; else delete it."""
    with _accounts():
        if _has_room(path.stat().st_size):
            os.replace(path, _path(name))
        else:
            path.unlink()


def copy_names(*, older_than: timedelta) -> Iterator[str]:
    """Names of the copies on this machine that nobody has used for so long."""
    latest = time.time() - older_than.total_seconds()
    for path in _all():
        if not path.name.startswith(TEMP_PREFIX) and changed(path) < latest:
            yield path.name.replace("-", "/")


def drop_copy(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def drop_parts(*, older_than: timedelta) -> int:
    """Delete what was begun, and not gone on with for so long; how many."""
    latest = time.time() - older_than.total_seconds()
    parts = [path for path in _all() if path.name.startswith(TEMP_PREFIX)]
    return sum(_dropped(path) for path in parts if changed(path) < latest)


# --- Bringing one --------------------------------------------------------------------------------


def _opened(name: str) -> IO[bytes] | None:
    """The copy with a shared lock, which keeps it from being dropped for room."""
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


def _bring(name: str, original: Opened, while_fetching: Callable[[], None]) -> None:
    """Returns when the copy is here, brought by this process or another; or gone again."""
    size = original.size
    _refuse_size(size)
    late = time.monotonic() + _ROOM_WAIT_S
    while not _path(name).exists():
        part = _sole_part(name, size)
        if part is not None:
            with part:
                _receive(part, original, while_fetching)
                with _accounts():  # who counts sees the one or the other
                    os.replace(_part(name, size), _path(name))
            return
        if time.monotonic() > late:
            raise _no_room()
        while_fetching()
        time.sleep(_LOOK_AGAIN_S)


def _sole_part(name: str, size: int) -> IO[bytes] | None:
    """The part to write to, locked and with room for all of it.

    `None` while that is not so, and where another has just brought the whole.
    """
    path = _part(name, size)
    with _accounts():
        if _path(name).exists() or not (path.exists() or _has_room(size)):
            return None
        file = path.open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file


def _receive(part: IO[bytes], original: Opened, while_fetching: Callable[[], None]) -> None:
    """The rest of the file, asked for again where the line broke."""
    breaks = 0
    with full_disk_told():
        while (here := part.seek(0, os.SEEK_END)) < original.size:
            try:
                for block in original.blocks(here, original.size - here):
                    part.write(block)
                    while_fetching()
            except Busy:
                breaks = breaks + 1 if part.tell() == here else 0
                if breaks > _BREAKS_FORGIVEN:
                    raise
            while_fetching()


# --- Room ----------------------------------------------------------------------------------------


@contextmanager
def _accounts() -> Iterator[None]:
    """Who counts or claims room does so alone."""
    with (folder() / ".room").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _has_room(size: int) -> bool:
    """Whether so much more fits, now that what is not in use was dropped as needed."""
    most = _most_bytes()
    copies = sorted(_all(), key=changed)
    taken = sum(map(_counted, copies))
    for path in copies:
        if taken + size <= most and _is_free(size):
            return True
        gone = _counted(path)
        if _dropped(path):
            taken -= gone
    return taken + size <= most and _is_free(size)


def _refuse_size(size: int) -> None:
    if size > _most_bytes():
        raise _no_room()


def _no_room() -> StorageFull:
    return StorageFull(
        "storage_full", _("The video does not fit into the cache: raise MEDIAHUB_COPIES_MB.")
    )


def _most_bytes() -> int:
    return int(settings.MEDIAHUB_COPIES_MB) * 2**20


def _is_free(size: int) -> bool:
    return shutil.disk_usage(folder()).free >= size + _FREE_FLOOR_BYTES


def _dropped(path: Path) -> bool:
    """Delete it unless somebody reads or brings it."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass  # as good
    return True


def _counted(path: Path) -> int:
    """The room that a copy takes, or will take when it is whole."""
    if path.name.startswith(TEMP_PREFIX):
        return int(path.name.removeprefix(TEMP_PREFIX).partition("-")[0])
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _all() -> list[Path]:
    return [path for path in folder().iterdir() if path.name != ".room"]


def _path(name: str) -> Path:
    return folder() / name.replace("/", "-")


def _part(name: str, size: int) -> Path:
    return folder() / f"{TEMP_PREFIX}{size}-{name.replace('/', '-')}"
