"""Numbered H.264 whose pictures are pairs of fields (PAFF), written by hand: no encoder does so.

Every macroblock is I_PCM. Numbers of sections are those of ITU-T H.264.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.support.made_once import made_once

from . import numbered

_WIDTH, _HEIGHT = 160, 96
_TICKS = Fraction(1, 90_000)
_STEP = 3000  # ticks of a frame

Plane = NDArray[np.uint8]


class _Bits:
    def __init__(self) -> None:
        self._bits: list[int] = []

    def u(self, count: int, *values: int) -> _Bits:
        """Each value in `count` bits."""
        for value in values:
            self._bits += [value >> place & 1 for place in range(count - 1, -1, -1)]
        return self

    def ue(self, *values: int) -> _Bits:
        """Exp-Golomb numbers (9.1)."""
        for value in values:
            length = (value + 1).bit_length()
            self.u(length - 1, 0).u(length, value + 1)
        return self

    def raw(self, data: bytes) -> None:
        """Bytes, from the next whole byte on."""
        self._align()
        self._bits += np.unpackbits(np.frombuffer(data, np.uint8)).tolist()

    def unit(self, head: int) -> bytes:
        """A NAL unit of these bits behind a start code (7.3.1, 7.4.1)."""
        self.u(1, 1)
        self._align()
        out, zeros = bytearray([head]), 0
        for byte in np.packbits(np.array(self._bits, np.uint8)).tobytes():
            if zeros >= 2 and byte <= 3:
                out.append(3)
                zeros = 0
            out.append(byte)
            zeros = zeros + 1 if byte == 0 else 0
        return b"\0\0\0\1" + bytes(out)

    def _align(self) -> None:
        self._bits += [0] * (-len(self._bits) % 8)


@made_once
def write(path: Path, *, frames: int, apart: bool) -> Path:
    """Interlaced numbered frames at 30 a second; fields in one packet, or `apart`."""
    pairs = [_pair(number) for number in range(frames)]
    raw = b"".join(first + second for first, second in pairs)
    with (
        av.open(io.BytesIO(raw), format="h264") as source,
        av.open(str(path), "w") as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0], opaque=True)
        for number, (first, second) in enumerate(pairs):
            parts = [(first, 0), (second, _STEP // 2)] if apart else [(first + second, 0)]
            for data, late in parts:
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, _TICKS
                packet.is_keyframe = late == 0
                packet.pts = packet.dts = number * _STEP + late
                out.mux(packet)
    return path


def _pair(number: int) -> tuple[bytes, bytes]:
    frame = av.VideoFrame.from_ndarray(numbered.picture(number), "rgb24")
    whole = frame.reformat(format="yuv420p").to_ndarray()
    luma, chroma = whole[:_HEIGHT], whole[_HEIGHT:].reshape(2, _HEIGHT // 2, _WIDTH // 2)
    planes = [luma, chroma[0], chroma[1]]
    top, bottom = ([plane[parity::2] for plane in planes] for parity in (0, 1))
    head = b"\0\0\0\1\x09\xf0"  # an access unit delimiter
    return (
        head + _sequence() + _picture() + _field(top, number, parity=0),
        head + _field(bottom, number, parity=1),
    )


def _sequence() -> bytes:
    """7.3.2.1.1: main profile, fields, a timing of 60 fields a second (E.1.1)."""
    bits = _Bits().u(8, 77, 0, 30).ue(0, 4, 0, 4, 1).u(1, 0).ue(_WIDTH // 16 - 1, _HEIGHT // 32 - 1)
    bits.u(1, 0, 0, 1, 0, 1).u(1, 0, 0, 0, 0, 1).u(32, 1, 60).u(1, 1, 0, 0, 0, 1, 1)
    return bits.ue(0, 0, 10, 10, 0, 1).unit(0x67)


def _picture() -> bytes:
    bits = _Bits().ue(0, 0).u(1, 0, 0).ue(0, 0, 0).u(1, 0).u(2, 0).ue(0, 0, 0)
    return bits.u(1, 1, 0, 0).unit(0x68)


def _field(planes: list[Plane], number: int, *, parity: int) -> bytes:
    """One I field; the first of each frame is an IDR picture (7.3.3)."""
    is_idr = parity == 0
    bits = _Bits().ue(0, 7, 0).u(8, 0).u(1, 1, parity)
    if is_idr:
        bits.ue(number & 1)
    bits.u(8, parity)
    bits.u(1, 0, 0) if is_idr else bits.u(1, 0)
    bits.ue(0, 1)
    luma, *chroma = planes
    for row in range(luma.shape[0] // 16):
        for column in range(luma.shape[1] // 16):
            bits.ue(25)  # I_PCM
            bits.raw(_block(luma, row, column, 16) + b"".join(
                _block(plane, row, column, 8) for plane in chroma
            ))  # fmt: skip
    return bits.unit(0x65 if is_idr else 0x61)


def _block(plane: Plane, row: int, column: int, side: int) -> bytes:
    part = plane[row * side : (row + 1) * side, column * side : (column + 1) * side]
    return np.ascontiguousarray(part).tobytes()
