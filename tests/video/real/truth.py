"""What is true of a real video: all of it decoded in order, without seeking or product code."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import numpy as np

from tests.support.made_once import computed_once


@dataclass(frozen=True)
class Truth:
    """The presentation times of all frames in the order shown, and the planes of some.

    `planes` holds a fingerprint by place.
    """

    time_base: Fraction
    pts: list[int]
    planes: dict[int, str]

    def time(self, place: int) -> Fraction:
        """Seconds from the first frame."""
        return (self.pts[place] - self.pts[0]) * self.time_base

    def between(self, place: int) -> Fraction:
        """Half-way to the next frame, in seconds from the first."""
        return (self.time(place) + self.time(place + 1)) / 2


@computed_once
def decode_all(path: Path, places: Collection[int] = ()) -> Truth:
    """Decode from the first packet to the last; take the fingerprints of the frames at `places`."""
    pts: list[int] = []
    planes: dict[int, str] = {}
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1  # with more, Theora does not always decode the same
        last: list[int] = []
        for frame in _frames(container, stream, last):
            if frame.is_corrupt and frame.pts in last:
                continue  # the file ends in the middle of it
            if len(pts) in places:
                planes[len(pts)] = fingerprint(frame)
            pts.append(frame.pts)
        return Truth(stream.time_base, pts, planes)


def fingerprint(frame: av.VideoFrame) -> str:
    """The sha256 of what a frame shows: its pixel format, then its planes without row padding."""
    digest = sha256(f"{frame.format.name} {frame.width}x{frame.height}".encode())
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        digest.update(rows[:, : plane.width * _sample_bytes(frame.format)].tobytes())
    return digest.hexdigest()


def _sample_bytes(pixels: av.VideoFormat) -> int:
    """Bytes for one place of a plane: of one component, or of all where they lie together."""
    if len(pixels.components) > 1 and not pixels.is_planar:
        return pixels.padded_bits_per_pixel // 8
    return (pixels.components[0].bits + 7) // 8


def _frames(
    container: av.container.InputContainer, stream: av.VideoStream, last: list[int]
) -> Iterator[av.VideoFrame]:
    """All frames; `last` receives the PTS of the last packet."""
    packets = list(container.demux(stream))
    last += [packet.pts for packet in packets if packet.size][-1:]
    for packet in packets:
        is_repeat = packet.size == 0 and packet.pts is not None  # Theora: the picture stays
        if not is_repeat:
            yield from packet.decode()
