"""How a picture is meant to be looked at: its turn, its pixel shape, its colours."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..info import Color

# ITU-T H.273 numbers and FFmpeg's names for them.
MATRICES = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m",
    8: "ycgco", 9: "bt2020nc", 10: "bt2020c", 14: "ictcp",
}  # fmt: skip
RANGES = {1: "tv", 2: "pc"}
PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film",
    9: "bt2020", 10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip
TRANSFERS = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear",
    9: "log100", 10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1",
    14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip
HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
_STRANGEST_SAR = 16  # beyond this a pixel's shape is taken for a mistake
_DISPLAY_MATRIX = struct.Struct("<9i")  # 16.16 fixed point, in the machine's byte order


@dataclass(frozen=True, slots=True)
class Turn:
    """`mirrored` (left to right) comes first, then `rotation`, clockwise degrees."""

    rotation: int = 0
    mirrored: bool = False


def turn(frame: VideoFrame) -> Turn:
    """The nearest of the eight ways to lie, from the display matrix the frame carries."""
    try:
        data = bytes(cast(SideDataContainer, frame.side_data)[Type.DISPLAYMATRIX])
    except KeyError:
        return Turn()
    if len(data) < _DISPLAY_MATRIX.size:
        return Turn()
    return turn_of_matrix(_DISPLAY_MATRIX.unpack(data[: _DISPLAY_MATRIX.size]))


def turn_of_matrix(matrix: tuple[int, ...]) -> Turn:
    """Read nine numbers that map stored (x, y) to x·m0 + y·m3 and x·m1 + y·m4, y downwards."""
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    determinant = a * d - b * c
    if determinant == 0:
        return Turn()
    mirrored = determinant < 0
    if mirrored:  # take the flip of x out, and a pure rotation is left
        a, b = -a, -b
    quarters = round(math.degrees(math.atan2(b - c, a + d)) / 90)
    return Turn(quarters % 4 * 90, mirrored)


def color(frame: VideoFrame) -> Color:
    """Colour tags of a decoded frame; what the file leaves open is `None`."""
    return Color(
        matrix=MATRICES.get(int(frame.colorspace)),
        range=RANGES.get(int(frame.color_range)),
        primaries=PRIMARIES.get(int(frame.color_primaries)),
        transfer=TRANSFERS.get(int(frame.color_trc)),
    )


def sample_aspect_ratio(stream: VideoStream) -> Fraction:
    """Width of a pixel over its height; 1 where the file says nothing or nonsense."""
    sar = stream.sample_aspect_ratio
    if not sar or not Fraction(1, _STRANGEST_SAR) <= sar <= _STRANGEST_SAR:
        return Fraction(1)
    return sar


def displayed_size(width: int, height: int, sar: Fraction, rotation: int) -> tuple[int, int]:
    """(width, height) as shown: the stored height kept, halves rounded up, then turned."""
    stretched = max(1, math.floor(width * sar + Fraction(1, 2)))
    return (height, stretched) if rotation in (90, 270) else (stretched, height)
