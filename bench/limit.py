"""The limit: what decoding alone costs, when all is known and nothing else is done.

The file is open and its packets are known before the clock starts. Then, for each point: seek to
its key frame and decode to its frame, passing over what the product may pass over. Points in one
GOP are decoded once; two GOPs are decoded at a time, by one decoder thread each. Nothing is
converted and nothing is encoded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from snapshots.video.bitstream import av1
from snapshots.video.demux.packets import is_disposable

from .measure import Job

AT_ONCE = 2
# Where leaving out the frames that nothing refers to is bit-identical, as tests/video shows.
NONREF_CODECS = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})

VideoPacket: TypeAlias = "Packet[VideoStream]"
# For codecs whose packets say what may be left out: from a run's packets, the PTS wanted and the
# stream's extradata, the packets to decode, or `None` for all of them.
Prune: TypeAlias = Callable[
    [Sequence[VideoPacket], Collection[int], bytes], Sequence[VideoPacket] | None
]
PRUNING: dict[str, Prune] = {"av1": av1.prune}


@dataclass(frozen=True, slots=True)
class Run:
    """From the key frame `key_pts` to the last of the frames wanted, in decoding order."""

    key_pts: int
    last_pts: int
    wanted: frozenset[int]


class Index:
    """The packets of a file: what is shown when, and where decoding can begin."""

    def __init__(self, container: InputContainer) -> None:
        stream = container.streams.video[0]
        self._base = stream.time_base or Fraction(1)
        self._place: dict[int, int] = {}
        shown, keys = [], []
        for number, packet in enumerate(container.demux(stream)):
            if packet.pts is None or not packet.size:
                continue
            self._place[packet.pts] = number
            if not packet.is_discard:
                shown.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
        self._shown, self._keys = sorted(shown), sorted(keys)

    def target(self, moment: float) -> int:
        """PTS of the frame on screen `moment` seconds after the first one shown."""
        pts = self._shown[0] + int(Fraction(moment) / self._base)
        return self._shown[bisect_right(self._shown, pts) - 1]

    def runs(self, moments: Sequence[float]) -> list[Run]:
        """One run for each GOP that is needed, in the order of the file."""
        wanted: dict[int, set[int]] = {}
        for target in map(self.target, moments):
            key = self._keys[bisect_right(self._keys, target) - 1]
            wanted.setdefault(key, set()).add(target)
        return [
            Run(key, max(targets, key=self._place.__getitem__), frozenset(targets))
            for key, targets in sorted(wanted.items())
        ]


class Lane:
    """One container with one decoder, which decodes run after run."""

    def __init__(self, path: str, threads: int) -> None:
        self.container = av.open(path)
        self._stream = self.container.streams.video[0]
        context = self._stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = threads
        context.open(strict=False)
        self._context: VideoCodecContext = context
        self._name = context.codec.canonical_name

    def decode(self, run: Run) -> Iterator[av.VideoFrame]:
        """The frames wanted."""
        self._context.flush_buffers()
        extradata = self._context.extradata or b""
        for packet in chain(self._packets(run), (None,)):
            if self._name in NONREF_CODECS:
                wanted = packet is None or packet.pts in run.wanted
                if packet and not wanted and is_disposable(packet, self._name, extradata):
                    continue
                self._context.skip_frame = "DEFAULT" if wanted else "NONREF"
            yield from (f for f in self._context.decode(packet) if f.pts in run.wanted)

    def _packets(self, run: Run) -> Sequence[VideoPacket] | Iterator[VideoPacket]:
        if prune := PRUNING.get(self._name):
            packets = list(self._read(run))
            return prune(packets, run.wanted, self._context.extradata or b"") or packets
        return self._read(run)

    def _read(self, run: Run) -> Iterator[VideoPacket]:
        self.container.seek(run.key_pts, stream=self._stream, backward=True)
        started = False
        for packet in self.container.demux(self._stream):
            started = started or packet.pts == run.key_pts
            if started:
                yield packet
            if packet.pts == run.last_pts:
                return


class Limit:
    """A file opened as often as it is decoded at a time, and its index."""

    def __init__(self, path: str, *, threads: int = 1, at_once: int = AT_ONCE) -> None:
        self._lanes = [Lane(path, threads) for _ in range(at_once)]
        self.index = Index(self._lanes[0].container)

    def decode(self, moments: Sequence[float], take: Callable[[av.VideoFrame], object]) -> None:
        """Hand over the frames on screen at the moments; RuntimeError if one does not come out."""
        runs = self.index.runs(moments)
        waiting = iter(runs)  # next() of a list's iterator is one step: threads may share it
        found: set[int | None] = set()

        def work(lane: Lane) -> None:
            for run in waiting:
                for frame in lane.decode(run):
                    found.add(frame.pts)
                    take(frame)

        with ThreadPoolExecutor(len(self._lanes)) as pool:
            for each in [pool.submit(work, lane) for lane in self._lanes]:
                each.result()
        if missing := {pts for run in runs for pts in run.wanted} - found:
            raise RuntimeError(f"not decoded: {sorted(missing)}")


def prepared(job: Job, *, threads: int) -> Callable[[], None]:
    """Everything known; what is returned is what counts. `threads` are those of one decoder."""
    limit = Limit(job.path, threads=threads, at_once=min(AT_ONCE, len(job.moments)))
    return lambda: limit.decode(job.moments, lambda _: None)
