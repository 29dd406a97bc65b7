"""Display properties: display matrix, sample aspect ratio, colour tags."""

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
_MAX_SAR = 16  # beyond this, or its inverse, the ratio is taken for an error
_DISPLAY_MATRIX = struct.Struct("<9i")  # 16.16 fixed point, in the machine's byte order


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture is turned: mirrored left to right first, then rotated clockwise."""

    rotation: int = 0
    mirrored: bool = False


def orientation(frame: VideoFrame) -> Orientation:
    """The nearest of the eight orientations, from the frame's display matrix."""
    try:
        data = bytes(cast(SideDataContainer, frame.side_data)[Type.DISPLAYMATRIX])
    except KeyError:
        return Orientation()
    if len(data) < _DISPLAY_MATRIX.size:
        return Orientation()
    return orientation_of_matrix(_DISPLAY_MATRIX.unpack(data[: _DISPLAY_MATRIX.size]))


def orientation_of_matrix(matrix: tuple[int, ...]) -> Orientation:
    """The orientation of a matrix mapping (x, y) to x·m0 + y·m3 and x·m1 + y·m4, y downwards."""
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    determinant = a * d - b * c
    if determinant == 0:
        return Orientation()
    mirrored = determinant < 0
    if mirrored:  # take the flip of x out, and a pure rotation is left
        a, b = -a, -b
    quarters = round(math.degrees(math.atan2(b - c, a + d)) / 90)
    return Orientation(quarters % 4 * 90, mirrored)


def color(frame: VideoFrame) -> Color:
    """Colour tags of a decoded frame; unspecified ones are `None`."""
    return Color(
        matrix=MATRICES.get(int(frame.colorspace)),
        range=RANGES.get(int(frame.color_range)),
        primaries=PRIMARIES.get(int(frame.color_primaries)),
        transfer=TRANSFERS.get(int(frame.color_trc)),
    )


def sample_aspect_ratio(stream: VideoStream) -> Fraction:
    """Width of a pixel over its height; 1 where the file states none or an absurd one."""
    sar = stream.sample_aspect_ratio
    if not sar or not Fraction(1, _MAX_SAR) <= sar <= _MAX_SAR:
        return Fraction(1)
    return sar


def displayed_size(width: int, height: int, sar: Fraction, rotation: int) -> tuple[int, int]:
    """(width, height) as shown: the stored width times `sar`, halves rounded up, then rotated."""
    stretched = max(1, math.floor(width * sar + Fraction(1, 2)))
    return (height, stretched) if rotation in (90, 270) else (stretched, height)
