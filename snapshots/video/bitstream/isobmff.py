"""The boxes of an MP4 (ISO 14496-12, 4.2), read header by header.

A file may say anything: no more boxes are looked at than the bound below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_MOST_BOXES = 4096  # looked at in one file; each costs one small read


class Box(NamedTuple):
    """Its name, and where its contents lie."""

    name: bytes
    start: int
    end: int


class Boxes:
    """Those of an open file of `size` bytes."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.whole = Box(b"", 0, size)
        self._file = file
        self._left = _MOST_BOXES

    def along(self, part: Box, name: bytes, *names: bytes) -> Iterator[Box]:
        """Boxes of that name in `part`; with more names, those in these, and so on."""
        for box in self._in(part):
            if box.name == name:
                yield from self.along(box, *names) if names else [box]

    def tracks(self, id_: int) -> Iterator[Box]:
        """The `trak` boxes of the track with that id."""
        for track in self.along(self.whole, b"moov", b"trak"):
            header = next(self.along(track, b"tkhd"), None)
            if header and self._track_id(header) == id_:
                yield track

    def read(self, box: Box, most: int) -> bytes:
        """What is in the box, or as much of it as may be read."""
        self._file.seek(box.start)
        return self._file.read(max(0, min(box.end - box.start, most)))

    def _track_id(self, header: Box) -> int:
        head = self.read(header, 24)
        place = 20 if head[:1] == b"\x01" else 12  # behind times of 8 bytes, or of 4
        return int.from_bytes(head[place : place + 4], "big")

    def _in(self, part: Box) -> Iterator[Box]:
        place = part.start
        while place + 8 <= part.end and self._left:
            self._left -= 1
            self._file.seek(place)
            head = self._file.read(16)
            size, name, start = int.from_bytes(head[:4], "big"), head[4:8], place + 8
            if size == 1:
                size, start = int.from_bytes(head[8:], "big"), place + 16
            end = part.end if size == 0 else place + size
            if not start <= end <= part.end:
                return
            yield Box(name, start, end)
            place = end
