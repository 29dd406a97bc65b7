"""Local disk: full-disk errors, file identity and age."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import StorageFull
from ..messages import message as _

TEMP_PREFIX = ".part-"


@contextmanager
def map_disk_error() -> Iterator[None]:
    """Raises `StorageFull` for the system's errors of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "storage_full", _("The disk is full. Free some space, then try again.")
            ) from error
        raise


def is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether the open `file` is the one at `path` now."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def changed(path: Path) -> float:
    """When it was last written to, in Unix time; 0 if it is gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
