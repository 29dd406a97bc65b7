"""What a container cuts off its pictures: `clap` in MP4, PixelCrop in Matroska.

FFmpeg knows, and PyAV does not tell; so these few bytes are read here. A file may say anything:
nothing is read that is longer than the bounds below, and what makes no sense crops nothing.
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

_MOST_ELEMENTS = 4096  # looked at in one file; each costs one small read
_LONGEST_ENTRY = 1 << 16  # bytes of an MP4's sample descriptions
_LONGEST_TRACKS = 1 << 18  # bytes of a Matroska's track list
_ENTRY_HEADER = 86  # bytes of a VisualSampleEntry before the boxes in it (ISO 14496-12, 12.1.3)
_CLAP = struct.Struct(">IIIIiIiI")  # width, height, right and down, each numerator and denominator

# Matroska (RFC 9559): elements by their IDs.
_SEGMENT, _TRACKS, _TRACK = 0x18538067, 0x1654AE6B, 0xAE
_TRACK_TYPE, _CODEC_ID, _VIDEO, _IS_VIDEO = 0x83, 0x86, 0xE0, 1
_SIDES = {0x54CC: "left", 0x54BB: "top", 0x54DD: "right", 0x54AA: "bottom"}


def crop(source: Source, width: int, height: int) -> Crop:
    """What is cut off pictures stored in that size; nothing where that would leave nothing."""
    name = source.container.format.name
    with source.path.open("rb") as file:
        if name.startswith("mov,"):
            found = _of_mp4(file, source, width, height)
        elif name.startswith("matroska"):
            found = _of_matroska(file, source)
        else:
            return Crop()
    kept = width - found.left - found.right, height - found.top - found.bottom
    sides = (found.left, found.top, found.right, found.bottom)
    return found if min(kept) > 0 and min(sides) >= 0 else Crop()


def _of_mp4(file: BinaryIO, source: Source, width: int, height: int) -> Crop:
    boxes = Boxes(file, source.size_bytes)
    for track in boxes.tracks(source.stream.id):
        for table in boxes.along(track, b"mdia", b"minf", b"stbl", b"stsd"):
            return _of_clap(_first_entry(boxes.read(table, 8 + _LONGEST_ENTRY)), width, height)
    return Crop()


def _first_entry(table: bytes) -> bytes:
    """The first sample description: behind version, flags and the count of entries."""
    size = min(int.from_bytes(table[8:12], "big"), _LONGEST_ENTRY)
    return table[8 : 8 + size]


def _of_clap(entry: bytes, width: int, height: int) -> Crop:
    """The clean aperture (ISO 14496-12, 12.1.4), in whole pixels, halves rounded up."""
    place = _ENTRY_HEADER
    while place + 8 <= len(entry):
        size = int.from_bytes(entry[place : place + 4], "big")
        if entry[place + 4 : place + 8] == b"clap" and size >= 8 + _CLAP.size <= len(entry) - place:
            return _aperture(_CLAP.unpack_from(entry, place + 8), width, height)
        if size < 8:
            break
        place += size
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
    # FFmpeg makes one stream of each track that names its codec, in their order.
    shown = [
        track
        for track in fields
        if int.from_bytes(track.get(_TRACK_TYPE, b""), "big") == _IS_VIDEO and _CODEC_ID in track
    ]
    number = videos.index(source.stream.index)
    if number >= len(shown):
        return Crop()
    video = dict(_elements(shown[number].get(_VIDEO, b"")))
    return Crop(
        **{side: int.from_bytes(video.get(id_, b""), "big") for id_, side in _SIDES.items()}
    )


def _tracks(file: BinaryIO, size: int) -> bytes:
    """The contents of the list of tracks, if it lies within the file's first elements."""
    place = 0
    for _ in range(_MOST_ELEMENTS):
        if place >= size:
            break
        file.seek(place)
        name, start, length = _element(file.read(12))
        if not name:
            break
        if name == _TRACKS:
            file.seek(place + start)
            return file.read(min(length, _LONGEST_TRACKS))
        place += start if name == _SEGMENT else start + length  # into the segment, past the rest
    return b""


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        name, start, length = _element(data[place : place + 12])
        if not name:
            return
        yield name, data[place + start : place + start + length]
        place += start + length


def _element(head: bytes) -> tuple[int, int, int]:
    """An element's ID, where its contents begin, and their length in bytes (RFC 8794).

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
