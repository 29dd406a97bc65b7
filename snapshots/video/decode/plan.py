"""Planning: which packets must be decoded, from which key frame, for which frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from ..demux import container
from ..demux.packets import is_key, is_shown
from ..demux.source import Source
from ..info import Extent
from .gop_run import BufferSize, GopRun, VideoPacket
from .timeline_plan import TimelinePlanner, is_out_of_order

_FIRST_STEP = Fraction(1, 2)  # seconds to step back when a seek lands late; doubled each time
_SPARE = 2  # packets read beyond a cut-off, for streams whose DTS FFmpeg has to guess


class Planner:
    """Reads the packets of runs. A cut-off is the greatest PTS that counts as "at or before"."""

    def __init__(self, source: Source, extent: Extent, buffer: BufferSize) -> None:
        source.end_byte = container.end_byte(source)
        self._source = source
        self._extent = extent
        self._buffer = buffer
        depth = source.stream.codec_context.reorder_depth
        self._spare = depth + _SPARE if depth else 0
        self._timeline: TimelinePlanner | None = None
        self._resume: tuple[GopRun, Iterator[VideoPacket]] | None = (
            None  # the last run and what follows it
        )

    def run(self, cutoffs: Sequence[int], *, before: int | None = None) -> GopRun | None:
        """The run that answers the first of `cutoffs` (sorted), and as many more as it can.

        With `before` it starts at a key frame with a PTS below that, for a second try. `None`
        when no starting point is left.
        """
        if timeline := self._timeline_planner():
            return timeline.run(cutoffs, before)
        first = cutoffs[0] if before is None else min(cutoffs[0], before - 1)
        for stream, from_start in self._starts(first):
            run = self._gather(stream, from_start, cutoffs, advance=before is None)
            late = before is not None and (run.key_pts or before - 1) >= before
            if cutoffs[0] in run.cutoffs and not late:
                return run
        return None

    def _timeline_planner(self) -> TimelinePlanner | None:
        """The planner for a file whose packets are out of order, `None` for others."""
        if self._timeline is None and is_out_of_order(self._source):
            self._timeline = TimelinePlanner(self._source, start_pts=self._extent.start_pts)
        return self._timeline

    def key_packet(self, cutoff_pts: int) -> VideoPacket | None:
        """The last key frame shown at or before `cutoff_pts`, `None` where there is none."""
        if timeline := self._timeline_planner():
            return timeline.key_packet(cutoff_pts)
        for stream, _ in self._starts(cutoff_pts):
            best = None
            for packet in self._until_past(stream, cutoff_pts):
                if self._is_shown_key(packet) and (packet.pts or 0) <= cutoff_pts:
                    best = packet
            if best is not None:
                return best
        return None

    def is_shown(self, packet: VideoPacket) -> bool:
        """Whether the packet's frame is among those shown."""
        early = packet.pts is not None and packet.pts < self._extent.start_pts
        return is_shown(packet, self._source.codec_name) and not early

    def _is_shown_key(self, packet: VideoPacket) -> bool:
        known = packet.pts is not None and is_key(packet, self._source.codec_name)
        return known and self.is_shown(packet)

    def _until_past(self, stream: Iterator[VideoPacket], cutoff_pts: int) -> Iterator[VideoPacket]:
        spare = self._spare
        for packet in stream:
            yield packet
            if packet.dts is not None and packet.dts > cutoff_pts:
                spare -= 1
            if spare < 0:
                return

    def _starts(self, cutoff_pts: int) -> Iterator[tuple[Iterator[VideoPacket], bool]]:
        """Packet streams from successively earlier starting points, at last the file's start.

        Not every container seeks well: TS and PS overshoot, MP4 seeks by DTS.
        """
        step = _FIRST_STEP / self._extent.time_base
        target = Fraction(cutoff_pts)
        while self._source.seeks_exactly and target > self._extent.start_pts:
            if self._source.seek(int(target)):
                yield self._from_key(self._source.packets()), False
            target -= step
            step *= 2
        resume, self._resume = self._resume, None  # its stream can be consumed only once
        if resume:
            run, stream = resume
            if run.from_start or (run.key_pts is not None and cutoff_pts >= run.key_pts):
                yield chain(run.packets, stream), run.from_start
        self._source.rewind()
        yield self._source.packets(), True

    def _from_key(self, stream: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
        for packet in stream:
            if is_key(packet, self._source.codec_name):
                return chain((packet,), stream)
        return iter(())

    def _gather(
        self,
        stream: Iterator[VideoPacket],
        from_start: bool,
        cutoffs: Sequence[int],
        *,
        advance: bool,
    ) -> GopRun:
        """Read until it is known which frames answer the cut-offs that this key frame serves.

        `advance`: restart at each later key frame at or before the first cut-off, for container
        indexes that do not list every key frame.
        """
        run = GopRun([], from_start)
        waiting, settled, size = list(cutoffs), list[int](), 0
        for packet in stream:
            if run.packets and self._is_shown_key(packet):
                key = packet.pts or 0
                if advance and key <= cutoffs[0]:
                    run, size = GopRun([], False), 0
                elif advance:
                    waiting = waiting[: bisect_left(waiting, key)]
                    if not waiting:
                        stream = chain((packet,), stream)
                        break
            run.packets.append(packet)
            size += packet.size
            while waiting and self._is_past(run.packets, waiting[0]):
                settled.append(waiting.pop(0))
            if not waiting:
                break
            if self._exceeds(run, size):
                run.rest = stream
                break
        else:
            if not (from_start or self._reaches_the_end(run)):
                waiting = []  # frames before these cut-offs may be missing
        self._save_position(run, stream)
        return self._assign(run, settled, waiting)

    def _reaches_the_end(self, run: GopRun) -> bool:
        times = (packet.pts for packet in run.packets if self.is_shown(packet))
        return any(pts is None or pts >= self._extent.last_pts for pts in times)

    def _save_position(self, run: GopRun, stream: Iterator[VideoPacket]) -> None:
        """Let the next run continue from this run's key frame where seeking does not work."""
        self._resume = None
        if not self._source.seeks_exactly and run.rest is None:
            self._resume = run, stream

    def _exceeds(self, run: GopRun, size: int) -> bool:
        return len(run.packets) > self._buffer.packets or size > self._buffer.size_bytes

    def _is_past(self, packets: Sequence[VideoPacket], cutoff_pts: int) -> bool:
        """Whether all later packets are shown after `cutoff_pts`: a PTS is never below the DTS."""
        if self._source.counts_frames or len(packets) <= self._spare:
            return False
        dts = packets[-1 - self._spare].dts
        return dts is not None and dts > cutoff_pts

    def _assign(self, run: GopRun, settled: list[int], waiting: list[int]) -> GopRun:
        """Give each cut-off its target; where packets do not tell the frame it stays unresolved."""
        cutoffs = settled + waiting
        shown = [packet.pts for packet in run.packets if self.is_shown(packet)]
        if run.rest is not None or None in shown:
            run.unresolved = cutoffs if run.begins_by(cutoffs[0]) else []
            return run
        trusted = run.key_pts
        known = sorted(pts for pts in shown if pts is not None)
        first = 0 if trusted is None else bisect_left(known, trusted)
        for cutoff_pts in cutoffs:
            count = bisect_right(known, cutoff_pts)
            if count > first:
                run.targets.setdefault(known[count - 1], []).append(cutoff_pts)
        return run
