"""Performance targets, each with the measured figure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .cells import Cell


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that should not exceed `maximum`, and its measured value."""

    what: str
    maximum: float
    measured: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured <= self.maximum


def target_text(target: Target) -> str:
    """One line: whether the target is met, the measured figure and its maximum."""
    met = "met" if target.is_met else "NOT MET"
    return f"  {met:8}{measured_text(target):>9} (≤ {threshold_text(target)})  {target.what}"


def measured_text(target: Target) -> str:
    return f"{target.measured:.0f}{target.unit}" if target.unit else f"{target.measured:.2f}"


def threshold_text(target: Target) -> str:
    return f"{target.maximum:.0f}{target.unit}" if target.unit else f"{target.maximum:.2f}"


Fold = Callable[[Sequence[float]], float]


def targets(cells: Sequence[Cell]) -> list[Target]:
    """Every target that `cells` have measurements for."""
    return [*_speed(cells), *_memory(cells), *_two_hours(cells)]


def _speed(cells: Sequence[Cell]) -> Iterator[Target]:
    mean, geometric = statistics.fmean, _geometric_mean
    small = "mediahub small"
    for what, points, ours, peer, fold, maximum in (
        ("10 points to the ffmpeg loop, worst file", "10", "mediahub", "ffmpeg", max, 0.50),
        ("the same, geometric mean", "10", "mediahub", "ffmpeg", geometric, 0.38),
        ("10 points to the loop two at a time, mean", "10", "mediahub", "ffmpeg 2x", mean, 0.65),
        ("10 points to MoviePy's one clip, mean", "10", "mediahub", "moviepy", mean, 0.30),
        ("10 points to the limit, mean", "10", "mediahub", "limit", mean, 1.20),
        ("10 points at 320×180 to the limit, mean", "10", small, "limit", mean, 1.20),
        ("100 dense points to the limit, mean", "dense", "mediahub", "limit", mean, 1.70),
        ("100 dense points to the ffmpeg loop, mean", "dense", "mediahub", "ffmpeg", mean, 0.10),
        ("one point to one ffmpeg call, mean", "1", "mediahub", "ffmpeg", mean, 0.70),
        ("one point to one ffmpeg call, worst file", "1", "mediahub", "ffmpeg", max, 1.05),
        ("10 key frames to thumbnailer, worst", "keyframe", "mediahub", "thumbnailer", max, 0.30),
    ):  # fmt: skip
        yield from _folded(cells, what, (points, ours, peer, "wall_s"), fold, maximum)
    cpu = ("10", "mediahub", "ffmpeg", "cpu_s")
    yield from _folded(cells, "CPU of 10 points to the ffmpeg loop's, worst file", cpu, max, 1.0)


def _folded(
    cells: Sequence[Cell],
    what: str,
    selection: tuple[str, str, str, str],
    fold: Fold,
    maximum: float,
) -> Iterator[Target]:
    points, ours, peer, quantity = selection
    ratios = [cell.ratio(ours, peer, quantity) for cell in cells if cell.points == points]
    known = [ratio for ratio in ratios if ratio is not None]
    if known:
        yield Target(what, maximum, fold(known))


def _memory(cells: Sequence[Cell]) -> Iterator[Target]:
    for what, is_4k, maximum in (("4K", True, 350), ("1080p, worst file", False, 180)):
        peaks = [
            cost.peak_mb
            for cell in cells
            if cell.points == "10" and ("4k" in cell.video) is is_4k
            if (cost := cell.median("mediahub"))
        ]
        if peaks:
            yield Target(
                f"peak memory of the child, 10 points, {what}", maximum, max(peaks), " MiB"
            )


def _two_hours(cells: Sequence[Cell]) -> Iterator[Target]:
    alone = {cell.video: cell.median("mediahub") for cell in cells if cell.points == "1"}
    long, short = alone.get("h264-2h"), alone.get("h264-250")
    if long and short:
        yield Target("one point of 2 hours to one of 5 minutes", 1.20, long.wall_s / short.wall_s)


def _geometric_mean(values: Sequence[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))
