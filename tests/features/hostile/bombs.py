"""Small files that ask for much: size, length, counts."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from tests.video.made import numbered
from tests.video.made.writing import written

_SHADES = 180


def shade(number: int) -> int:
    """How bright frame `number` of a long video is."""
    return 40 + number % _SHADES


def long(path: Path, frames: int, *, gop: int, rate: Fraction = Fraction(1)) -> Path:
    """Frames of 16×16, each of one shade."""
    with written(path) as output:
        stream = output.add_stream(
            "libx264", rate=rate,
            options={"preset": "ultrafast", "tune": "zerolatency", "crf": "1", "g": str(gop),
                     "keyint_min": str(gop), "sc_threshold": "0"},
        )  # fmt: skip
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        frame = av.VideoFrame(16, 16, "yuv420p")
        for plane in frame.planes[1:]:
            plane.update(bytes([128]) * plane.buffer_size)
        luma = frame.planes[0]
        for number in range(frames):
            frame.pts = number
            luma.update(bytes([shade(number)]) * luma.buffer_size)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def declared(path: Path, width: int, height: int) -> Path:
    """Motion JPEG whose pictures say they are of that size."""
    numbered.make(path, codec="mjpeg", frames=3, pix_fmt="yuvj420p")
    data = bytearray(path.read_bytes())
    place = data.find(b"\xff\xc0")
    while place >= 0:
        struct.pack_into(">HH", data, place + 5, height, width)
        place = data.find(b"\xff\xc0", place + 1)
    path.write_bytes(data)
    return path


def boxes(path: Path, count: int) -> Path:
    """An MP4 with so many empty boxes before its pictures."""
    numbered.make(path, frames=30, container={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    start = data.index(b"moov") - 4
    place = data.index(b"stco") + 8
    (chunks,) = struct.unpack_from(">I", data, place)
    for entry in range(place + 4, place + 4 + 4 * chunks, 4):
        (offset,) = struct.unpack_from(">I", data, entry)
        struct.pack_into(">I", data, entry, offset + 8 * count)
    path.write_bytes(data[:start] + b"\0\0\0\x08free" * count + data[start:])
    return path


def picture(path: Path, side: int) -> Path:
    """A PNG of side × side black pixels, tiny as a file."""
    Image.fromarray(np.zeros((1, 1), np.uint8)).convert("1").resize((side, side)).save(path, "png")
    return path
