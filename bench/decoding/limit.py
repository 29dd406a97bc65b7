"""The lower limit: the cost of decoding alone, with everything known in advance.

The file is open and its packets are known before the clock starts. Then, for each point: seek to
its key frame and decode to its frame, skipping what the product may skip. Points in one GOP are
decoded once; two GOPs are decoded at a time, by one decoder thread each. Nothing is converted and
nothing is encoded.
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

from ..measure import PictureJob

AT_ONCE = 2
# Codecs where skipping non-reference frames is bit-identical, as tests/video shows.
NONREF_CODECS = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})

VideoPacket: TypeAlias = "Packet[VideoStream]"
# For codecs whose packets tell what may be skipped: from a range's packets, the PTS wanted and the
# stream's extradata, the packets to decode, or `None` for all of them.
Prune: TypeAlias = Callable[
    [Sequence[VideoPacket], Collection[int], bytes], Sequence[VideoPacket] | None
]
PRUNING: dict[str, Prune] = {"av1": av1.prune}


@dataclass(frozen=True, slots=True)
class PacketRange:
    """From the key frame `key_pts` to the last of the frames wanted, in decoding order."""

    key_pts: int
    last_pts: int
    wanted: frozenset[int]


class PacketIndex:
    """The packets of a file: the PTS shown, and the key frames."""

    def __init__(self, container: InputContainer) -> None:
        stream = container.streams.video[0]
        self._base = stream.time_base or Fraction(1)
        self._number: dict[int, int] = {}
        shown, keys = [], []
        for number, packet in enumerate(container.demux(stream)):
            if packet.pts is None or not packet.size:
                continue
            self._number[packet.pts] = number
            if not packet.is_discard:
                shown.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
        self._shown, self._keys = sorted(shown), sorted(keys)

    def target(self, moment: float) -> int:
        """PTS of the frame on screen `moment` seconds after the first one shown."""
        pts = self._shown[0] + int(Fraction(moment) / self._base)
        return self._shown[bisect_right(self._shown, pts) - 1]

    def ranges(self, moments: Sequence[float]) -> list[PacketRange]:
        """One run for each GOP that is needed, in the order of the file."""
        wanted: dict[int, set[int]] = {}
        for target in map(self.target, moments):
            key = self._keys[bisect_right(self._keys, target) - 1]
            wanted.setdefault(key, set()).add(target)
        return [
            PacketRange(key, max(targets, key=self._number.__getitem__), frozenset(targets))
            for key, targets in sorted(wanted.items())
        ]


class Decoder:
    """One container with one decoder, which decodes range after range."""

    def __init__(self, path: str, threads: int) -> None:
        self.container = av.open(path)
        self._stream = self.container.streams.video[0]
        context = self._stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = threads
        context.open(strict=False)
        self._context: VideoCodecContext = context
        self._name = context.codec.canonical_name

    def decode(self, span: PacketRange) -> Iterator[av.VideoFrame]:
        """The frames wanted."""
        self._context.flush_buffers()
        extradata = self._context.extradata or b""
        for packet in chain(self._packets(span), (None,)):
            if self._name in NONREF_CODECS:
                wanted = packet is None or packet.pts in span.wanted
                if packet and not wanted and is_disposable(packet, self._name, extradata):
                    continue
                self._context.skip_frame = "DEFAULT" if wanted else "NONREF"
            yield from (f for f in self._context.decode(packet) if f.pts in span.wanted)

    def _packets(self, span: PacketRange) -> Sequence[VideoPacket] | Iterator[VideoPacket]:
        if prune := PRUNING.get(self._name):
            packets = list(self._read(span))
            return prune(packets, span.wanted, self._context.extradata or b"") or packets
        return self._read(span)

    def _read(self, span: PacketRange) -> Iterator[VideoPacket]:
        self.container.seek(span.key_pts, stream=self._stream, backward=True)
        started = False
        for packet in self.container.demux(self._stream):
            started = started or packet.pts == span.key_pts
            if started:
                yield packet
            if packet.pts == span.last_pts:
                return


class Limit:
    """A file opened once for each thread, and its index."""

    def __init__(self, path: str, *, threads: int = 1, at_once: int = AT_ONCE) -> None:
        self._decoders = [Decoder(path, threads) for _ in range(at_once)]
        self.index = PacketIndex(self._decoders[0].container)

    def decode(self, moments: Sequence[float], take: Callable[[av.VideoFrame], object]) -> None:
        """Pass the frames on screen at the moments to `take`; RuntimeError if one is missing."""
        ranges = self.index.ranges(moments)
        waiting = iter(ranges)  # next() of a list's iterator is atomic: threads may share it
        decoded: set[int | None] = set()

        def work(decoder: Decoder) -> None:
            for span in waiting:
                for frame in decoder.decode(span):
                    decoded.add(frame.pts)
                    take(frame)

        with ThreadPoolExecutor(len(self._decoders)) as pool:
            for each in [pool.submit(work, decoder) for decoder in self._decoders]:
                each.result()
        if missing := {pts for span in ranges for pts in span.wanted} - decoded:
            raise RuntimeError(f"not decoded: {sorted(missing)}")


def prepared(job: PictureJob, *, threads: int) -> Callable[[], None]:
    """Open and index the file; the returned call is measured. `threads` are per decoder."""
    limit = Limit(job.path, threads=threads, at_once=min(AT_ONCE, len(job.moments)))
    return lambda: limit.decode(job.moments, lambda _: None)
