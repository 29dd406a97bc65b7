"""The renderer: a decoded frame to the finished picture on its canvas."""

from __future__ import annotations

from typing import cast

import av
from av.video.plane import VideoPlane
from PIL import Image, ImageFilter

from ..info import VideoInfo
from .encode import FORMATS
from .filter_graph import FrameFilter, carries_alpha
from .geometry import Placement, Size, cover_box, fit, scaled
from .spec import Fill, RenderSpec

__all__ = ["Fill", "RenderSpec", "Renderer", "to_image"]

# The gauss padding is made small: a copy with this long side, blurred by this radius, then
# enlarged. That is cheap, and removes all detail.
_BACKDROP_SIDE = 64
_BACKDROP_RADIUS = 2.5


class Renderer:
    """Renders the frames of one file. Not for use by two threads at once."""

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
        """The frame on its canvas: RGBA if any pixel is transparent, else RGB.

        Scaled directly from the decoded picture to its final size. `before` and `after` are its
        neighbours in display order, if known; only interlaced frames need them.
        """
        placement = fit(self._source, spec.canvas(self._source), spec.fill)
        picture = self.upright(
            frame, placement.picture, alpha=carries_alpha(frame), before=before, after=after
        )
        if not FORMATS[spec.format].has_alpha:
            picture = _flattened(picture, spec.fill)
        return _without_opaque_alpha(_on_canvas(picture, placement, spec.fill))

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
    # No copy: Pillow reads FFmpeg's memory. Its stubs allow only bytes.
    data = cast(bytes, plane)
    return Image.frombuffer("L", size, data, "raw", "L", plane.line_size, 1)


def _flattened(picture: Image.Image, fill: str) -> Image.Image:
    """Without alpha: composited onto white for fill white, else onto black."""
    if picture.mode == "RGB":
        return picture
    background = Image.new("RGB", picture.size, "white" if fill == Fill.WHITE else "black")
    background.paste(picture, mask=picture)
    return background


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
    """A blurred copy of the picture, enlarged to cover the whole canvas."""
    longest = max(canvas)
    small = picture.resize(
        Size(*(scaled(_BACKDROP_SIDE, side, longest) for side in canvas)),
        Image.Resampling.BILINEAR,
        box=cover_box(Size(*picture.size), canvas),
        reducing_gap=2.0,
    )
    # Blurred with premultiplied alpha, or the colours of transparent pixels would show.
    working = small.convert("RGBa") if small.mode == "RGBA" else small
    blurred = working.filter(ImageFilter.GaussianBlur(_BACKDROP_RADIUS))
    return blurred.convert(picture.mode).resize(canvas, Image.Resampling.BICUBIC)


def _without_opaque_alpha(picture: Image.Image) -> Image.Image:
    """The same in RGB when every pixel is opaque."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        return picture.convert("RGB")
    return picture
