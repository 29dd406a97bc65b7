"""Runs: the packets of one GOP with the frames wanted from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from av.packet import Packet
from av.video.stream import VideoStream

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
