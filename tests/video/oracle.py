"""What is true of a file: everything decoded in order, without seeking, without product code."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from .numbered import read_number


@dataclass(frozen=True)
class Shown:
    """One frame as it came out; `planes` is its picture in its own pixel format."""

    pts: int
    number: int
    planes: NDArray[np.generic]


@dataclass(frozen=True)
class Truth:
    """All frames of a file in the order shown."""

    time_base: Fraction
    frames: list[Shown]

    def time(self, place: int) -> Fraction:
        """Seconds from the first frame."""
        return (self.frames[place].pts - self.frames[0].pts) * self.time_base


def decode_all(path: Path) -> Truth:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [
            Shown(frame.pts, read_number(frame.to_ndarray(format="gray")), frame.to_ndarray())
            for packet in container.demux(stream)
            for frame in _decode(packet)
        ]
        return Truth(stream.time_base, frames)


def _decode(packet: av.Packet) -> list[av.VideoFrame]:
    if packet.is_corrupt:  # cut in the middle: what comes out is only partly a picture
        return []
    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []
