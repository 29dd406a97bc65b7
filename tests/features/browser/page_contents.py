"""What a page shows, as numbers: frames read from the pictures themselves."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator

from tests.video.made.numbered import read_number

_DRAWN = """element => {
  const canvas = document.createElement("canvas");
  canvas.width = element.videoWidth || element.naturalWidth;
  canvas.height = element.videoHeight || element.naturalHeight;
  canvas.getContext("2d").drawImage(element, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def number(element: Locator) -> int:
    """The number in the frame that a video or picture shows now."""
    return read_number(np.asarray(picture(element).convert("RGB")))


def picture(element: Locator) -> Image.Image:
    """What a video or picture shows now, in its own size."""
    return Image.open(io.BytesIO(base64.b64decode(element.evaluate(_DRAWN))))


def number_in(data: bytes) -> int:
    """The number in a picture's bytes."""
    return read_number(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
