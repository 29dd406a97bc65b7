"""A few frames worth looking at, spread over a video: for whoever does not want to search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..decode.reader import FrameReader, Mode, Receipt, Shot
from ..demux.source import Source
from ..info import VideoInfo
from .candidates import BLURRED, Look, gray, judge

_TRIES = 3  # moments looked at for each frame wanted
_SOON, _LATER = Fraction(1, 10), Fraction(1, 5)  # seconds after a frame, to see where it goes
_MOVES = 8.0  # mean change of luma (0-255) in that time below which a picture stands still
_BETWEEN = (0.15, 0.85)  # of the way from one picture to the next
_PLAIN = 0.25  # of that change: what a mere mixture of the two leaves unexplained

Gray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Candidate:
    time: Fraction
    pts: int
    look: Look
    picture: Gray


def suggest(source: Source, info: VideoInfo, *, count: int = 6) -> list[int]:
    """PTS of at most `count` frames, in order of time; none where nothing can be seen.

    Black, flat and blurred ones are left out, and those amid a dissolve or fade. One of each
    equal part of the video where that has one, the rest where the best ones are. Of key frames
    where there are enough, else of any.
    """
    moments = [info.duration * (2 * i + 1) / (2 * count * _TRIES) for i in range(count * _TRIES)]
    found = _seen(source, info, moments, "keyframe")
    if len(found) < count:
        found = _seen(source, info, moments, "exact")
    good = _settled(source, info, _clear(found))
    return [candidate.pts for candidate in _spread(good, info.duration, count)]


def _seen(
    source: Source, info: VideoInfo, moments: Sequence[Fraction], mode: Mode
) -> list[_Candidate]:
    found: dict[int, _Candidate] = {}
    for shot in FrameReader(source, info).read(moments, mode=mode):
        if shot.frame and shot.receipt and shot.receipt.pts not in found:
            found[shot.receipt.pts] = _candidate(shot.receipt, gray(shot.frame))
    return list(found.values())


def _candidate(receipt: Receipt, picture: Gray) -> _Candidate:
    return _Candidate(receipt.frame_time, receipt.pts, judge(picture), picture)


def _clear(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Without what is black or flat, and what is blurred beside its rivals."""
    fit = [candidate for candidate in found if not candidate.look.is_empty]
    if not fit:
        return []
    good = float(np.percentile([candidate.look.sharpness for candidate in fit], 75))
    return [candidate for candidate in fit if candidate.look.sharpness >= good * BLURRED]


def _settled(source: Source, info: VideoInfo, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Without those on the way from one picture to another."""
    last = info.duration
    wanted = [
        min(candidate.time + after, last) for candidate in candidates for after in (_SOON, _LATER)
    ]
    following: dict[int, Gray] = {}
    for shot in FrameReader(source, info).read(wanted):
        following.update(_picture(shot))
    pairs = zip(candidates, range(0, len(wanted), 2), strict=True)
    return [
        candidate
        for candidate, place in pairs
        if not _is_between(candidate.picture, following.get(place), following.get(place + 1))
    ]


def _picture(shot: Shot) -> Iterator[tuple[int, Gray]]:
    if shot.frame:
        yield shot.place, gray(shot.frame)


def _is_between(now: Gray, soon: Gray | None, later: Gray | None) -> bool:
    """Whether the pictures after this one are mixtures of it and of another one."""
    if soon is None or later is None:
        return False
    way = later - now
    change = float(np.abs(way).mean())
    if change < _MOVES:
        return False
    step = soon - now
    share = float((step * way).sum() / (way * way).sum())
    rest = float(np.abs(step - share * way).mean())
    return _BETWEEN[0] < share < _BETWEEN[1] and rest < _PLAIN * change


def _spread(candidates: Sequence[_Candidate], duration: Fraction, count: int) -> list[_Candidate]:
    ranked = sorted(candidates, key=lambda candidate: (-candidate.look.score, candidate.time))
    chosen: dict[int, _Candidate] = {}
    for candidate in ranked:
        chosen.setdefault(int(candidate.time * count / duration), candidate)
    taken = list(chosen.values())
    taken += [candidate for candidate in ranked if candidate not in taken][: count - len(taken)]
    return sorted(taken[:count], key=lambda candidate: candidate.time)
