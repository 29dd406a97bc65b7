"""From a finished picture to the bytes of a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image

from ...messages import message as _
from ..errors import VideoError


@dataclass(frozen=True, slots=True)
class Format:
    """One output format. `max_side` is what the file format itself can hold, in pixels.

    `options` turns a quality of 1–100 into the arguments of Pillow's writer.
    """

    pillow_name: str
    extension: str
    mime: str
    has_alpha: bool
    has_quality: bool
    max_side: int
    options: Callable[[int], dict[str, object]]


# Times and sizes below are of 1920×1080 pictures on one core.


def _jpeg(quality: int) -> dict[str, object]:
    # 4:2:0, as the video itself nearly always is: 6 ms, where 4:4:4 takes 11 and a third more
    # bytes. Who asks for 95 and more wants edges of colour kept whatever they cost. `optimize`
    # would double the time for 2 % of the size; progressive takes five times as long.
    return {"quality": quality, "subsampling": "4:4:4" if quality >= 95 else "4:2:0"}


def _png(_quality: int) -> dict[str, object]:
    # Level 2: 40–170 ms. Level 6 takes 3–5 times as long for 5–12 % of the size, level 1 saves
    # nothing.
    return {"compress_level": 2}


def _webp(quality: int) -> dict[str, object]:
    # Method 2: 65–95 ms. From 3 on twice as long for 3 % of the size.
    return {"quality": quality, "method": 2}


def _avif(quality: int) -> dict[str, object]:
    # Speed 9: 90–170 ms and on footage the size of speed 8, which takes three times as long.
    # One thread, so that the bytes cannot depend on the number of cores.
    return {"quality": quality, "speed": 9, "max_threads": 1}


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "jpg": Format("JPEG", "jpg", "image/jpeg", False, True, 65_500, _jpeg),
        "png": Format("PNG", "png", "image/png", True, False, 2**31 - 1, _png),
        "webp": Format("WEBP", "webp", "image/webp", True, True, 16_383, _webp),
        "avif": Format("AVIF", "avif", "image/avif", True, True, 65_536, _avif),
    }
)


def encode(image: Image.Image, format: str, quality: int) -> bytes:
    """The picture as a file: the same picture, format and quality give the same bytes.

    `image` is RGB, or RGBA for a format with alpha; `quality` is 1–100 and means nothing to
    png. No metadata is written. Raises `VideoError` too_large for a side that the format
    cannot hold.
    """
    target = FORMATS[format]
    if max(image.size) > target.max_side:
        raise VideoError(
            "too_large",
            _(
                "A %(format)s picture can have at most %(max_side)s pixels per side.",
                format=format,
                max_side=target.max_side,
            ),
        )
    if image.info:  # Pillow's writers would put comments and profiles from there into the file
        image = image.copy()
        image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, target.pillow_name, **target.options(quality))
    return buffer.getvalue()
