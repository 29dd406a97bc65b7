"""Choosing a cover when nobody did: the clearest of a few frames spread over the video."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from ..decode.reader import FrameReader, Mode
from ..demux.source import Source
from ..info import VideoInfo

_LOOK = (160, 96)  # pixels: enough to judge, quick to make
_DARK = 20  # mean luma (0-255) below which a picture counts as black
_FLAT = 9  # standard deviation of luma below which there is nothing to see
BLURRED = 0.25  # of the median sharpness of its rivals
_PLEASANT = 118  # mean luma that looks well exposed


@dataclass(frozen=True, slots=True)
class Look:
    """What a small gray copy of a picture tells: mean and spread of luma, and sharpness."""

    mean: float
    spread: float
    sharpness: float

    @property
    def is_empty(self) -> bool:
        """Black, or of one colour."""
        return self.mean < _DARK or self.spread < _FLAT

    @property
    def score(self) -> float:
        exposure = 1 - abs(self.mean - _PLEASANT) / 255
        return float(self.spread * np.log1p(self.sharpness) * exposure)


def best_moment(source: Source, info: VideoInfo, *, count: int = 8) -> Fraction | None:
    """Seconds from the first frame shown of the frame that makes the best cover.

    Key frames near `count` evenly spread moments are judged; where all of them are black or
    flat (a fade-in with a single key frame), the frames at those very moments. `None` when
    nothing can be seen anywhere.
    """
    spread = [info.duration * (2 * i + 1) / (2 * count) for i in range(count)]
    return _best(source, info, spread, "keyframe") or _best(source, info, spread, "exact")


def look_at(frame: VideoFrame) -> Look:
    """Judge one picture, of any size and pixel format."""
    return judge(gray(frame))


def gray(frame: VideoFrame) -> NDArray[np.float32]:
    """A small copy of its luma, 0–255: enough to judge a picture by."""
    width, height = _LOOK
    return frame.reformat(width=width, height=height, format="gray").to_ndarray().astype(np.float32)


def judge(picture: NDArray[np.float32]) -> Look:
    """What that small copy tells."""
    inner = picture[1:-1, 1:-1]
    around = picture[:-2, 1:-1] + picture[2:, 1:-1] + picture[1:-1, :-2] + picture[1:-1, 2:]
    laplacian = around - 4 * inner
    return Look(float(picture.mean()), float(picture.std()), float(laplacian.var()))


def _best(
    source: Source, info: VideoInfo, moments: Sequence[Fraction], mode: Mode
) -> Fraction | None:
    looks: dict[Fraction, Look] = {}
    for shot in FrameReader(source, info).read(moments, mode=mode):
        if shot.frame and shot.receipt and shot.receipt.frame_time not in looks:
            looks[shot.receipt.frame_time] = look_at(shot.frame)
    fit = {time: look for time, look in looks.items() if not look.is_empty}
    if not fit:
        return None
    usual = statistics.median(look.sharpness for look in fit.values())
    clear = {time: look for time, look in fit.items() if look.sharpness >= usual * BLURRED}
    return max(clear, key=lambda time: (clear[time].score, -time))
