"""Which run comes next, for whoever is free to decode one."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Sequence

from ..info import FrameIndex
from .plan import Planner, Run


class Schedule:
    """Hands out the runs that answer `limits` (sorted), each to one taker.

    With an `index` those come first that take longest to decode: then no lane is left at the end
    with a long one while the others have nothing to do. Safe to share between threads.
    """

    def __init__(
        self, planner: Planner, limits: Sequence[int], index: FrameIndex | None = None
    ) -> None:
        self.planning = threading.RLock()  # held by whoever reads from the file
        self._planner = planner
        self._groups = _longest_first(limits, index) if index else [list(limits)]

    def next_run(self) -> Run | None:
        """A run not handed out yet, or `None` when no limit is left that can be answered."""
        with self.planning:
            while self._groups:
                limits = self._groups.pop(0)
                if not limits:
                    continue
                run = self._planner.run(limits)
                self._groups.insert(0, _without(limits, run.limits if run else limits[:1]))
                if run is not None:
                    return run
            return None

    def earlier(self, limits: Sequence[int], run: Run) -> Run | None:
        """A run for the same limits that starts before `run` does."""
        if run.key_pts is None:
            return None
        with self.planning:
            return self._planner.run(limits, before=run.key_pts)

    def give_back(self, limits: Collection[int]) -> None:
        """Limits of a run that another run answers better."""
        if limits:
            with self.planning:
                self._groups.insert(0, sorted(limits))

    @property
    def most_runs(self) -> int:
        """How many runs may be left to hand out, as far as can be told without reading."""
        with self.planning:
            groups = [limits for limits in self._groups if limits]
            return len(groups) if len(groups) > 1 else sum(map(len, groups))


def _longest_first(limits: Sequence[int], index: FrameIndex) -> list[list[int]]:
    """Limits by the key frame that serves them, those with most frames up to the last ahead."""
    keys = [number for number, is_key in enumerate(index.key_frames) if is_key]
    groups: dict[int, list[int]] = {}
    for limit in limits:
        place = bisect_right(keys, index.at_or_before(limit) or 0)
        groups.setdefault(keys[place - 1] if place else 0, []).append(limit)
    length = {key: (index.at_or_before(of[-1]) or 0) - key for key, of in groups.items()}
    return [groups[key] for key in sorted(groups, key=lambda key: (-length[key], key))]


def _without(limits: Sequence[int], taken: Collection[int]) -> list[int]:
    gone = set(taken)
    return [limit for limit in limits if limit not in gone]
