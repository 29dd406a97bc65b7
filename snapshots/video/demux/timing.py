"""When pictures are shown: times that a container leaves out, and the rate that times amount to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ...messages import message as _
from ..bitstream import h264
from ..errors import VideoError
from .source import Source

# Of these FFmpeg guesses no times that a container leaves out
_TIMED_ALONE = frozenset({"h264", "hevc"})


@dataclass(slots=True)
class Untimed:
    """Whether `any` packet of a scan had no PTS."""

    any: bool = False


# --- Of packets ----------------------------------------------------------------------------------


def looked_through(
    source: Source, packets: Iterable[Packet[VideoStream]], untimed: Untimed | None = None
) -> Iterator[Packet[VideoStream]]:
    """The packets; notes whether pictures have no time. Raises where each field has its own.

    Of fields in packets of their own the second usually has none: then both are one frame.
    """
    was_field = False
    for packet in packets:
        is_field = _is_lone_field(source, packet)
        if is_field and was_field and packet.pts is not None:
            raise VideoError(
                "unsupported",
                _("The two fields of each frame have timestamps of their own. Convert the file."),
            )
        if untimed and packet.pts is None and not is_field and source.codec_name in _TIMED_ALONE:
            untimed.any = True
        was_field = is_field and packet.pts is not None
        yield packet


def _is_lone_field(source: Source, packet: Packet[VideoStream]) -> bool:
    extradata = source.decoder.extradata or b""
    return source.codec_name == "h264" and h264.is_lone_field(memoryview(packet), extradata)


# --- Of frames -----------------------------------------------------------------------------------


def counted(
    frames: Iterable[VideoFrame], packets: Sequence[Packet[VideoStream]]
) -> Iterator[VideoFrame]:
    """Give frames the times of their packets by rank, where the file stores no order shown."""
    times = sorted(packet.pts for packet in packets if packet.pts is not None)
    for frame, pts in zip(frames, times, strict=False):
        frame.pts = pts
        yield frame


def timed(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """Give frames without a time theirs: evenly between those around them, in the order shown.

    Behind the last one that has a time, the steps before it go on. Before the first nothing is
    known.
    """
    last: int | None = None
    step = 0
    waiting: list[VideoFrame] = []
    for frame in frames:
        if frame.pts is None:
            waiting.append(frame)
            continue
        if last is not None:
            step = (frame.pts - last) // (len(waiting) + 1)
            yield from _spaced(waiting, last, frame.pts)
        waiting.clear()
        last = frame.pts
        yield frame
    if last is not None and step > 0:
        yield from _spaced(waiting, last, last + step * (len(waiting) + 1))


def _spaced(frames: Sequence[VideoFrame], start: int, end: int) -> Iterator[VideoFrame]:
    for place, frame in enumerate(frames, 1):
        frame.pts = start + (end - start) * place // (len(frames) + 1)
        yield frame


# --- Of all --------------------------------------------------------------------------------------


def rate(source: Source, pts: Sequence[int]) -> Fraction:
    """Average frames a second over `pts`, sorted; the container's guess for a single frame."""
    told = source.stream.average_rate or source.stream.guessed_rate
    if len(pts) < 2:
        return told or Fraction(25)
    measured = (len(pts) - 1) / ((pts[-1] - pts[0]) * source.time_base)
    if told and abs(told - measured) * 1000 <= told and not varies(pts):
        return told  # the same but for the rounding of timestamps: 30000/1001, not 29.9694
    return measured


def varies(pts: Sequence[int]) -> bool:
    """Whether the steps between sorted `pts` differ by more than the rounding of ticks."""
    steps = sorted(b - a for a, b in pairwise(pts))
    if not steps:
        return False
    middle = steps[len(steps) // 2]
    allowed = max(Fraction(3, 2), Fraction(middle, 10))
    return middle - steps[0] > allowed or steps[-1] - middle > allowed
