"""Stored files open for reading: bytes, and metadata for HTTP headers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Protocol

BLOCK_BYTES = 256 * 1024


class StoredFile(Protocol):
    """A file open for reading. `modified` is in whole seconds of Unix time, `etag` unquoted."""

    size: int
    modified: int
    etag: str
    is_on_disk: bool

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        """`length` bytes from `start`, in blocks."""
        ...

    def close(self) -> None: ...


class LocalFile:
    """A file on this machine's disk."""

    is_on_disk = True

    def __init__(self, file: IO[bytes]) -> None:
        facts = os.fstat(file.fileno())
        self._file = file
        self.size = facts.st_size
        self.modified = int(facts.st_mtime)
        self.etag = f"{facts.st_size:x}-{facts.st_mtime_ns:x}"

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        self._file.seek(start)
        while length > 0 and (block := self._file.read(min(BLOCK_BYTES, length))):
            length -= len(block)
            yield block

    def close(self) -> None:
        self._file.close()
