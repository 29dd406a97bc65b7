"""From moments to runs: which packets must be decoded, from which key frame, for which frames."""

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
from ..demux.discontinuities import Told
from ..demux.packets import is_key, is_shown
from ..demux.source import Source
from ..info import Extent

_FIRST_STEP = Fraction(1, 2)  # seconds to step back when a seek lands late; doubled each time
_SPARE = 2  # packets read beyond a limit, for streams whose DTS FFmpeg has to guess

VideoPacket: TypeAlias = "Packet[VideoStream]"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of one run is read before decoding; what exceeds it is decoded while reading."""

    packets: int = 4096
    size_bytes: int = 64 << 20


@dataclass(slots=True)
class Run:
    """Packets in decoding order from one key frame on, and what is wanted of them.

    `targets` maps the PTS of a wanted frame to the limits that ask for it. `loose` limits,
    sorted, have no known target: decode and look. `rest` continues `packets` where the bounds
    cut them off. `from_start`: it begins with the file, so nothing earlier can be tried.
    """

    packets: list[VideoPacket]
    from_start: bool
    targets: dict[int, list[int]] = field(default_factory=dict)
    loose: list[int] = field(default_factory=list)
    rest: Iterator[VideoPacket] | None = None

    @property
    def key_pts(self) -> int | None:
        """Where it starts, unless that is the start of the file.

        Frames before it are leading pictures whose references lie in the run before.
        """
        return self.packets[0].pts if self.packets and not self.from_start else None

    def begins_by(self, limit: int) -> bool:
        """Whether its first frame is known to be at or before `limit`."""
        if self.from_start or not self.packets:
            return self.from_start
        first = self.packets[0]
        time = first.dts if first.pts is None else first.pts
        return time is not None and time <= limit

    @property
    def limits(self) -> list[int]:
        """All limits that this run answers."""
        return [limit for limits in self.targets.values() for limit in limits] + self.loose


class Planner:
    """Reads packets around limits. A limit is the greatest PTS that counts as at or before."""

    def __init__(self, source: Source, extent: Extent, bounds: Bounds) -> None:
        source.end_byte = container.end_byte(source)
        self._source = source
        self._extent = extent
        self._bounds = bounds
        depth = source.stream.codec_context.reorder_depth
        self._spare = depth + _SPARE if depth else 0
        self._table: Told | None = None
        self._resume: tuple[Run, Iterator[VideoPacket]] | None = None  # the last run, what follows

    def run(self, limits: Sequence[int], *, before: int | None = None) -> Run | None:
        """The run that answers the first of `limits` (sorted), and as many more as it holds.

        With `before` it starts at a key frame with a PTS below that: for a second try. `None`
        when no starting point is left.
        """
        if told := self._told():
            return self._told_run(told, limits, before)
        first = limits[0] if before is None else min(limits[0], before - 1)
        for stream, from_start in self._starts(first):
            run = self._gather(stream, from_start, limits, advance=before is None)
            late = before is not None and (run.key_pts or before - 1) >= before
            if limits[0] in run.limits and not late:
                return run
        return None

    def _told_run(self, told: Told, limits: Sequence[int], before: int | None) -> Run | None:
        """The same for a file whose packets are out of order."""
        first = told.frame(limits[0])
        if first is None:
            return None
        start, last, targets = told.start(first, before), 0, dict[int, list[int]]()
        for limit in limits:
            target = told.frame(limit)
            if target is not None and told.start(target, before) == start:
                targets.setdefault(target.pts, []).append(limit)
                last = max(last, target.number)
        self._source.rewind()
        packets = list(islice(self._source.packets(), start, last + 1))
        return Run(packets, from_start=start == 0, targets=targets)

    def _told(self) -> Told | None:
        """What is shown when, if that must be looked up as the file's packets are out of order."""
        if self._table is None and _is_out_of_order(self._source):
            self._source.rewind()
            self._table = Told(
                self._source.packets(), self._source.codec_name, start_pts=self._extent.start_pts
            )
        return self._table

    def key_packet(self, limit: int) -> VideoPacket | None:
        """The last key frame shown at or before `limit`, `None` where there is none."""
        if told := self._told():
            return self._told_key(told, limit)
        for stream, _ in self._starts(limit):
            best = None
            for packet in self._until_past(stream, limit):
                if self._is_shown_key(packet) and (packet.pts or 0) <= limit:
                    best = packet
            if best is not None:
                return best
        return None

    def _told_key(self, told: Told, limit: int) -> VideoPacket | None:
        frame = told.key_frame(limit)
        self._source.rewind()
        return frame and next(islice(self._source.packets(), frame.number, None), None)

    def is_shown(self, packet: VideoPacket) -> bool:
        """Whether the packet holds a frame of the video as shown."""
        early = packet.pts is not None and packet.pts < self._extent.start_pts
        return is_shown(packet, self._source.codec_name) and not early

    def _is_shown_key(self, packet: VideoPacket) -> bool:
        known = packet.pts is not None and is_key(packet, self._source.codec_name)
        return known and self.is_shown(packet)

    def _until_past(self, stream: Iterator[VideoPacket], limit: int) -> Iterator[VideoPacket]:
        spare = self._spare
        for packet in stream:
            yield packet
            if packet.dts is not None and packet.dts > limit:
                spare -= 1
            if spare < 0:
                return

    def _starts(self, limit: int) -> Iterator[tuple[Iterator[VideoPacket], bool]]:
        """Packets from ever earlier starting points; the last is the start of the file.

        Not every container seeks well: TS and PS overshoot, MP4 seeks by DTS.
        """
        step = _FIRST_STEP / self._extent.time_base
        target = Fraction(limit)
        while self._source.seeks_exactly and target > self._extent.start_pts:
            if self._source.seek(int(target)):
                yield self._from_key(self._source.packets()), False
            target -= step
            step *= 2
        resume, self._resume = self._resume, None  # its stream is used up once
        if resume:
            run, stream = resume
            if run.from_start or (run.key_pts is not None and limit >= run.key_pts):
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
        limits: Sequence[int],
        *,
        advance: bool,
    ) -> Run:
        """Read until it is known which frames answer the limits that this key frame serves.

        `advance`: start anew at each key frame met that is at or before the first limit, for
        indexes that do not list every key frame.
        """
        run = Run([], from_start)
        waiting, settled, size = list(limits), list[int](), 0
        for packet in stream:
            if run.packets and self._is_shown_key(packet):
                key = packet.pts or 0
                if advance and key <= limits[0]:
                    run, size = Run([], False), 0
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
                waiting = []  # what was read is not all there is up to them
        self._keep_place(run, stream)
        return self._assign(run, settled, waiting)

    def _reaches_the_end(self, run: Run) -> bool:
        times = (packet.pts for packet in run.packets if self.is_shown(packet))
        return any(pts is None or pts >= self._extent.last_pts for pts in times)

    def _keep_place(self, run: Run, stream: Iterator[VideoPacket]) -> None:
        """Where seeking is no use, let the next run go on from this one's key frame."""
        self._resume = None
        if not self._source.seeks_exactly and run.rest is None:
            self._resume = run, stream

    def _exceeds(self, run: Run, size: int) -> bool:
        return len(run.packets) > self._bounds.packets or size > self._bounds.size_bytes

    def _is_past(self, packets: Sequence[VideoPacket], limit: int) -> bool:
        """Whether later packets can only be shown after `limit`: the PTS is never below the DTS."""
        if self._source.counts_frames or len(packets) <= self._spare:
            return False
        dts = packets[-1 - self._spare].dts
        return dts is not None and dts > limit

    def _assign(self, run: Run, settled: list[int], waiting: list[int]) -> Run:
        """Give each limit its target; those whose frame cannot be told from packets are loose."""
        limits = settled + waiting
        shown = [packet.pts for packet in run.packets if self.is_shown(packet)]
        if run.rest is not None or None in shown:
            run.loose = limits if run.begins_by(limits[0]) else []
            return run
        trusted = run.key_pts
        known = sorted(pts for pts in shown if pts is not None)
        first = 0 if trusted is None else bisect_left(known, trusted)
        for limit in limits:
            place = bisect_right(known, limit)
            if place > first:
                run.targets.setdefault(known[place - 1], []).append(limit)
        return run


def _is_out_of_order(source: Source) -> bool:
    """Whether packets shown next to each other may lie anywhere in the file."""
    return container.time_goes_back(source) or container.has_several_edits(source)
