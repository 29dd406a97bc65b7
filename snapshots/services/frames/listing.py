"""Frame lists: the frames of a video between two time points, from its index."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import Invalid, Unprocessable
from ...messages import message as _
from ...models import Media
from ...video.errors import VideoError
from ...video.info import Extent, FrameIndex, VideoInfo
from ...video.timepoints import TimePoint, cutoff_pts, parse
from ..tasks.specs import require_ready
from . import decoding

_OUTSIDE = ("time_out_of_range", "frame_unavailable")


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Numbers of frames in `index`, and the number of the next frame, `None` at the end."""

    index: FrameIndex
    numbers: range
    following: int | None


def frames(*, media: Media, start: str = "", end: str = "", limit: int) -> FrameRange:
    """The frames on screen from the time point `start` to `end`, both included, `limit` at most.

    The defaults are the first and the last frame; an `end` past the video means its last frame.
    Nothing is decoded or opened. Raises `Invalid` for the field `from` or `to`, `Conflict` and
    `Unprocessable` as `specs.require_ready`, and `Unprocessable` for a `start` outside the video.
    """
    first_point = parse_point("from", start) if start else None
    last_point = parse_point("to", end) if end else None
    info, index = probed(media)
    first = 0 if first_point is None else _on_screen(first_point, info.extent, index)
    last = len(index) - 1 if last_point is None else _last(last_point, info.extent, index)
    if last < first:
        why = _("%(end)s is before the start, %(start)s.", end=end, start=start or "0s")
        raise Invalid.field("to", "out_of_range", why)
    numbers = range(first, min(last + 1, first + limit))
    return FrameRange(index, numbers, numbers.stop if numbers.stop <= last else None)


def parse_point(field: str, text: str) -> TimePoint:
    """The time point written in `field`. Raises `Invalid` for that field."""
    try:
        return parse(text)
    except VideoError as error:
        raise Invalid.field(field, error.code, error.message) from error


def probed(media: Media) -> tuple[VideoInfo, FrameIndex]:
    """The video's facts and frame index. Raises `Conflict` and `Unprocessable`."""
    require_ready(media)
    info, index = decoding.stored_info(media), decoding.frame_index(media)
    if info is None or not index:
        raise Unprocessable("frame_unavailable", _("This video's frames have not been counted."))
    return info, index


def _on_screen(point: TimePoint, extent: Extent, index: FrameIndex) -> int:
    """Number of the frame shown at `point`. Raises `Unprocessable` outside the video."""
    try:
        moment = point.resolve(extent, index)
    except VideoError as error:
        raise Unprocessable(error.code, error.message) from error
    return index.at_or_before(cutoff_pts(moment, extent)) or 0


def _last(point: TimePoint, extent: Extent, index: FrameIndex) -> int:
    """The same for an end, which may lie outside: -1 before the video."""
    try:
        return _on_screen(point, extent, index)
    except Unprocessable as error:
        if error.code not in _OUTSIDE:
            raise
        return -1 if point.value < 0 else len(index) - 1
