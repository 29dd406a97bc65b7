"""The frame reader: moments in, the frames on screen at them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ...messages import message as _
from ..demux.packets import needs_preroll
from ..demux.source import Source
from ..errors import VideoError
from ..info import FrameIndex, VideoInfo
from ..timepoints import check_range, cutoff_pts
from .frames import FoundFrame, FrameResult, Mode
from .gop_run import BufferSize, GopRun, VideoPacket
from .parallel import merge_threads
from .plan import Planner
from .run_decoder import RunDecoder
from .run_queue import RunQueue
from .thread_count import max_threads

_SECOND_TRIES = 2  # earlier key frames tried for a frame that does not come out
_AHEAD = 1  # frames decoded ahead of the consumer, beside the one in each thread


class FrameReader:
    """Finds the frames on screen at given moments, in seconds from the first frame shown.

    Each call of `read` is one pass over the file. Not safe to share between threads, though it
    uses as many as there are cores. With an `index` the longest runs are decoded first.
    """

    def __init__(
        self,
        source: Source,
        info: VideoInfo,
        *,
        index: FrameIndex | None = None,
        buffer: BufferSize | None = None,
    ) -> None:
        self._source = source
        self._extent = info.extent
        self._neighbours = info.is_interlaced
        self._index = index
        self._planner = Planner(source, info.extent, buffer or BufferSize())
        self._max_threads = max_threads(source, info)
        self._whole = self._decoder(source.bounds.cores)  # one run at a time, on all cores
        self._decoders = [self._decoder(1) for _attempt in range(self._max_threads)]

    @property
    def decoded_frames(self) -> int:
        """How many frames came out of the decoders, over all calls."""
        return sum(decoder.decoded_frames for decoder in (self._whole, *self._decoders))

    def read(
        self, moments: Sequence[Fraction], *, mode: Mode = "exact", in_order: bool = False
    ) -> Iterator[FrameResult]:
        """Yield one FrameResult for each of `moments`, as their frames are decoded.

        A moment without a frame yields a FrameResult with its error; the others go on. Moments
        that show the same frame may share one frame object: treat it as read-only. `in_order`:
        by time, as far as damage allows, and nothing is decoded ahead of the consumer.
        """
        indices: dict[int, list[int]] = {}
        for index, moment in enumerate(moments):
            try:
                check_range(moment, self._extent)
            except VideoError as error:
                yield FrameResult(index, None, None, error)
                continue
            cutoff = min(cutoff_pts(moment, self._extent), self._extent.last_pts)
            indices.setdefault(cutoff, []).append(index)
        in_any_order = self._key_frames if mode == "keyframe" else self._exact
        for found in (self._one_by_one if in_order else in_any_order)(sorted(indices)):
            for index in indices.pop(found.cutoff_pts):
                yield FrameResult(
                    index, found.frame, found.receipt, None, found.before, found.after
                )
        for index in (index for missing in indices.values() for index in missing):
            yield FrameResult(index, None, None, _unavailable())

    def _exact(self, cutoffs: list[int]) -> Iterator[FoundFrame]:
        """Decode runs until every cut-off was found or tried, several runs in parallel."""
        queue = RunQueue(self._planner, cutoffs, self._index)
        first = queue.next_run()
        if first is None:
            return
        threads = min(self._max_threads, 1 + queue.max_runs_left)
        if threads > 1:
            runs = [first, *[None] * (threads - 1)]
            pairs = zip(self._decoders, runs, strict=False)
            workers = [self._work(queue, decoder, run) for decoder, run in pairs]
        else:
            workers = [self._work(queue, self._whole, first)]
        yield from merge_threads(workers, ahead=_AHEAD)

    def _one_by_one(self, cutoffs: list[int]) -> Iterator[FoundFrame]:
        queue = RunQueue(self._planner, cutoffs)
        yield from self._work(queue, self._whole, queue.next_run())

    def _work(
        self, queue: RunQueue, decoder: RunDecoder, run: GopRun | None
    ) -> Iterator[FoundFrame]:
        """Decode `run`, then further runs until the queue is empty."""
        run = run or queue.next_run()
        while run is not None:
            cutoffs = run.cutoffs
            if run.rest is None:
                yield from self._decode_run(queue, decoder, run)
            else:
                with queue.file_lock:  # it reads on while it decodes
                    yield from self._decode_run(queue, decoder, run)
            queue.put_back(set(cutoffs).difference(run.cutoffs))
            run = queue.next_run()

    def _decode_run(
        self, queue: RunQueue, decoder: RunDecoder, run: GopRun
    ) -> Iterator[FoundFrame]:
        """Decode a run; frames that do not come out are tried again from earlier key frames.

        Streams with intra refresh have key frames that need pre-roll.
        """
        missing = set(run.cutoffs)
        current: GopRun | None = self._with_preroll(queue, run)
        for _attempt in range(1 + _SECOND_TRIES):
            if current is None:
                return
            for found in decoder.decode(current):
                missing.discard(found.cutoff_pts)
                yield found
            missing.intersection_update(run.cutoffs)
            if not missing:
                return
            current = queue.earlier(sorted(missing), current)

    def _with_preroll(self, queue: RunQueue, run: GopRun) -> GopRun:
        """`run`, or one from an earlier key frame if its frames may need earlier ones."""
        if run.key_pts is None or not self._needs_preroll(run):
            return run
        earlier = queue.earlier(run.cutoffs, run)
        return earlier if earlier and set(earlier.cutoffs) >= set(run.cutoffs) else run

    def _needs_preroll(self, run: GopRun) -> bool:
        if self._neighbours and run.key_pts in run.targets:  # its neighbour lies in the run before
            return True
        return self._packet_needs_preroll(run.packets[0])

    def _packet_needs_preroll(self, packet: VideoPacket) -> bool:
        extradata = self._source.decoder.extradata or b""
        return needs_preroll(packet, self._source.codec_name, extradata)

    def _key_frames(self, cutoffs: list[int]) -> Iterator[FoundFrame]:
        """Key frames, each decoded alone if possible. Before the first one, the exact frame."""
        wanted: dict[int, tuple[VideoPacket, list[int]]] = {}
        without = []
        for cutoff in cutoffs:
            packet = self._planner.key_packet(cutoff)
            if packet is None or packet.pts is None:
                without.append(cutoff)
            else:
                wanted.setdefault(packet.pts, (packet, []))[1].append(cutoff)
        runs = [
            GopRun([packet], from_start=True, targets={pts: of_packet})
            for pts, (packet, of_packet) in wanted.items()
        ]
        missing = {cutoff: run for run in runs for cutoff in run.cutoffs}
        alone = [run for run in runs if not self._packet_needs_preroll(run.packets[0])]
        for found in self._decode_alone(alone):
            missing.pop(found.cutoff_pts)
            yield found
        for run in {id(run): run for run in missing.values()}.values():
            yield from self._key_frame_with_preroll(*run.targets.popitem())
        yield from self._exact(without)

    def _decode_alone(self, runs: list[GopRun]) -> Iterator[FoundFrame]:
        threads = min(self._max_threads, len(runs))
        pairs = zip(range(threads), self._decoders, strict=False)
        workers = [_decoded(decoder, runs[n::threads]) for n, decoder in pairs]
        yield from merge_threads(workers, ahead=_AHEAD)

    def _key_frame_with_preroll(self, pts: int, cutoffs: list[int]) -> Iterator[FoundFrame]:
        """A key frame that does not decode alone: decoded with pre-roll, else an earlier one."""
        for _attempt in range(1 + _SECOND_TRIES):
            for found in self._one_by_one([pts]):
                yield from (replace(found, cutoff_pts=cutoff) for cutoff in cutoffs)
                return
            packet = self._planner.key_packet(pts - 1)
            if packet is None or packet.pts is None:
                return
            pts = packet.pts

    def _decoder(self, threads: int) -> RunDecoder:
        return RunDecoder(self._source, self._extent, threads=threads, neighbours=self._neighbours)


def _decoded(decoder: RunDecoder, runs: Sequence[GopRun]) -> Iterator[FoundFrame]:
    for run in runs:
        yield from decoder.decode(run)


def _unavailable() -> VideoError:
    return VideoError("frame_unavailable", _("The frame at this time cannot be decoded."))
