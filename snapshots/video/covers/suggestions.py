"""Cover suggestions: a few good frames spread over a video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..decode.frames import FrameReceipt, FrameResult, Mode
from ..decode.reader import FrameReader
from ..demux.source import Source
from ..info import VideoInfo
from .candidates import BLURRED, LumaStats, luma_stats, luma_thumbnail

_TRIES = 3  # moments examined for each suggestion
_SOON, _LATER = Fraction(1, 10), Fraction(1, 5)  # seconds after a frame, to detect a transition
_MOVES = 8.0  # mean change of luma (0-255) in that time below which a picture is static
_BETWEEN = (0.15, 0.85)  # share of the change from one picture to the next
_MAX_RESIDUAL = 0.25  # share of the change that a mixture of the two leaves unexplained

Gray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Candidate:
    time: Fraction
    pts: int
    stats: LumaStats
    picture: Gray


def suggest(source: Source, info: VideoInfo, *, count: int = 6) -> list[int]:
    """PTS of at most `count` frames, in order of time; empty if no frame is usable.

    Black, uniform and blurred frames are left out, and those within a dissolve or fade. One from
    each equal part of the video if possible, the rest by score. Key frames if there are enough of
    them, else any frames.
    """
    moments = [info.duration * (2 * i + 1) / (2 * count * _TRIES) for i in range(count * _TRIES)]
    candidates = _candidates(source, info, moments, "keyframe")
    if len(candidates) < count:
        candidates = _candidates(source, info, moments, "exact")
    good = _settled(source, info, _clear(candidates))
    return [candidate.pts for candidate in _spread(good, info.duration, count)]


def _candidates(
    source: Source, info: VideoInfo, moments: Sequence[Fraction], mode: Mode
) -> list[_Candidate]:
    found: dict[int, _Candidate] = {}
    for result in FrameReader(source, info).read(moments, mode=mode):
        if result.frame and result.receipt and result.receipt.pts not in found:
            found[result.receipt.pts] = _candidate(result.receipt, luma_thumbnail(result.frame))
    return list(found.values())


def _candidate(receipt: FrameReceipt, picture: Gray) -> _Candidate:
    return _Candidate(receipt.frame_time, receipt.pts, luma_stats(picture), picture)


def _clear(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Without black or uniform frames, and those blurred in comparison with the others."""
    usable = [candidate for candidate in candidates if not candidate.stats.is_empty]
    if not usable:
        return []
    good = float(np.percentile([candidate.stats.sharpness for candidate in usable], 75))
    return [candidate for candidate in usable if candidate.stats.sharpness >= good * BLURRED]


def _settled(source: Source, info: VideoInfo, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Without those within a transition from one picture to another."""
    last = info.duration
    wanted = [
        min(candidate.time + after, last) for candidate in candidates for after in (_SOON, _LATER)
    ]
    following: dict[int, Gray] = {}
    for result in FrameReader(source, info).read(wanted):
        following.update(_picture(result))
    pairs = zip(candidates, range(0, len(wanted), 2), strict=True)
    return [
        candidate
        for candidate, index in pairs
        if not _is_between(candidate.picture, following.get(index), following.get(index + 1))
    ]


def _picture(result: FrameResult) -> Iterator[tuple[int, Gray]]:
    if result.frame:
        yield result.index, luma_thumbnail(result.frame)


def _is_between(now: Gray, soon: Gray | None, later: Gray | None) -> bool:
    """Whether `soon` is a mixture of `now` and `later`: part of a dissolve or fade."""
    if soon is None or later is None:
        return False
    difference = later - now
    change = float(np.abs(difference).mean())
    if change < _MOVES:
        return False
    step = soon - now
    share = float((step * difference).sum() / (difference * difference).sum())
    rest = float(np.abs(step - share * difference).mean())
    return _BETWEEN[0] < share < _BETWEEN[1] and rest < _MAX_RESIDUAL * change


def _spread(candidates: Sequence[_Candidate], duration: Fraction, count: int) -> list[_Candidate]:
    ranked = sorted(candidates, key=lambda candidate: (-candidate.stats.score, candidate.time))
    by_part: dict[int, _Candidate] = {}
    for candidate in ranked:
        by_part.setdefault(int(candidate.time * count / duration), candidate)
    taken = list(by_part.values())
    taken += [candidate for candidate in ranked if candidate not in taken][: count - len(taken)]
    return sorted(taken[:count], key=lambda candidate: candidate.time)
