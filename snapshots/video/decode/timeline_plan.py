"""Planning for files whose packets are out of order, by a timeline of all packets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ..demux import container
from ..demux.discontinuities import Timeline
from ..demux.source import Source
from .gop_run import GopRun, VideoPacket


class TimelinePlanner:
    """Plans as `Planner` does; the timeline comes from one scan of the file."""

    def __init__(self, source: Source, *, start_pts: int) -> None:
        self._source = source
        source.rewind()
        self._timeline = Timeline(source.packets(), source.codec_name, start_pts=start_pts)

    def run(self, cutoffs: Sequence[int], before: int | None) -> GopRun | None:
        timeline = self._timeline
        first = timeline.frame(cutoffs[0])
        if first is None:
            return None
        start, last, targets = timeline.start(first, before), 0, dict[int, list[int]]()
        for cutoff_pts in cutoffs:
            target = timeline.frame(cutoff_pts)
            if target is not None and timeline.start(target, before) == start:
                targets.setdefault(target.pts, []).append(cutoff_pts)
                last = max(last, target.number)
        self._source.rewind()
        packets = list(islice(self._source.packets(), start, last + 1))
        return GopRun(packets, from_start=start == 0, targets=targets)

    def key_packet(self, cutoff_pts: int) -> VideoPacket | None:
        frame = self._timeline.key_frame(cutoff_pts)
        self._source.rewind()
        return frame and next(islice(self._source.packets(), frame.number, None), None)


def is_out_of_order(source: Source) -> bool:
    """Whether packets shown in a row may lie anywhere in the file."""
    return container.time_goes_back(source) or container.has_several_edits(source)
