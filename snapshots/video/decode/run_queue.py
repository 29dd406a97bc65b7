"""The queue of runs that worker threads decode."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Sequence

from ..info import FrameIndex
from .gop_run import GopRun
from .plan import Planner


class RunQueue:
    """Hands out the runs that answer `cutoffs` (sorted), each to one thread.

    With an `index` the runs that take longest to decode come first, so that no thread is left
    with a long one at the end while the others are idle. Safe to share between threads.
    """

    def __init__(
        self, planner: Planner, cutoffs: Sequence[int], index: FrameIndex | None = None
    ) -> None:
        self.file_lock = threading.RLock()  # held by the thread that reads from the file
        self._planner = planner
        self._groups = _longest_first(cutoffs, index) if index else [list(cutoffs)]

    def next_run(self) -> GopRun | None:
        """The next run, or `None` when no cut-off is left that can be answered."""
        with self.file_lock:
            while self._groups:
                cutoffs = self._groups.pop(0)
                if not cutoffs:
                    continue
                run = self._planner.run(cutoffs)
                self._groups.insert(0, _without(cutoffs, run.cutoffs if run else cutoffs[:1]))
                if run is not None:
                    return run
            return None

    def earlier(self, cutoffs: Sequence[int], run: GopRun) -> GopRun | None:
        """A run for the same cut-offs that starts before `run` does."""
        if run.key_pts is None:
            return None
        with self.file_lock:
            return self._planner.run(cutoffs, before=run.key_pts)

    def put_back(self, cutoffs: Collection[int]) -> None:
        """Return cut-offs of a run that another run answers better."""
        if cutoffs:
            with self.file_lock:
                self._groups.insert(0, sorted(cutoffs))

    @property
    def max_runs_left(self) -> int:
        """The most runs that may be left, as far as that is known without reading the file."""
        with self.file_lock:
            groups = [cutoffs for cutoffs in self._groups if cutoffs]
            return len(groups) if len(groups) > 1 else sum(map(len, groups))


def _longest_first(cutoffs: Sequence[int], index: FrameIndex) -> list[list[int]]:
    """Cut-offs grouped by their key frame, the group with most frames to decode first."""
    keys = [number for number, is_key in enumerate(index.key_frames) if is_key]
    groups: dict[int, list[int]] = {}
    for cutoff_pts in cutoffs:
        count = bisect_right(keys, index.at_or_before(cutoff_pts) or 0)
        groups.setdefault(keys[count - 1] if count else 0, []).append(cutoff_pts)
    length = {key: (index.at_or_before(of[-1]) or 0) - key for key, of in groups.items()}
    return [groups[key] for key in sorted(groups, key=lambda key: (-length[key], key))]


def _without(cutoffs: Sequence[int], taken: Collection[int]) -> list[int]:
    gone = set(taken)
    return [cutoff_pts for cutoff_pts in cutoffs if cutoff_pts not in gone]
