"""Large files that are real videos: the rest is a box that every reader skips."""

from __future__ import annotations

import random
import struct
from pathlib import Path

_BLOCK = random.Random(20).randbytes(2**20 + 1)  # an odd length, so that no two parts are alike


def make(path: Path, clip: Path, *, size: int) -> Path:
    """`clip` (MP4) and behind it a `free` box, up to `size` bytes."""
    with path.open("wb") as file:
        file.write(clip.read_bytes())
        left = size - file.tell()
        file.write(struct.pack(">I4s", left, b"free"))
        left -= 8
        while left:
            left -= file.write(_BLOCK[:left])
    return path
