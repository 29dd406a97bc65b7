"""Numbered videos whose containers say of them what is not so, or less than they should."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from av.packet import Packet

from .writing import remuxed

ONE = 0x10000  # a media rate of 1, in 16.16


def lose_index(path: Path) -> Path:
    """As a recorder that crashed leaves an AVI: no idx1, and a size of 0."""
    data = bytearray(path.read_bytes())
    del data[data.rfind(b"idx1") :]
    data[4:8] = bytes(4)
    path.write_bytes(data)
    return path


def mark_all(source: Path, target: Path) -> Path:
    """The same packets, each marked as a key frame."""

    def mark(packet: Packet) -> None:
        packet.is_keyframe = True

    return remuxed(source, target, mark)


def set_edits(path: Path, edits: Sequence[tuple[int, int]]) -> Path:
    """Give an MP4 whose `moov` is at its end these edits: milliseconds, and the media's ticks.

    The ticks are counted from where its one edit began.
    """
    data = bytearray(path.read_bytes())
    position = data.index(b"elst") - 4
    (size,) = struct.unpack_from(">I", data, position)
    (start,) = struct.unpack_from(">i", data, position + 20)
    entries = b"".join(struct.pack(">IiI", ms, start + at, ONE) for ms, at in edits)
    new = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, len(edits)) + entries
    data[position : position + size] = new
    for name in (b"edts", b"trak", b"moov"):
        outer = data.rindex(name, 0, position + 8) - 4
        (length,) = struct.unpack_from(">I", data, outer)
        struct.pack_into(">I", data, outer, length + len(new) - size)
    path.write_bytes(data)
    return path


def strip_some_times(path: Path, keeps_time_of: Callable[[int], bool]) -> Path:
    """Strip PTS and DTS from the pictures of a transport stream that `keeps_time_of` excludes."""
    data = bytearray(path.read_bytes())
    number = 0
    for packet in range(0, len(data), 188):
        pid = (data[packet + 1] & 31) << 8 | data[packet + 2]
        if pid != 256 or not data[packet + 1] & 0x40:
            continue
        start = packet + 4 + (1 + data[packet + 4] if data[packet + 3] & 0x20 else 0)
        if data[start : start + 3] != b"\0\0\1":
            continue
        if not keeps_time_of(number):
            header = data[start + 8]
            data[start + 7] &= 0x3F  # PTS_DTS_flags
            data[start + 9 : start + 9 + header] = b"\xff" * header  # stuffing
        number += 1
    path.write_bytes(data)
    return path
