"""NAL units: how H.264 and HEVC frame pictures and parameter sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Data: TypeAlias = "bytes | memoryview"


def units(packet: memoryview, length: int) -> Iterator[Data]:
    """The NAL units of a packet, each prefixed with its size in `length` bytes.

    With length 0 they follow start codes (annex B), and each runs to the end of the packet.
    """
    return _sized(packet, length) if length else start_coded(packet)


def start_coded(data: Data) -> Iterator[bytes]:
    """The NAL units after start codes (annex B), each running to the end of the data."""
    whole = bytes(data)
    offset = whole.find(b"\0\0\1")
    while offset >= 0:
        yield whole[offset + 3 :]
        offset = whole.find(b"\0\0\1", offset + 3)


def unescaped(data: bytes) -> bytes:
    """The data without its emulation prevention bytes (ITU-T H.264, 7.4.1)."""
    return data.replace(b"\0\0\3", b"\0\0")


def _sized(data: memoryview, length: int) -> Iterator[memoryview]:
    offset = 0
    while offset + length < len(data):
        size = int.from_bytes(data[offset : offset + length], "big")
        offset += length
        yield data[offset : offset + size]
        offset += size
