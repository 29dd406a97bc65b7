"""NAL units, which H.264 and HEVC pack their pictures and parameters into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Data: TypeAlias = "bytes | memoryview"


def units(packet: memoryview, length: int) -> Iterator[Data]:
    """Those of a packet that stand behind their sizes in `length` bytes each.

    With 0 they follow start codes (annex B), and each goes on to the end of the packet.
    """
    return _sized(packet, length) if length else start_coded(packet)


def start_coded(data: Data) -> Iterator[bytes]:
    """Those that follow start codes (annex B), to the end of the data each."""
    whole = bytes(data)
    place = whole.find(b"\0\0\1")
    while place >= 0:
        yield whole[place + 3 :]
        place = whole.find(b"\0\0\1", place + 3)


def unescaped(data: bytes) -> bytes:
    """Without the bytes that keep start codes from appearing by chance (ITU-T H.264, 7.4.1)."""
    return data.replace(b"\0\0\3", b"\0\0")


def _sized(data: memoryview, length: int) -> Iterator[memoryview]:
    place = 0
    while place + length < len(data):
        size = int.from_bytes(data[place : place + length], "big")
        place += length
        yield data[place : place + size]
        place += size
