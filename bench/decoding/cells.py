"""Cells of the benchmark: one video with one set of points, measured round after round."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from .. import footage
from ..footage import Footage
from ..measure import Cost, PictureJob
from . import peers

_GOLDEN = 0.6180339887  # golden ratio: spreads points over all depths of a GOP
_DENSE_S = 60.0
_MAX_PEER_S = 6.0  # time of a peer in one cell, after which it skips the remaining rounds


@dataclass(frozen=True, slots=True)
class Points:
    """A set of points: how many, where, and the peers that take part.

    `alone`: each point in a call of its own. `every`: peers that get only every n-th point.
    """

    title: str
    count: int
    names: tuple[str, ...]
    dense: bool = False
    alone: bool = False
    mode: str = "exact"
    every: dict[str, int] = field(default_factory=dict)

    def moments(self, video: Footage) -> tuple[float, ...]:
        """Seconds, sorted; none in the last half second.

        Points that are measured alone lie in different minutes but at the same times of the
        repeated film, so that a long file can be compared with a short cost.
        """
        if self.alone:
            film = video.frames / footage.RATE
            minutes = [video.copies * (2 * k + 1) // (2 * self.count) for k in range(self.count)]
            return tuple(
                round(film * (minute + (0.29 + k * _GOLDEN) % 1), 3)
                for k, minute in enumerate(minutes)
            )
        span = min(_DENSE_S, video.seconds / 2) if self.dense else video.seconds - 0.5
        first = video.seconds * 0.3 if self.dense else 0.0
        step = span / self.count
        return tuple(
            round(first + step * (k + (0.5 + k * _GOLDEN) % 1), 3) for k in range(self.count)
        )


_BOTH = ("mediahub", "mediahub small")
POINTS = {
    "1": Points(
        "one point (mean of three calls)",
        3,
        (*_BOTH, "ffmpeg", "ffmpeg small", "moviepy", "pyav", "limit"),
        alone=True,
    ),
    "10": Points(
        "10 spread points",
        10,
        (*_BOTH, "ffmpeg", "ffmpeg small", "ffmpeg 2x", "moviepy", "moviepy each", "pyav", "limit"),
    ),
    "50": Points(
        "50 spread points", 50, (*_BOTH, "ffmpeg", "pyav", "limit"), every={"ffmpeg": 5, "pyav": 5}
    ),
    "dense": Points(
        "100 dense points",
        100,
        (*_BOTH, "ffmpeg", "pyav", "limit"),
        dense=True,
        every={"ffmpeg": 10, "pyav": 10},
    ),
    "keyframe": Points(
        "10 key frames", 10, (*_BOTH, "thumbnailer", "thumbnailer small"), mode="keyframe"
    ),
}
# The peers and points that have targets.
QUICK = ("mediahub", "mediahub small", "ffmpeg", "limit", "thumbnailer")
QUICK_POINTS = ("1", "10", "dense", "keyframe")


@dataclass(slots=True)
class Cell:
    """The measurements of one video with one set of points."""

    video: str
    points: str
    rounds: dict[str, list[Cost]]  # by peer

    def median(self, name: str) -> Cost | None:
        """The median of each quantity, but the maximum of memory."""
        costs = self.rounds.get(name)
        if not costs:
            return None
        return Cost(
            statistics.median(cost.wall_s for cost in costs),
            statistics.median(cost.cpu_s for cost in costs),
            max(cost.peak_mb for cost in costs),
        )

    def ratio(self, name: str, peer: str, quantity: str = "wall_s") -> float | None:
        """The ratio of `name` to `peer`, of their medians."""
        ours, theirs = self.median(name), self.median(peer)
        if ours is None or theirs is None:
            return None
        return float(getattr(ours, quantity) / getattr(theirs, quantity))


def points_for(video: str, *, quick: bool) -> list[str]:
    """Names of the point sets for a video, without slow ones that show nothing new."""
    if video == "h264-2h":
        return ["1", "10"]
    return list(QUICK_POINTS if quick or video == "hevc-4k" else POINTS)


def measure(
    video: str, points_name: str, *, rounds: int, only: Iterable[str] | None = None
) -> Cell:
    """Warm the file cache, then run all peers in turns, so that a slow moment affects all."""
    points = POINTS[points_name]
    names = [name for name in points.names if only is None or name in only]
    path = footage.made(video)
    cell = Cell(video, points_name, {name: [] for name in names})
    with tempfile.TemporaryDirectory() as folder:
        moments = points.moments(footage.FILES[video])
        job = PictureJob(str(path), moments, folder, mode=points.mode)
        peers.run("mediahub", job, alone=points.alone)
        spent = dict.fromkeys(names, 0.0)
        for _ in range(rounds):
            for name in (name for name in names if spent[name] < _MAX_PEER_S):
                start = time.perf_counter()
                every = points.every.get(name, 1)
                cost = peers.run(name, job, every=every, alone=points.alone)
                cell.rounds[name].append(cost)
                spent[name] += time.perf_counter() - start
    return cell
