"""Decoding one run: its packets in, the wanted frames out, everything else thrown away."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

import av.error
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from ..bitstream import av1
from ..demux.packets import is_disposable, is_key, is_shown, is_whole
from ..demux.source import Source
from ..demux.timing import counted, timed
from ..info import Extent
from .plan import Run, VideoPacket

# Codecs whose other frames were seen to come out bit-identical when those that nothing refers to
# are not decoded. VP9 ignores the wish; libdav1d loses frames when it changes midway. That holds
# for whole streams only: where something is lost or damaged, decoders fill in from whatever they
# decoded before. So frames are skipped by a decoder that refuses damage, in runs without a gap.
SKIPPING_CODECS = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})
_PRUNING_CODEC = "av1"
_DECODE_ERRORS = (av.error.FFmpegError, EOFError, ValueError, MemoryError)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which frame it is: `pts` in ticks of `time_base` as the container counts.

    `frame_time` is in seconds from the first frame shown.
    """

    pts: int
    time_base: Fraction
    frame_time: Fraction
    key_frame: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The frame for one limit.

    `before` and `after` are the frames shown next to it, where they were asked for and are known.
    """

    limit: int
    frame: VideoFrame
    receipt: Receipt
    before: VideoFrame | None = None
    after: VideoFrame | None = None


_Between: TypeAlias = tuple[VideoFrame | None, VideoFrame, VideoFrame | None]


class _DamagedError(Exception):
    """Something did not decode while frames were being skipped: nothing may be concluded."""


class RunDecoder:
    """Decodes runs one after the other; `decoded_frames` counts what came out in all.

    Has decoders of its own with `threads` threads each, where the codec allows it. With
    `neighbours` each frame found comes with those shown before and after it.
    """

    def __init__(
        self, source: Source, extent: Extent, *, threads: int, neighbours: bool = False
    ) -> None:
        self.decoded_frames = 0
        self._source = source
        self._extent = extent
        self._threads = threads
        self._neighbours = neighbours
        self._lost_at_the_end = False
        self._skipping = source.codec_name in (*SKIPPING_CODECS, _PRUNING_CODEC)
        self._decoders: dict[bool, VideoCodecContext] = {}

    def decode(self, run: Run) -> Iterator[Found]:
        """Yield what `run` wants, as decoded. Limits whose frame does not come out are left out.

        Loose limits that a later key frame serves better are taken off the run.
        """
        if run.loose:
            yield from self._look(run)
        else:
            yield from self._fetch(run)

    def _fetch(self, run: Run) -> Iterator[Found]:
        wanted = dict(run.targets)
        if self._may_skip(run):
            try:
                yield from self._one_pass(run, wanted, skipping=True)
            except _DamagedError:
                self._skipping = False  # and nothing more is learned from trying again
        if wanted:
            if self._may_end_cut(run):
                self._use_one_thread()
            yield from self._one_pass(run, wanted, skipping=False)
        if wanted and self._lost_at_the_end:
            self._use_one_thread()
            yield from self._one_pass(run, wanted, skipping=False)

    def _may_end_cut(self, run: Run) -> bool:
        """Whether it ends where the file does, of a codec that would have been skipped through.

        With several threads FFmpeg forgets now and then to say that a picture is not whole.
        """
        at_the_end = run.packets[-1].pts == self._source.last_packet_pts
        return at_the_end and self._source.codec_name in SKIPPING_CODECS

    def _use_one_thread(self) -> None:
        self._lost_at_the_end = False
        if self._threads > 1:
            self._threads = 1
            self._decoders.clear()

    def _is_cut(self, frame: VideoFrame) -> bool:
        """Whether it is the last that a file cut short holds, and not whole."""
        return bool(frame.is_corrupt) and frame.pts == self._source.last_packet_pts

    def _may_skip(self, run: Run) -> bool:
        source = self._source
        if not self._skipping or source.counts_frames:
            return False
        return is_whole(run.packets, source.codec_name, source.decoder.extradata or b"")

    def _one_pass(
        self, run: Run, wanted: dict[int, list[int]], *, skipping: bool
    ) -> Iterator[Found]:
        """Decode as far as the last of `wanted`; frames found are taken off it."""
        asked = self._with_neighbours(run, wanted) if self._neighbours else frozenset(wanted)
        packets = self._needed(run, asked)
        keys = {p.pts for p in packets if is_key(p, self._source.codec_name)}
        left = Counter(p.pts for p in packets if p.pts in asked and self._is_shown(p))
        for before, frame, after in self._between(self._shown(packets, asked, skipping=skipping)):
            if frame.pts is None or frame.pts not in wanted or self._is_cut(frame):
                continue
            left[frame.pts] -= 1
            if left[frame.pts] > 0:
                continue  # another one takes its place at the same time, and stays
            receipt = self._receipt(frame.pts, key_frame=frame.pts in keys)
            for limit in wanted.pop(frame.pts):
                yield Found(limit, frame, receipt, before, after)
            if not wanted:
                return

    def _with_neighbours(self, run: Run, wanted: Collection[int]) -> frozenset[int]:
        """PTS of the wanted frames and of those shown next to them, as far as the run has them."""
        shown = sorted({p.pts for p in run.packets if p.pts is not None and self._is_shown(p)})
        places = [bisect_left(shown, pts) for pts in wanted]
        return frozenset(pts for place in places for pts in shown[max(0, place - 1) : place + 2])

    def _needed(self, run: Run, asked: Collection[int]) -> list[VideoPacket]:
        """Up to the last one asked for: in decoding order nothing refers forward."""
        if self._source.counts_frames:
            return [packet for packet in run.packets if not packet.is_corrupt]
        last = max(place for place, packet in enumerate(run.packets) if packet.pts in asked)
        return run.packets[: last + 1]

    def _shown(
        self, packets: list[VideoPacket], asked: Collection[int], *, skipping: bool
    ) -> Iterator[VideoFrame]:
        """Frames in the order shown; with `skipping` at least those asked for, if undamaged."""
        if skipping and self._source.codec_name == _PRUNING_CODEC:
            pruned = av1.prune(packets, asked, self._source.decoder.extradata or b"")
            return self._frames(packets if pruned is None else pruned, None, strict=True)
        frames = self._frames(packets, asked if skipping else None, strict=skipping)
        return counted(frames, packets) if self._source.counts_frames else frames

    def _between(self, frames: Iterable[VideoFrame]) -> Iterator[_Between]:
        """Each frame with the one before and the one after, where neighbours are wanted."""
        if not self._neighbours:
            yield from ((None, frame, None) for frame in frames)
            return
        before: VideoFrame | None = None
        frame: VideoFrame | None = None
        for after in frames:
            if frame is not None:
                yield before, frame, after
            before, frame = frame, after
        if frame is not None:
            yield before, frame, None

    def _look(self, run: Run) -> Iterator[Found]:
        """Decode on until the frames shown pass each loose limit, and answer what was on screen."""
        seen: list[VideoPacket] = []
        waiting = run.loose
        floor = self._extent.start_pts if run.key_pts is None else run.key_pts
        kept: VideoFrame | None = None
        done = 0
        for frame in timed(self._frames(self._feed(run, seen), None, strict=False)):
            if frame.pts is None or frame.pts < floor:
                continue
            while done < len(waiting) and waiting[done] < frame.pts:
                yield from self._kept(waiting[done], kept, seen)
                done += 1
            kept = frame
            if done == len(waiting):
                return
        for limit in waiting[done:]:
            yield from self._kept(limit, kept, seen)

    def _kept(
        self, limit: int, kept: VideoFrame | None, seen: list[VideoPacket]
    ) -> Iterator[Found]:
        """`kept` as the answer, unless a packet tells of a later frame that did not come out."""
        if kept is None or kept.pts is None:
            return
        times = (p.pts for p in seen if p.pts is not None and self._is_shown(p))
        if max((pts for pts in times if pts <= limit), default=kept.pts) <= kept.pts:
            yield Found(limit, kept, self._receipt(kept.pts, key_frame=kept.key_frame))

    def _feed(self, run: Run, seen: list[VideoPacket]) -> Iterator[VideoPacket]:
        """The packets of a run beyond its bounds, as far as it is the right one for its limits."""
        for packet in chain(run.packets, run.rest or ()):
            key = packet.pts is not None and is_key(packet, self._source.codec_name)
            if seen and key and self._is_shown(packet) and run.loose[0] < (packet.pts or 0):
                run.loose[:] = [limit for limit in run.loose if limit < (packet.pts or 0)]
            seen.append(packet)
            yield packet

    def _frames(
        self, packets: Iterable[VideoPacket], keep: Collection[int] | None, *, strict: bool
    ) -> Iterator[VideoFrame]:
        """Frames in the order shown. With `keep`, frames nothing refers to are skipped but those.

        A packet that does not decode is passed over; when `strict` it raises _DamagedError.
        """
        decoder = self._decoder(strict)
        decoder.flush_buffers()
        try:
            for packet in chain(packets, (None,)):  # None drains the decoder
                if keep is not None:
                    wanted = packet is None or packet.pts in keep
                    if not wanted and self._is_disposable(packet):
                        continue
                    decoder.skip_frame = "DEFAULT" if wanted else "NONREF"
                yield from self._decoded(decoder, packet, strict=strict)
        finally:
            if keep is not None:
                decoder.skip_frame = "DEFAULT"

    def _is_disposable(self, packet: VideoPacket | None) -> bool:
        """Kept from the decoder: skipped there, it would still take one of its threads its turn."""
        if packet is None:
            return False
        extradata = self._source.decoder.extradata or b""
        return is_disposable(packet, self._source.codec_name, extradata)

    def _decoder(self, strict: bool) -> VideoCodecContext:
        if not (strict or self._source.can_decode_side_by_side):
            return self._source.decoder
        if strict not in self._decoders:
            new = self._source.new_decoder(threads=self._threads, strict=strict)
            self._decoders[strict] = new
        return self._decoders[strict]

    def _decoded(
        self, decoder: VideoCodecContext, packet: VideoPacket | None, *, strict: bool
    ) -> list[VideoFrame]:
        try:
            frames = decoder.decode(packet)
        except _DECODE_ERRORS as error:
            if strict:
                raise _DamagedError from error
            # PyAV loses with it what several threads had ready when the decoder was drained
            self._lost_at_the_end |= packet is None and self._threads > 1
            return []
        if strict and any(frame.is_corrupt for frame in frames):
            raise _DamagedError
        self.decoded_frames += len(frames)
        return frames

    def _is_shown(self, packet: VideoPacket) -> bool:
        return is_shown(packet, self._source.codec_name)

    def _receipt(self, pts: int, *, key_frame: bool) -> Receipt:
        base = self._extent.time_base
        return Receipt(pts, base, (pts - self._extent.start_pts) * base, key_frame)
