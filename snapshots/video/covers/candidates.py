"""The automatic cover: the best of a few frames spread over the video."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from ..decode.frames import Mode
from ..decode.reader import FrameReader
from ..demux.source import Source
from ..info import VideoInfo

_THUMBNAIL = (160, 96)  # pixels: enough to luma_stats a picture, quick to make
_DARK = 20  # mean luma (0-255) below which a picture counts as black
_FLAT = 9  # standard deviation of luma below which a picture counts as uniform
BLURRED = 0.25  # share of the other candidates' median sharpness below which a picture is blurred
_PLEASANT = 118  # mean luma of a well exposed picture


@dataclass(frozen=True, slots=True)
class LumaStats:
    """Statistics of a picture's luma: mean, standard deviation, and sharpness."""

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
    """Time of the frame that makes the best cover, in seconds from the first frame shown.

    The candidates are key frames near `count` evenly spread moments; if all of them are black or
    uniform (a fade-in with a single key frame), the exact frames at those moments. `None` if
    those are black or uniform too.
    """
    spread = [info.duration * (2 * i + 1) / (2 * count) for i in range(count)]
    return _best(source, info, spread, "keyframe") or _best(source, info, spread, "exact")


def frame_stats(frame: VideoFrame) -> LumaStats:
    """Statistics of a frame of any size and pixel format."""
    return luma_stats(luma_thumbnail(frame))


def luma_thumbnail(frame: VideoFrame) -> NDArray[np.float32]:
    """A small copy of the frame's luma, 0–255."""
    width, height = _THUMBNAIL
    return frame.reformat(width=width, height=height, format="gray").to_ndarray().astype(np.float32)


def luma_stats(picture: NDArray[np.float32]) -> LumaStats:
    """Statistics of such a thumbnail."""
    inner = picture[1:-1, 1:-1]
    around = picture[:-2, 1:-1] + picture[2:, 1:-1] + picture[1:-1, :-2] + picture[1:-1, 2:]
    laplacian = around - 4 * inner
    return LumaStats(float(picture.mean()), float(picture.std()), float(laplacian.var()))


def _best(
    source: Source, info: VideoInfo, moments: Sequence[Fraction], mode: Mode
) -> Fraction | None:
    by_time: dict[Fraction, LumaStats] = {}
    for result in FrameReader(source, info).read(moments, mode=mode):
        if result.frame and result.receipt and result.receipt.frame_time not in by_time:
            by_time[result.receipt.frame_time] = frame_stats(result.frame)
    usable = {time: stats for time, stats in by_time.items() if not stats.is_empty}
    if not usable:
        return None
    median = statistics.median(stats.sharpness for stats in usable.values())
    clear = {time: stats for time, stats in usable.items() if stats.sharpness >= median * BLURRED}
    return max(clear, key=lambda time: (clear[time].score, -time))
