"""From a decoded frame to the finished picture on its canvas."""

from __future__ import annotations

from typing import cast

import av
from av.video.plane import VideoPlane
from PIL import Image, ImageFilter

from ..info import VideoInfo
from .encode import FORMATS
from .filter_graph import FrameFilter, carries_alpha
from .geometry import Placement, Size, cover_box, place, scaled
from .spec import Fill, RenderSpec

__all__ = ["Fill", "RenderSpec", "Renderer", "to_image"]

# The padding of gauss is made in the small: a copy of this long side, blurred by this radius,
# then enlarged. It costs little, and leaves shapes of light and no detail.
_BACKDROP_SIDE = 64
_BACKDROP_RADIUS = 2.5


class Renderer:
    """Finished pictures out of the frames of one file. Not for use by two threads at once."""

    def __init__(self, info: VideoInfo) -> None:
        self._source = Size(info.width, info.height)
        self._filter = FrameFilter(info)

    def render(
        self,
        frame: av.VideoFrame,
        spec: RenderSpec,
        *,
        before: av.VideoFrame | None = None,
        after: av.VideoFrame | None = None,
    ) -> Image.Image:
        """The frame on its canvas: RGBA where something in it is transparent, else RGB.

        Scaled straight from the decoded picture to its final size. `before` and `after` are the
        frames shown next to it, where they are known; only interlaced frames need them.
        """
        placement = place(self._source, spec.canvas(self._source), spec.fill)
        picture = self.upright(
            frame, placement.picture, alpha=carries_alpha(frame), before=before, after=after
        )
        if not FORMATS[spec.format].has_alpha:
            picture = _flattened(picture, spec.fill)
        return _without_idle_alpha(_on_canvas(picture, placement, spec.fill))

    def upright(
        self,
        frame: av.VideoFrame,
        size: Size,
        *,
        alpha: bool = False,
        before: av.VideoFrame | None = None,
        after: av.VideoFrame | None = None,
    ) -> Image.Image:
        """The frame as displayed, scaled to `size`: RGB, or RGBA with `alpha`.

        `before` and `after` as in `render`.
        """
        picture = self._filter.picture(frame, size, alpha=alpha, before=before, after=after)
        return to_image(picture)


def to_image(frame: av.VideoFrame) -> Image.Image:
    """A planar RGB frame (`gbrp`, `gbrap`) as a Pillow picture, RGB or RGBA."""
    size = (frame.width, frame.height)
    green, blue, red, *alpha = (_channel(plane, size) for plane in frame.planes)
    return Image.merge("RGBA" if alpha else "RGB", (red, green, blue, *alpha))


def _channel(plane: VideoPlane, size: tuple[int, int]) -> Image.Image:
    # No copy: Pillow reads the plane where FFmpeg wrote it. Its stubs know no other buffers.
    data = cast(bytes, plane)
    return Image.frombuffer("L", size, data, "raw", "L", plane.line_size, 1)


def _flattened(picture: Image.Image, fill: str) -> Image.Image:
    """Without alpha: laid on white for fill white, on black for every other."""
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white" if fill == Fill.WHITE else "black")
    ground.paste(picture, mask=picture)
    return ground


def _on_canvas(picture: Image.Image, placement: Placement, fill: str) -> Image.Image:
    if placement.covers:
        return picture
    canvas = _padding(picture, placement, fill)
    canvas.paste(picture, (placement.x, placement.y))  # no mask: alpha is copied, not blended
    return canvas


def _padding(picture: Image.Image, placement: Placement, fill: str) -> Image.Image:
    if fill == Fill.GAUSS:
        return _backdrop(picture, placement.canvas)
    if fill == Fill.TRANSPARENT:
        return Image.new("RGBA", placement.canvas, (0, 0, 0, 0))
    return Image.new(picture.mode, placement.canvas, fill)


def _backdrop(picture: Image.Image, canvas: Size) -> Image.Image:
    """A blurred copy of the picture, enlarged until it covers the whole canvas."""
    longest = max(canvas)
    small = picture.resize(
        Size(*(scaled(_BACKDROP_SIDE, side, longest) for side in canvas)),
        Image.Resampling.BILINEAR,
        box=cover_box(Size(*picture.size), canvas),
        reducing_gap=2.0,
    )
    # Blurred with its alpha multiplied in, or the colour under what is transparent would show.
    working = small.convert("RGBa") if small.mode == "RGBA" else small
    blurred = working.filter(ImageFilter.GaussianBlur(_BACKDROP_RADIUS))
    return blurred.convert(picture.mode).resize(canvas, Image.Resampling.BICUBIC)


def _without_idle_alpha(picture: Image.Image) -> Image.Image:
    """The same in RGB when every pixel is opaque."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        return picture.convert("RGB")
    return picture
