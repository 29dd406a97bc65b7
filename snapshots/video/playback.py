"""Playback: frames for moments that are requested one after another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from .decode.frames import FrameResult
from .decode.reader import FrameReader
from .info import VideoInfo
from .timepoints import cutoff_pts

_MAX_PLANNED = 256
_MAX_STEP_S = 1


class Playback:
    """Frames for one moment after another, as MoviePy requests them.

    After a small step forwards, more steps of that size are expected and planned as one pass, so
    that playing a clip decodes each frame once instead of a GOP for every frame.
    """

    def __init__(self, reader: FrameReader, info: VideoInfo) -> None:
        self._reader = reader
        self._extent = info.extent
        self._end = clamped(info.duration, info)
        self._last: Fraction | None = None
        self._planned: list[Fraction] = []
        self._number = 0
        self._results: Iterator[FrameResult] = iter(())

    def result(self, moment: Fraction) -> FrameResult:
        """The same as `read([moment])` of the reader."""
        self._number += 1
        if not self._is_planned(moment):
            self._plan(moment)
        self._last = moment
        result = next(self._results, None)
        if result is None or result.index != self._number:  # damage changed the order
            self.stop()
            (result,) = self._reader.read([moment])
        return result

    def stop(self) -> None:
        """Drop the planned pass, so that the reader can be used for something else."""
        self._planned = []
        self._results = iter(())  # closes the reader's generator

    def _is_planned(self, moment: Fraction) -> bool:
        if self._number >= len(self._planned):
            return False
        planned = self._planned[self._number]
        return cutoff_pts(planned, self._extent) == cutoff_pts(moment, self._extent)

    def _plan(self, moment: Fraction) -> None:
        self.stop()
        step = moment - self._last if self._last is not None else Fraction(0)
        steps = _MAX_PLANNED if 0 < step <= _MAX_STEP_S else 1
        following = (moment + number * step for number in range(1, steps))
        self._planned = [moment, *(ahead for ahead in following if ahead <= self._end)]
        self._results = self._reader.read(self._planned, in_order=True)
        self._number = 0


def clamped(moment: Fraction, info: VideoInfo) -> Fraction:
    """The moment within the decodable range: MoviePy asks for t = duration and slightly more."""
    extent = info.extent
    whole = extent.data_end_pts >= extent.end_pts
    last = info.duration if whole else (extent.last_pts - extent.start_pts) * extent.time_base
    return min(max(moment, Fraction(0)), last)
