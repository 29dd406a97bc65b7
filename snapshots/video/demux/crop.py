"""Container cropping: `clap` in MP4, PixelCrop in Matroska.

FFmpeg exports it as side data that PyAV 18.1 does not expose, so the boxes and elements are read
here. This module can go once PyAV offers `CodecContext.coded_side_data["frame_cropping"]`.

A hostile file may claim anything: all reads are bounded, and an impossible crop is ignored.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

from ..bitstream.isobmff import Boxes
from ..info import Crop
from .source import Source

_MAX_ELEMENTS = 4096  # read in one file; each costs one small read
_MAX_ENTRY = 1 << 16  # bytes of an MP4's sample descriptions
_MAX_TRACKS = 1 << 18  # bytes of a Matroska's track list
_ENTRY_HEADER = 86  # bytes of a VisualSampleEntry before the boxes in it (ISO 14496-12, 12.1.3)
_CLAP = struct.Struct(">IIIIiIiI")  # width, height, x and y offset: numerator, denominator each

# Matroska (RFC 9559): elements by their IDs.
_SEGMENT, _TRACKS, _TRACK = 0x18538067, 0x1654AE6B, 0xAE
_TRACK_TYPE, _CODEC_ID, _VIDEO, _IS_VIDEO = 0x83, 0x86, 0xE0, 1
_SIDES = {0x54CC: "left", 0x54BB: "top", 0x54DD: "right", 0x54AA: "bottom"}


def read_crop(source: Source, width: int, height: int) -> Crop:
    """The crop of pictures stored in that size; none where it would leave no pixel."""
    name = source.container.format.name
    with source.path.open("rb") as file:
        if name.startswith("mov,"):
            crop = _of_mp4(file, source, width, height)
        elif name.startswith("matroska"):
            crop = _of_matroska(file, source)
        else:
            return Crop()
    remaining = width - crop.left - crop.right, height - crop.top - crop.bottom
    sides = (crop.left, crop.top, crop.right, crop.bottom)
    return crop if min(remaining) > 0 and min(sides) >= 0 else Crop()


def _of_mp4(file: BinaryIO, source: Source, width: int, height: int) -> Crop:
    boxes = Boxes(file, source.size_bytes)
    for track in boxes.tracks(source.stream.id):
        for table in boxes.find(track, b"mdia", b"minf", b"stbl", b"stsd"):
            return _of_clap(_first_entry(boxes.read(table, 8 + _MAX_ENTRY)), width, height)
    return Crop()


def _first_entry(table: bytes) -> bytes:
    """The first sample description, after the version, flags and entry count."""
    size = min(int.from_bytes(table[8:12], "big"), _MAX_ENTRY)
    return table[8 : 8 + size]


def _of_clap(entry: bytes, width: int, height: int) -> Crop:
    """The clean aperture (ISO 14496-12, 12.1.4) in whole pixels, halves rounded up."""
    offset = _ENTRY_HEADER
    while offset + 8 <= len(entry):
        size = int.from_bytes(entry[offset : offset + 4], "big")
        if (
            entry[offset + 4 : offset + 8] == b"clap"
            and size >= 8 + _CLAP.size <= len(entry) - offset
        ):
            return _aperture(_CLAP.unpack_from(entry, offset + 8), width, height)
        if size < 8:
            break
        offset += size
    return Crop()


def _aperture(numbers: tuple[int, ...], width: int, height: int) -> Crop:
    if not all(numbers[1::2]):
        return Crop()
    wide, high, right, down = (Fraction(a, b) for a, b in zip(*[iter(numbers)] * 2, strict=True))
    left, top = _rounded((width - wide) / 2 + right), _rounded((height - high) / 2 + down)
    return Crop(left, top, width - left - _rounded(wide), height - top - _rounded(high))


def _rounded(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def _of_matroska(file: BinaryIO, source: Source) -> Crop:
    videos = [stream.index for stream in source.container.streams.video]
    tracks = _elements(_tracks(file, source.size_bytes))
    fields = [dict(_elements(body)) for name, body in tracks if name == _TRACK]
    # FFmpeg makes one stream for each track that names its codec, in file order.
    video_tracks = [
        track
        for track in fields
        if int.from_bytes(track.get(_TRACK_TYPE, b""), "big") == _IS_VIDEO and _CODEC_ID in track
    ]
    number = videos.index(source.stream.index)
    if number >= len(video_tracks):
        return Crop()
    video = dict(_elements(video_tracks[number].get(_VIDEO, b"")))
    return Crop(
        **{side: int.from_bytes(video.get(id_, b""), "big") for id_, side in _SIDES.items()}
    )


def _tracks(file: BinaryIO, size: int) -> bytes:
    """The contents of the Tracks element, if it is among the file's first elements."""
    offset = 0
    for _ in range(_MAX_ELEMENTS):
        if offset >= size:
            break
        file.seek(offset)
        name, start, length = _element(file.read(12))
        if not name:
            break
        if name == _TRACKS:
            file.seek(offset + start)
            return file.read(min(length, _MAX_TRACKS))
        offset += (
            start if name == _SEGMENT else start + length
        )  # descend into the segment, skip the rest
    return b""


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset < len(data):
        name, start, length = _element(data[offset : offset + 12])
        if not name:
            return
        yield name, data[offset + start : offset + start + length]
        offset += start + length


def _element(head: bytes) -> tuple[int, int, int]:
    """An element's ID, the offset of its contents, and their length in bytes (RFC 8794).

    The ID is 0 where there is no element.
    """
    id_length = 9 - head[0].bit_length() if head else 9
    if id_length > 4 or len(head) <= id_length:
        return 0, 0, 0
    size_length = 9 - head[id_length].bit_length()
    start = id_length + size_length
    if size_length > 8 or len(head) < start:
        return 0, 0, 0
    size = int.from_bytes(head[id_length:start], "big") & ((1 << 7 * size_length) - 1)
    return int.from_bytes(head[:id_length], "big"), start, size
