"""A reader for the boxes of an MP4 (ISO 14496-12, 4.2), header by header.

A hostile file may claim anything, so the number of boxes read is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_MAX_BOXES = 4096  # read in one file; each costs one small read


class Box(NamedTuple):
    """A box: its name and the byte range of its contents."""

    name: bytes
    start: int
    end: int


class Boxes:
    """The boxes of an open file of `size` bytes."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.whole = Box(b"", 0, size)
        self._file = file
        self._boxes_left = _MAX_BOXES

    def find(self, part: Box, name: bytes, *names: bytes) -> Iterator[Box]:
        """Boxes called `name` in `part`; with more `names`, the boxes at that path."""
        for box in self._in(part):
            if box.name == name:
                yield from self.find(box, *names) if names else [box]

    def tracks(self, id_: int) -> Iterator[Box]:
        """The `trak` boxes of the track with that id."""
        for track in self.find(self.whole, b"moov", b"trak"):
            header = next(self.find(track, b"tkhd"), None)
            if header and self._track_id(header) == id_:
                yield track

    def read(self, box: Box, max_bytes: int) -> bytes:
        """The contents of the box, at most `max_bytes` of them."""
        self._file.seek(box.start)
        return self._file.read(max(0, min(box.end - box.start, max_bytes)))

    def _track_id(self, header: Box) -> int:
        head = self.read(header, 24)
        offset = 20 if head[:1] == b"\x01" else 12  # after times of 8 bytes, or of 4
        return int.from_bytes(head[offset : offset + 4], "big")

    def _in(self, part: Box) -> Iterator[Box]:
        offset = part.start
        while offset + 8 <= part.end and self._boxes_left:
            self._boxes_left -= 1
            self._file.seek(offset)
            head = self._file.read(16)
            size, name, start = int.from_bytes(head[:4], "big"), head[4:8], offset + 8
            if size == 1:
                size, start = int.from_bytes(head[8:], "big"), offset + 16
            end = part.end if size == 0 else offset + size
            if not start <= end <= part.end:
                return
            yield Box(name, start, end)
            offset = end
