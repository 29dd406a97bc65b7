"""Reservations: disk space that uploads in progress are still going to need.

Each is a sparse file beside the incoming files, whose size is the number of bytes to come. So every
process sees it, and it goes with its process, or later as any orphaned file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress

from .staging import incoming_path

_PREFIX = ".reserved-"


class Reservation:
    """Space for `size` bytes on behalf of `who`, until it is closed."""

    def __init__(self, who: str, size: int) -> None:
        folder = incoming_path("x").parent
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed by `close`
            dir=folder, prefix=f"{_PREFIX}{who}-", buffering=0
        )
        self._file.truncate(size)

    def shrink(self, size: int) -> None:
        """Only `size` bytes are still to come."""
        self._file.truncate(size)

    def close(self) -> None:
        self._file.close()


def reservations(who: str = "") -> Iterator[int]:
    """Sizes of the open reservations, of one user or of all."""
    for path in incoming_path("x").parent.glob(f"{_PREFIX}{who}-*" if who else f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # closed meanwhile
            yield path.stat().st_size
