"""What is measured: for each video and number of points, who takes part, round after round."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import footage, peers
from .footage import Footage
from .measure import Job, Taken

_GOLDEN = 0.6180339887  # spreads points over the depths of GOPs, whatever their length
_DENSE_S = 60.0
_SITS_OUT_S = 6.0  # what a peer may take of one cell before it sits out the rounds left


@dataclass(frozen=True, slots=True)
class Points:
    """How many points, where, and who is asked for them.

    `alone`: each in a call of its own. `every`: peers asked only for every so-manieth point.
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

        Points asked for alone lie in some minute or other at places of the film that are the
        same in every video of one make, so that a long file can be compared with a short one.
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
# Who and what the figures to be reached are about.
QUICK = ("mediahub", "mediahub small", "ffmpeg", "limit", "thumbnailer")
QUICK_POINTS = ("1", "10", "dense", "keyframe")


@dataclass(slots=True)
class Cell:
    """All that was measured of one video with one kind of points."""

    video: str
    points: str
    rounds: dict[str, list[Taken]]  # by peer

    def median(self, name: str) -> Taken | None:
        """Of each quantity its own median; of memory the most."""
        taken = self.rounds.get(name)
        if not taken:
            return None
        return Taken(
            statistics.median(one.wall_s for one in taken),
            statistics.median(one.cpu_s for one in taken),
            max(one.peak_mb for one in taken),
        )

    def ratio(self, name: str, peer: str, quantity: str = "wall_s") -> float | None:
        """`name` to `peer`: of their medians."""
        ours, theirs = self.median(name), self.median(peer)
        if ours is None or theirs is None:
            return None
        return float(getattr(ours, quantity) / getattr(theirs, quantity))


def kinds(video: str, *, quick: bool) -> list[str]:
    """Which points a video is asked for; left out is what takes long and shows nothing new."""
    if video == "h264-2h":
        return ["1", "10"]
    return list(QUICK_POINTS if quick or video == "hevc-4k" else POINTS)


def measure(video: str, kind: str, *, rounds: int, only: Iterable[str] | None = None) -> Cell:
    """Run everybody once to warm the file cache, then in turns, so that a slow moment hits all."""
    points = POINTS[kind]
    names = [name for name in points.names if only is None or name in only]
    path = footage.made(video)
    cell = Cell(video, kind, {name: [] for name in names})
    with tempfile.TemporaryDirectory() as folder:
        moments = points.moments(footage.FILES[video])
        job = Job(str(path), moments, folder, mode=points.mode)
        peers.run("mediahub", job, alone=points.alone)
        spent = dict.fromkeys(names, 0.0)
        for _ in range(rounds):
            for name in (name for name in names if spent[name] < _SITS_OUT_S):
                start = time.perf_counter()
                every = points.every.get(name, 1)
                taken = peers.run(name, job, every=every, alone=points.alone)
                cell.rounds[name].append(taken)
                spent[name] += time.perf_counter() - start
    return cell
