"""How a generated video's pictures are expected to look when shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .numbered import SIZE, read_number

Matrix = tuple[int, int, int, int]

# The eight display matrices of turned and mirrored pictures: a, b, c, d of ISO/IEC 14496-12, 6.2.2
MATRICES: dict[str, Matrix] = {
    "0": (1, 0, 0, 1),
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "0-mirrored": (-1, 0, 0, 1),
    "90-mirrored": (0, 1, 1, 0),
    "180-mirrored": (1, 0, 0, -1),
    "270-mirrored": (0, -1, -1, 0),
}


@dataclass(frozen=True)
class Appearance:
    """Expected display properties of a video.

    `number_box` is the size of the upper left part of the stored picture that holds the number,
    `cropped` the size of the upper left part that the container leaves, where it crops.
    """

    stored: tuple[int, int] = SIZE
    number_box: tuple[int, int] = SIZE
    sar: Fraction = Fraction(1)
    matrix: Matrix = MATRICES["0"]
    has_alpha: bool = False
    cropped: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as shown: cropped, stretched to square pixels, then turned."""
        visible = self.cropped or self.stored
        width, height = math.floor(visible[0] * self.sar + Fraction(1, 2)), visible[1]
        return (height, width) if self.matrix[0] == 0 else (width, height)

    def number(self, shown: Image.Image) -> int:
        """The number in a picture as it came out; fails if it is turned in any other way."""
        pixels = self.as_stored(np.asarray(shown.convert("RGB")))
        return self._number(pixels, self.cropped or self.stored)

    def stored_number(self, pixels: NDArray[np.generic]) -> int:
        """The number in a picture as it is stored, or stretched from that."""
        return self._number(pixels, self.stored)

    def _number(self, pixels: NDArray[np.generic], of: tuple[int, int]) -> int:
        height, width = pixels.shape[:2]
        part_x, part_y = (Fraction(self.number_box[k], of[k]) for k in (0, 1))
        return read_number(pixels[: round(height * part_y), : round(width * part_x)])

    def as_stored(self, shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Undo the matrix: a stored (x, y) is shown at (a·x + c·y, b·x + d·y), moved into view."""
        a, b, c, d = self.matrix
        if a:
            return shown[::d, ::a]
        return shown[::b, ::c].swapaxes(0, 1)
