"""The data folder: nothing in it is readable by other users of the machine, whatever the umask.

Needs no Django: the settings prepare the folder, and `doctor` looks at it again.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

#: For the owner alone.
PRIVATE = 0o700
#: For the owner, and for nginx, which is in the folder's group and sends these files.
SERVED = 0o750

DATABASE = "mediahub.sqlite3"
_FOLDERS = {
    "sources": SERVED,
    "pictures": SERVED,
    "incoming": PRIVATE,
    "cache": PRIVATE,
    "copies": PRIVATE,
    "static": PRIVATE,
}
_FILES = ("secret_key", f"{DATABASE}*")


class WrongMode(NamedTuple):
    """A path with a mode other than wanted."""

    path: Path
    mode: int
    wanted: int


def tighten(data: Path, *, is_served: bool) -> None:
    """Give everything of MediaHub's in `data` its mode; what belongs to others is left alone.

    With `is_served`, nginx may enter the folder too.
    """
    for found in wrong_modes(data, is_served=is_served):
        with suppress(OSError):  # deleted meanwhile, or another user's: `doctor` names it
            found.path.chmod(found.wanted)


def wrong_modes(data: Path, *, is_served: bool) -> Iterator[WrongMode]:
    """Paths that should have another mode, folders after what they hold.

    A folder with the right mode is not entered: others cannot reach what it holds, and what is
    written to it later is written with the right mode. So a library of any size costs nothing.
    """
    for name, wanted in _FOLDERS.items():
        yield from _wrong_in_tree(data / name, wanted)
    for pattern in _FILES:
        for path in data.glob(pattern):
            yield from _wrong_file(path, PRIVATE)
    top = _mode(data)
    if top is not None and not top & stat.S_ISVTX:  # /tmp and the like are not ours to close
        yield from _differing(data, top, SERVED if is_served else PRIVATE)


class PrivateConnection(sqlite3.Connection):
    """A connection to a database file that is made for the owner alone.

    SQLite gives its other files (`-wal`, `-shm`) the mode of the database.
    """

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        if not str(database).startswith((":", "file:")):  # in memory
            with suppress(OSError):  # exists; or SQLite itself says what is wrong with the path
                os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        super().__init__(database, *args, **kwargs)


def own_secret_key(path: Path) -> str:
    """The generated key, created once; two concurrent first starts agree on one."""
    if not path.exists():
        with tempfile.NamedTemporaryFile(
            "w", encoding="ascii", dir=path.parent, delete=False
        ) as draft:
            draft.write(secrets.token_urlsafe(64))
        try:
            os.link(draft.name, path)  # fails, unlike a rename, if another process was first
        except FileExistsError:
            pass
        finally:
            os.unlink(draft.name)
    return path.read_text("utf-8").strip()


def _wrong_in_tree(folder: Path, wanted: int) -> Iterator[WrongMode]:
    """A folder that may be a link to another disk, and what it holds."""
    mode = _mode(folder)
    if mode is None or not stat.S_ISDIR(mode) or stat.S_IMODE(mode) & 0o777 == wanted:
        return
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in files:
            yield from _wrong_file(Path(parent, name), wanted)
        for name in folders:
            path = Path(parent, name)
            if not path.is_symlink() and (inner := _mode(path)) is not None:
                yield from _differing(path, inner, wanted)
    yield from _differing(folder, mode, wanted)


def _wrong_file(path: Path, wanted: int) -> Iterator[WrongMode]:
    mode = None if path.is_symlink() else _mode(path)
    if mode is not None and mode & 0o777 & ~wanted:
        yield WrongMode(path, stat.S_IMODE(mode), stat.S_IMODE(mode) & ~0o777 | mode & wanted)


def _differing(folder: Path, mode: int, wanted: int) -> Iterator[WrongMode]:
    bits = stat.S_IMODE(mode)
    if bits & 0o777 != wanted:
        yield WrongMode(folder, bits, bits & ~0o777 | wanted)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None
