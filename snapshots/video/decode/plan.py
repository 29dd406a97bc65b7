"""Planning: which packets must be decoded, from which key frame, for which frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice
from typing import TypeAlias

from av.packet import Packet
from av.video.stream import VideoStream

from ..demux import container
from ..demux.discontinuities import Timeline
from ..demux.packets import is_key, is_shown
from ..demux.source import Source
from ..info import Extent

_FIRST_STEP = Fraction(1, 2)  # seconds to step back when a seek lands late; doubled each time
_SPARE = 2  # packets read beyond a cut-off, for streams whose DTS FFmpeg has to guess

VideoPacket: TypeAlias = "Packet[VideoStream]"


@dataclass(frozen=True, slots=True)
class BufferSize:
    """How much of one run is buffered before decoding; a longer run is decoded while reading."""

    packets: int = 4096
    size_bytes: int = 64 << 20


@dataclass(slots=True)
class GopRun:
    """Packets in decoding order from one key frame on, and the frames wanted from them.

    `targets` maps the PTS of a wanted frame to the cut-off PTS that it answers. `unresolved`
    cut-offs, sorted, have no known target: their frame is found by decoding. `rest` continues
    `packets` where the buffer was full. `from_start`: the run begins with the file, so nothing
    earlier can be tried.
    """

    packets: list[VideoPacket]
    from_start: bool
    targets: dict[int, list[int]] = field(default_factory=dict)
    unresolved: list[int] = field(default_factory=list)
    rest: Iterator[VideoPacket] | None = None

    @property
    def key_pts(self) -> int | None:
        """PTS of the first key frame, `None` if the run begins with the file.

        Frames with a lower PTS are leading pictures whose references lie in the run before.
        """
        return self.packets[0].pts if self.packets and not self.from_start else None

    def begins_by(self, cutoff_pts: int) -> bool:
        """Whether the first frame is known to be at or before `cutoff_pts`."""
        if self.from_start or not self.packets:
            return self.from_start
        first = self.packets[0]
        time = first.dts if first.pts is None else first.pts
        return time is not None and time <= cutoff_pts

    @property
    def cutoffs(self) -> list[int]:
        """All cut-offs that this run answers."""
        return [
            cutoff_pts for cutoffs in self.targets.values() for cutoff_pts in cutoffs
        ] + self.unresolved


class Planner:
    """Reads the packets of runs. A cut-off is the greatest PTS that counts as "at or before"."""

    def __init__(self, source: Source, extent: Extent, buffer: BufferSize) -> None:
        source.end_byte = container.end_byte(source)
        self._source = source
        self._extent = extent
        self._buffer = buffer
        depth = source.stream.codec_context.reorder_depth
        self._spare = depth + _SPARE if depth else 0
        self._cached_timeline: Timeline | None = None
        self._resume: tuple[GopRun, Iterator[VideoPacket]] | None = (
            None  # the last run and what follows it
        )

    def run(self, cutoffs: Sequence[int], *, before: int | None = None) -> GopRun | None:
        """The run that answers the first of `cutoffs` (sorted), and as many more as it can.

        With `before` it starts at a key frame with a PTS below that, for a second try. `None`
        when no starting point is left.
        """
        if timeline := self._timeline():
            return self._run_from_timeline(timeline, cutoffs, before)
        first = cutoffs[0] if before is None else min(cutoffs[0], before - 1)
        for stream, from_start in self._starts(first):
            run = self._gather(stream, from_start, cutoffs, advance=before is None)
            late = before is not None and (run.key_pts or before - 1) >= before
            if cutoffs[0] in run.cutoffs and not late:
                return run
        return None

    def _run_from_timeline(
        self, timeline: Timeline, cutoffs: Sequence[int], before: int | None
    ) -> GopRun | None:
        """`run` for a file whose packets are out of order."""
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

    def _timeline(self) -> Timeline | None:
        """The timeline of a file whose packets are out of order, `None` for others."""
        if self._cached_timeline is None and _is_out_of_order(self._source):
            self._source.rewind()
            self._cached_timeline = Timeline(
                self._source.packets(), self._source.codec_name, start_pts=self._extent.start_pts
            )
        return self._cached_timeline

    def key_packet(self, cutoff_pts: int) -> VideoPacket | None:
        """The last key frame shown at or before `cutoff_pts`, `None` where there is none."""
        if timeline := self._timeline():
            return self._key_from_timeline(timeline, cutoff_pts)
        for stream, _ in self._starts(cutoff_pts):
            best = None
            for packet in self._until_past(stream, cutoff_pts):
                if self._is_shown_key(packet) and (packet.pts or 0) <= cutoff_pts:
                    best = packet
            if best is not None:
                return best
        return None

    def _key_from_timeline(self, timeline: Timeline, cutoff_pts: int) -> VideoPacket | None:
        frame = timeline.key_frame(cutoff_pts)
        self._source.rewind()
        return frame and next(islice(self._source.packets(), frame.number, None), None)

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


def _is_out_of_order(source: Source) -> bool:
    """Whether packets shown in a row may lie anywhere in the file."""
    return container.time_goes_back(source) or container.has_several_edits(source)
