"""From moments to frames: each the one on screen at its time, decoded with the least work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from av.video.frame import VideoFrame

from .decode import Found, Receipt, RunDecoder
from .errors import VideoError
from .info import VideoInfo
from .plan import Bounds, Planner, Run, VideoPacket
from .source import Source
from .timepoints import check, limit_pts

__all__ = ["Bounds", "FrameReader", "Mode", "Receipt", "Shot"]

_SECOND_TRIES = 2  # earlier key frames tried for a frame that does not come out

Mode = Literal["exact", "keyframe"]


@dataclass(frozen=True, slots=True)
class Shot:
    """The answer for the moment at `place` of the request: a frame and its receipt, or an error."""

    place: int
    frame: VideoFrame | None
    receipt: Receipt | None
    error: VideoError | None


class FrameReader:
    """Answers moments (seconds from the first frame shown) with the frames on screen then.

    One pass over the file for each call of `read`. Not safe to share between threads.
    """

    def __init__(self, source: Source, info: VideoInfo, *, bounds: Bounds | None = None) -> None:
        self._extent = info.extent
        self._planner = Planner(source, info.extent, bounds or Bounds())
        self._decoder = RunDecoder(source, info.extent)

    @property
    def decoded_frames(self) -> int:
        """How many frames came out of the decoder, over all calls."""
        return self._decoder.decoded_frames

    def read(self, moments: Sequence[Fraction], *, mode: Mode = "exact") -> Iterator[Shot]:
        """Yield one Shot for each of `moments`, in the order in which they are decoded.

        A moment that cannot be answered yields a Shot with its error; the others go on. Moments
        that show the same frame may share one frame object: treat it as read-only.
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
        answers = self._exact if mode == "exact" else self._key_frames
        for found in answers(sorted(places)):
            for place in places.pop(found.limit):
                yield Shot(place, found.frame, found.receipt, None)
        for place in (place for missing in places.values() for place in missing):
            yield Shot(place, None, None, _unavailable())

    def _exact(self, limits: list[int]) -> Iterator[Found]:
        """Run after run until every limit was found or tried."""
        pending = limits
        while pending:
            run = self._planner.run(pending)
            if run is None:
                pending = pending[1:]
                continue
            yield from self._answer(run)
            tried = set(run.limits)
            pending = [limit for limit in pending if limit not in tried]

    def _answer(self, run: Run) -> Iterator[Found]:
        """Decode a run; what does not come out is tried again from earlier key frames.

        Streams that refresh their picture bit by bit have key frames that need a run-up.
        """
        answered: set[int] = set()
        for found in self._decoder.decode(run):
            answered.add(found.limit)
            yield found
        missing = sorted(set(run.limits) - answered)
        for _ in range(_SECOND_TRIES):
            if not missing or run.key_pts is None:
                return
            earlier = self._planner.run(missing, before=run.key_pts)
            if earlier is None:
                return
            for found in self._decoder.decode(earlier):
                missing.remove(found.limit)
                yield found
            run = earlier

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
        for pts, (packet, asking) in wanted.items():
            run = Run([packet], from_start=True, targets={pts: asking})
            found = list(self._decoder.decode(run)) or self._key_frame_after_all(pts, asking)
            yield from found
        yield from self._exact(without)

    def _key_frame_after_all(self, pts: int, asking: list[int]) -> list[Found]:
        """A key frame that does not decode alone: with what comes before it, else an earlier one.

        Streams that refresh their picture bit by bit have key frames that need a run-up.
        """
        for _ in range(1 + _SECOND_TRIES):
            for found in self._exact([pts]):
                return [replace(found, limit=limit) for limit in asking]
            packet = self._planner.key_packet(pts - 1)
            if packet is None or packet.pts is None:
                return []
            pts = packet.pts
        return []


def _unavailable() -> VideoError:
    return VideoError("frame_unavailable", "The frame at this time cannot be decoded.")
