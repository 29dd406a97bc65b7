"""Run decoder: the packets of a run in, the wanted frames out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from av.video.frame import VideoFrame

from ..bitstream import av1
from ..demux.packets import is_key, is_shown, is_undamaged
from ..demux.source import Source
from ..demux.timing import assign_counted_times, fill_missing_times
from ..info import Extent
from .frames import FoundFrame, FrameReceipt
from .gop_run import GopRun, VideoPacket
from .packet_decoder import SKIPPING_CODECS, DamagedError, PacketDecoder

_PRUNING_CODEC = "av1"
_Neighbourhood: TypeAlias = tuple[VideoFrame | None, VideoFrame, VideoFrame | None]


class RunDecoder:
    """Decodes runs one after the other, with `threads` threads where the codec allows it.

    With `neighbours` each frame found comes with those shown before and after it.
    """

    def __init__(
        self, source: Source, extent: Extent, *, threads: int, neighbours: bool = False
    ) -> None:
        self._source = source
        self._extent = extent
        self._neighbours = neighbours
        self._decoder = PacketDecoder(source, threads=threads)
        self._skipping = source.codec_name in (*SKIPPING_CODECS, _PRUNING_CODEC)

    @property
    def decoded_frames(self) -> int:
        """How many frames came out of the decoder."""
        return self._decoder.decoded_frames

    def decode(self, run: GopRun) -> Iterator[FoundFrame]:
        """Yield the wanted frames as they are decoded, leaving out any that do not come out.

        Unresolved cut-offs that a later key frame serves better are removed from the run.
        """
        if run.unresolved:
            yield from self._decode_unresolved(run)
        else:
            yield from self._decode_targets(run)

    def _decode_targets(self, run: GopRun) -> Iterator[FoundFrame]:
        wanted = dict(run.targets)
        if self._may_skip(run):
            try:
                yield from self._one_pass(run, wanted, skipping=True)
            except DamagedError:
                self._skipping = False  # trying again would fail too
        if wanted:
            if self._may_end_truncated(run):
                self._decoder.use_one_thread()
            yield from self._one_pass(run, wanted, skipping=False)
        if wanted and self._decoder.lost_at_drain:
            self._decoder.use_one_thread()
            yield from self._one_pass(run, wanted, skipping=False)

    def _may_end_truncated(self, run: GopRun) -> bool:
        """Whether the run ends with the file, in a codec of which frames are skipped.

        With several threads FFmpeg sometimes fails to flag an incomplete picture as corrupt.
        """
        is_last = run.packets[-1].pts == self._source.last_packet_pts
        return is_last and self._source.codec_name in SKIPPING_CODECS

    def _is_truncated(self, frame: VideoFrame) -> bool:
        """Whether it is the last frame of a truncated file, and incomplete."""
        return bool(frame.is_corrupt) and frame.pts == self._source.last_packet_pts

    def _may_skip(self, run: GopRun) -> bool:
        source = self._source
        if not self._skipping or source.counts_frames:
            return False
        return is_undamaged(run.packets, source.codec_name, source.decoder.extradata or b"")

    def _one_pass(
        self, run: GopRun, wanted: dict[int, list[int]], *, skipping: bool
    ) -> Iterator[FoundFrame]:
        """Decode up to the last of `wanted`; frames found are removed from it."""
        needed = self._with_neighbours(run, wanted) if self._neighbours else frozenset(wanted)
        packets = self._packets_up_to(run, needed)
        keys = {p.pts for p in packets if is_key(p, self._source.codec_name)}
        left = Counter(p.pts for p in packets if p.pts in needed and self._is_shown(p))
        for before, frame, after in self._between(self._shown(packets, needed, skipping=skipping)):
            if frame.pts is None or frame.pts not in wanted or self._is_truncated(frame):
                continue
            left[frame.pts] -= 1
            if left[frame.pts] > 0:
                continue  # another frame replaces it at the same time, and stays
            receipt = self._receipt(frame.pts, key_frame=frame.pts in keys)
            for cutoff_pts in wanted.pop(frame.pts):
                yield FoundFrame(cutoff_pts, frame, receipt, before, after)
            if not wanted:
                return

    def _with_neighbours(self, run: GopRun, wanted: Collection[int]) -> frozenset[int]:
        """PTS of the wanted frames and of their neighbours, as far as the run has them."""
        shown = sorted({p.pts for p in run.packets if p.pts is not None and self._is_shown(p)})
        ranks = [bisect_left(shown, pts) for pts in wanted]
        return frozenset(pts for rank in ranks for pts in shown[max(0, rank - 1) : rank + 2])

    def _packets_up_to(self, run: GopRun, needed: Collection[int]) -> list[VideoPacket]:
        """Packets up to the last needed one: in decoding order nothing refers forward."""
        if self._source.counts_frames:
            return [packet for packet in run.packets if not packet.is_corrupt]
        last = max(number for number, packet in enumerate(run.packets) if packet.pts in needed)
        return run.packets[: last + 1]

    def _shown(
        self, packets: list[VideoPacket], needed: Collection[int], *, skipping: bool
    ) -> Iterator[VideoFrame]:
        """Frames in display order; with `skipping` at least the needed ones, if undamaged."""
        if skipping and self._source.codec_name == _PRUNING_CODEC:
            pruned = av1.prune(packets, needed, self._source.decoder.extradata or b"")
            return self._decoder.frames(packets if pruned is None else pruned, None, strict=True)
        frames = self._decoder.frames(packets, needed if skipping else None, strict=skipping)
        return assign_counted_times(frames, packets) if self._source.counts_frames else frames

    def _between(self, frames: Iterable[VideoFrame]) -> Iterator[_Neighbourhood]:
        """Each frame with its neighbours, if those are requested."""
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

    def _decode_unresolved(self, run: GopRun) -> Iterator[FoundFrame]:
        """Decode until the frames shown pass each cut-off, yielding the frame on screen at it."""
        fed: list[VideoPacket] = []
        cutoffs = run.unresolved
        floor = self._extent.start_pts if run.key_pts is None else run.key_pts
        on_screen: VideoFrame | None = None
        done = 0
        frames = self._decoder.frames(self._packets_until_passed(run, fed), None, strict=False)
        for frame in fill_missing_times(frames):
            if frame.pts is None or frame.pts < floor:
                continue
            while done < len(cutoffs) and cutoffs[done] < frame.pts:
                yield from self._answer(cutoffs[done], on_screen, fed)
                done += 1
            on_screen = frame
            if done == len(cutoffs):
                return
        for cutoff_pts in cutoffs[done:]:
            yield from self._answer(cutoff_pts, on_screen, fed)

    def _answer(
        self, cutoff_pts: int, frame: VideoFrame | None, fed: list[VideoPacket]
    ) -> Iterator[FoundFrame]:
        """The frame, unless a packet announced a later one that did not come out."""
        if frame is None or frame.pts is None:
            return
        times = (p.pts for p in fed if p.pts is not None and self._is_shown(p))
        if max((pts for pts in times if pts <= cutoff_pts), default=frame.pts) <= frame.pts:
            receipt = self._receipt(frame.pts, key_frame=frame.key_frame)
            yield FoundFrame(cutoff_pts, frame, receipt)

    def _packets_until_passed(self, run: GopRun, fed: list[VideoPacket]) -> Iterator[VideoPacket]:
        """All packets of a run, beyond its buffer; a later key frame takes over its cut-offs."""
        for packet in chain(run.packets, run.rest or ()):
            pts = packet.pts or 0
            key = packet.pts is not None and is_key(packet, self._source.codec_name)
            if fed and key and self._is_shown(packet) and run.unresolved[0] < pts:
                run.unresolved[:] = [cutoff for cutoff in run.unresolved if cutoff < pts]
            fed.append(packet)
            yield packet

    def _is_shown(self, packet: VideoPacket) -> bool:
        return is_shown(packet, self._source.codec_name)

    def _receipt(self, pts: int, *, key_frame: bool) -> FrameReceipt:
        base = self._extent.time_base
        return FrameReceipt(pts, base, (pts - self._extent.start_pts) * base, key_frame)
