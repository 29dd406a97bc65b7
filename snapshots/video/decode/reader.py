"""From moments to frames: each the one on screen at its time, decoded with the least work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from ...messages import message as _
from ..demux.packets import needs_run_up
from ..demux.source import Source
from ..errors import VideoError
from ..info import FrameIndex, VideoInfo
from ..timepoints import check, limit_pts
from .parallel import side_by_side
from .plan import Bounds, Planner, Run, VideoPacket
from .run_decoder import Found, Receipt, RunDecoder
from .run_queue import Schedule

__all__ = ["Bounds", "FrameReader", "Mode", "Receipt", "Shot"]

_SECOND_TRIES = 2  # earlier key frames tried for a frame that does not come out
# Of one picture of each decoder, all together. A decoder holds about ten, and a child 512 MiB:
# with two of them for 4K a hundred dense points took 481, with one and its own threads 345.
_PICTURES_BYTES = 24_000_000
_AHEAD = 1  # frames decoded before they are asked for, beside the one in each lane

Mode = Literal["exact", "keyframe"]


@dataclass(frozen=True, slots=True)
class Shot:
    """The answer for the moment at `place` of the request: a frame and its receipt, or an error.

    For interlaced pictures `before` and `after` are the frames shown next to it, if known.
    """

    place: int
    frame: VideoFrame | None
    receipt: Receipt | None
    error: VideoError | None
    before: VideoFrame | None = None
    after: VideoFrame | None = None


class FrameReader:
    """Answers moments (seconds from the first frame shown) with the frames on screen then.

    One pass over the file for each call of `read`. Not safe to share between threads, though it
    uses as many as there are cores. With an `index` the longest work is begun first.
    """

    def __init__(
        self,
        source: Source,
        info: VideoInfo,
        *,
        index: FrameIndex | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._source = source
        self._extent = info.extent
        self._neighbours = info.is_interlaced
        self._index = index
        self._planner = Planner(source, info.extent, bounds or Bounds())
        self._most_lanes = _most_lanes(source, info)
        self._whole = self._decoder(source.limits.cores)
        self._lanes = [self._decoder(1) for _ in range(self._most_lanes)]

    @property
    def decoded_frames(self) -> int:
        """How many frames came out of the decoders, over all calls."""
        return sum(decoder.decoded_frames for decoder in (self._whole, *self._lanes))

    def read(
        self, moments: Sequence[Fraction], *, mode: Mode = "exact", in_order: bool = False
    ) -> Iterator[Shot]:
        """Yield one Shot for each of `moments`, as their frames are decoded.

        A moment that cannot be answered yields a Shot with its error; the others go on. Moments
        that show the same frame may share one frame object: treat it as read-only. `in_order`:
        by time, as far as damage allows, and nothing is decoded ahead of what is taken.
        """
        places: dict[int, list[int]] = {}
        for place, moment in enumerate(moments):
            try:
                check(moment, self._extent)
            except VideoError as error:
                yield Shot(place, None, None, error)
                continue
            limit = min(limit_pts(moment, self._extent), self._extent.last_pts)
            places.setdefault(limit, []).append(place)
        answers = self._key_frames if mode == "keyframe" else self._exact
        for found in (self._one_by_one if in_order else answers)(sorted(places)):
            for place in places.pop(found.limit):
                yield _shot(place, found)
        for place in (place for missing in places.values() for place in missing):
            yield Shot(place, None, None, _unavailable())

    def _exact(self, limits: list[int]) -> Iterator[Found]:
        """Run after run until every limit was found or tried; runs side by side if several."""
        schedule = Schedule(self._planner, limits, self._index)
        first = schedule.next_run()
        if first is None:
            return
        lanes = min(self._most_lanes, 1 + schedule.most_runs)
        if lanes > 1:
            runs = [first, *[None] * (lanes - 1)]
            work = zip(self._lanes, runs, strict=False)
            each = [self._lane(schedule, decoder, run) for decoder, run in work]
        else:
            each = [self._lane(schedule, self._whole, first)]
        yield from _together(each)

    def _one_by_one(self, limits: list[int]) -> Iterator[Found]:
        schedule = Schedule(self._planner, limits)
        yield from self._lane(schedule, self._whole, schedule.next_run())

    def _lane(self, schedule: Schedule, decoder: RunDecoder, run: Run | None) -> Iterator[Found]:
        """Decode `run`, and then what is left, until nothing is."""
        run = run or schedule.next_run()
        while run is not None:
            limits = run.limits
            if run.rest is None:
                yield from self._answer(schedule, decoder, run)
            else:
                with schedule.planning:  # it reads on while it decodes
                    yield from self._answer(schedule, decoder, run)
            schedule.give_back(set(limits).difference(run.limits))
            run = schedule.next_run()

    def _answer(self, schedule: Schedule, decoder: RunDecoder, run: Run) -> Iterator[Found]:
        """Decode a run; what does not come out is tried again from earlier key frames.

        Streams that refresh their picture bit by bit have key frames that need a run-up.
        """
        missing = set(run.limits)
        current: Run | None = self._with_run_up(schedule, run)
        for _attempt in range(1 + _SECOND_TRIES):
            if current is None:
                return
            for found in decoder.decode(current):
                missing.discard(found.limit)
                yield found
            missing.intersection_update(run.limits)
            if not missing:
                return
            current = schedule.earlier(sorted(missing), current)

    def _with_run_up(self, schedule: Schedule, run: Run) -> Run:
        """`run`, from a key frame earlier if what is wanted of it may need what is before."""
        if run.key_pts is None or not self._needs_run_up(run):
            return run
        earlier = schedule.earlier(run.limits, run)
        return earlier if earlier and set(earlier.limits) >= set(run.limits) else run

    def _needs_run_up(self, run: Run) -> bool:
        if self._neighbours and run.key_pts in run.targets:  # whose neighbour lies before it
            return True
        return self._follows(run.packets[0])

    def _follows(self, packet: VideoPacket) -> bool:
        extradata = self._source.decoder.extradata or b""
        return needs_run_up(packet, self._source.codec_name, extradata)

    def _key_frames(self, limits: list[int]) -> Iterator[Found]:
        """Each key frame decoded alone, if it can be. Before the first the exact frame must do."""
        wanted: dict[int, tuple[VideoPacket, list[int]]] = {}
        without = []
        for limit in limits:
            packet = self._planner.key_packet(limit)
            if packet is None or packet.pts is None:
                without.append(limit)
            else:
                wanted.setdefault(packet.pts, (packet, []))[1].append(limit)
        runs = [
            Run([packet], from_start=True, targets={pts: asking})
            for pts, (packet, asking) in wanted.items()
        ]
        missing = {limit: run for run in runs for limit in run.limits}
        for found in self._alone([run for run in runs if not self._follows(run.packets[0])]):
            missing.pop(found.limit)
            yield found
        for run in {id(run): run for run in missing.values()}.values():
            yield from self._key_frame_after_all(*run.targets.popitem())
        yield from self._exact(without)

    def _alone(self, runs: list[Run]) -> Iterator[Found]:
        lanes = min(self._most_lanes, len(runs))
        work = zip(range(lanes), self._lanes, strict=False)
        yield from _together([_decoded(decoder, runs[n::lanes]) for n, decoder in work])

    def _key_frame_after_all(self, pts: int, asking: list[int]) -> Iterator[Found]:
        """A key frame that does not decode alone: with what comes before it, else an earlier one.

        Streams that refresh their picture bit by bit have key frames that need a run-up.
        """
        for _attempt in range(1 + _SECOND_TRIES):
            for found in self._one_by_one([pts]):
                yield from (replace(found, limit=limit) for limit in asking)
                return
            packet = self._planner.key_packet(pts - 1)
            if packet is None or packet.pts is None:
                return
            pts = packet.pts

    def _decoder(self, threads: int) -> RunDecoder:
        return RunDecoder(self._source, self._extent, threads=threads, neighbours=self._neighbours)


def _decoded(decoder: RunDecoder, runs: Sequence[Run]) -> Iterator[Found]:
    for run in runs:
        yield from decoder.decode(run)


def _together(lanes: Sequence[Iterator[Found]]) -> Iterator[Found]:
    with closing(side_by_side(lanes, ahead=_AHEAD)) as found:
        yield from found


def _most_lanes(source: Source, info: VideoInfo) -> int:
    """As many as there are cores; fewer where their pictures would take too much memory."""
    if not source.can_decode_side_by_side:
        return 1
    return max(1, min(source.limits.cores, _PICTURES_BYTES // _picture_bytes(info)))


def _picture_bytes(info: VideoInfo) -> int:
    """Bytes of a decoded picture as it lies in memory."""
    pixel_format = VideoFormat(info.pixel_format, info.stored_width, info.stored_height)
    samples = sum(part.width * part.height for part in pixel_format.components)
    return max(1, samples * (2 if pixel_format.components[0].bits > 8 else 1))


def _shot(place: int, found: Found) -> Shot:
    return Shot(place, found.frame, found.receipt, None, found.before, found.after)


def _unavailable() -> VideoError:
    return VideoError("frame_unavailable", _("The frame at this time cannot be decoded."))
