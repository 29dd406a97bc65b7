"""What the parts that write to a disk have in common."""

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
def full_disk_told() -> Iterator[None]:
    """Raises `StorageFull` for what the system says of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "storage_full", _("The disk is full. Free some space, then try again.")
            ) from error
        raise


def is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether the open `file` is the one that lies at `path` now."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def changed(path: Path) -> float:
    """When it was last written to, in Unix time; never, where it is gone meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
