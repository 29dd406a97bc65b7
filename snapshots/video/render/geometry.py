"""Where a picture goes: sizes and places in whole pixels. Nothing here touches a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ...messages import message as _
from ..errors import VideoError

MAX_COMPUTED_SIDE = 8192
MAX_PIXELS = 36_000_000


class Size(NamedTuple):
    """Width and height in pixels, as displayed."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the whole picture, scaled to `picture`, lies on a canvas of size `canvas`.

    `x` and `y` are the pixels left of it and above it. An odd remainder leaves the one pixel
    more on the right and at the bottom.
    """

    canvas: Size
    picture: Size
    x: int
    y: int

    @property
    def covers(self) -> bool:
        """Whether the picture leaves nothing to pad."""
        return self.picture == self.canvas


def canvas_size(source: Size, *, width: int, height: int, adaptive: bool) -> Size:
    """Size of the output for a template's `width` and `height`, where 0 means "not given".

    Both 0: the size of the source. One 0: that side from the source's ratio, rounded to
    nearest (half upwards), at least 1. `adaptive` reads width as the long side and height as
    the short one; of two given sides the larger is the long one, and a square source counts as
    landscape. Raises `VideoError` too_large for a computed side above 8192 or an output of
    more than 36 megapixels.
    """
    if adaptive:
        width, height = _turned(source, width, height)
    canvas = _completed(source, width, height)
    computed = not (width and height) and bool(width or height)
    if (computed and max(canvas) > MAX_COMPUTED_SIDE) or canvas.width * canvas.height > MAX_PIXELS:
        raise _too_large(canvas)
    return canvas


def place(source: Size, canvas: Size, fill: str) -> Placement:
    """Where the whole source lies on the canvas: all over it for `stretch`, else by its ratio.

    Kept to its ratio the picture is the largest that fits, rounded to nearest, and centred.
    A gap of one pixel is rounding, not another ratio: the picture then fills the canvas.
    """
    picture = canvas if fill == "stretch" else _fitted(source, canvas)
    return Placement(
        canvas=canvas,
        picture=picture,
        x=(canvas.width - picture.width) // 2,
        y=(canvas.height - picture.height) // 2,
    )


def cover_box(source: Size, canvas: Size) -> tuple[float, float, float, float]:
    """The centred part of the source, (left, top, right, bottom), that has the canvas's ratio."""
    scale = min(source.width / canvas.width, source.height / canvas.height)
    left = (source.width - canvas.width * scale) / 2
    top = (source.height - canvas.height * scale) / 2
    return left, top, source.width - left, source.height - top


def scaled(length: int, numerator: int, denominator: int) -> int:
    """`length × numerator / denominator`, rounded to nearest (half upwards), at least 1."""
    return max(1, (2 * length * numerator + denominator) // (2 * denominator))


def _turned(source: Size, width: int, height: int) -> tuple[int, int]:
    long, short = (max(width, height), min(width, height)) if width and height else (width, height)
    return (short, long) if source.height > source.width else (long, short)


def _completed(source: Size, width: int, height: int) -> Size:
    if width and height:
        return Size(width, height)
    if width:
        return Size(width, scaled(width, source.height, source.width))
    if height:
        return Size(scaled(height, source.width, source.height), height)
    return source


def _fitted(source: Size, canvas: Size) -> Size:
    if source.width * canvas.height >= source.height * canvas.width:
        height = scaled(canvas.width, source.height, source.width)
        return canvas if canvas.height - height <= 1 else Size(canvas.width, height)
    width = scaled(canvas.height, source.width, source.height)
    return canvas if canvas.width - width <= 1 else Size(width, canvas.height)


def _too_large(canvas: Size) -> VideoError:
    return VideoError(
        "too_large",
        _(
            "The picture would be %(width)s×%(height)s; the limits are 36 "
            "megapixels, and %(max)s pixels for a side computed from the other.",
            width=canvas.width,
            height=canvas.height,
            max=MAX_COMPUTED_SIDE,
        ),
    )
