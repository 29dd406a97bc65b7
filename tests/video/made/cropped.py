"""Files whose container crops the picture: a clean aperture in MP4, PixelCrop in Matroska."""

from __future__ import annotations

import struct
from pathlib import Path

from .writing import remuxed

Aperture = tuple[int, int, int, int, int, int, int, int]


def set_aperture(path: Path, numbers: Aperture) -> Path:
    """Write the eight numbers of a `clap` box (ISO/IEC 14496-12, 12.1.4) into an H.264 MP4."""
    return insert(path, struct.pack(">I4s8i", 40, b"clap", *numbers))


def insert(path: Path, box: bytes) -> Path:
    """Append a box to the first sample entry of a file whose `moov` comes last."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"avc1\0\0\0\0\0\0") - 4
    (size,) = struct.unpack_from(">I", data, entry)
    data[entry + size : entry + size] = box
    for name in (b"avc1", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        position = data.rindex(name, 0, entry + 8) - 4
        (size,) = struct.unpack_from(">I", data, position)
        struct.pack_into(">I", data, position, size + len(box))
    path.write_bytes(data)
    return path


def to_matroska(source: Path, target: Path) -> Path:
    """The same packets; FFmpeg writes the clean aperture as PixelCrop."""
    remuxed(source, target)
    assert b"\x54\xaa" in target.read_bytes()  # PixelCropBottom
    return target
