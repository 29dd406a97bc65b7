"""A picture that a user sends: read within limits, and written anew so that nothing hides in it."""

from __future__ import annotations

import os
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from ..messages import message as _
from .errors import VideoError
from .render.encode import encode
from .render.geometry import MAX_PIXELS
from .types import CleanPicture

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
_QUALITY = 90


def normalise(path: str | os.PathLike[str]) -> CleanPicture:
    """Read a JPEG, PNG, WebP, AVIF or GIF upright, and encode it anew without its metadata.

    Of several frames it is the first.

    Raises `VideoError`: `unsupported`, `too_large` (more than 36 megapixels), `unreadable`.
    """
    try:
        with warnings.catch_warnings():
            # Ours is the limit that counts, and it is lower than Pillow's warning.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _read(path)
    except UnidentifiedImageError as error:
        raise VideoError(
            "unsupported", _("Send the cover as JPEG, PNG, WebP, AVIF or GIF.")
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, RuntimeError, struct.error) as error:
        raise VideoError("unreadable", _("The picture is damaged. Send another one.")) from error


def _read(path: str | os.PathLike[str]) -> CleanPicture:
    with Image.open(path, formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        upright = ImageOps.exif_transpose(image)
        has_alpha = upright.has_transparency_data
        format_ = "png" if has_alpha else "jpg"
        if upright.mode.startswith("I"):  # 16-bit gray, which Pillow would clip and not scale
            upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        pixels = upright.convert("RGBA" if has_alpha else "RGB")
        return CleanPicture(format_, encode(pixels, format_, _QUALITY))


def _too_large() -> VideoError:
    return VideoError("too_large", _("A cover may have at most 36 megapixels. Send a smaller one."))
