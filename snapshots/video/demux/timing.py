"""Frame timing: missing timestamps, counted frames, frame rates."""

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

# Codecs for which FFmpeg does not guess timestamps that the container leaves out
_NEVER_GUESSED = frozenset({"h264", "hevc"})


@dataclass(slots=True)
class MissingTimestamps:
    """Whether `any` packet of a scan had no PTS."""

    any: bool = False


# --- Packets -------------------------------------------------------------------------------------


def check_timestamps(
    source: Source, packets: Iterable[Packet[VideoStream]], missing: MissingTimestamps | None = None
) -> Iterator[Packet[VideoStream]]:
    """The packets, with `missing` set if any has no PTS.

    Raises VideoError `unsupported` if both fields of a frame have a PTS. Where fields come in
    separate packets, the second usually has none, and both make one frame.
    """
    was_field = False
    for packet in packets:
        is_field = _is_lone_field(source, packet)
        if is_field and was_field and packet.pts is not None:
            raise VideoError(
                "unsupported",
                _("The two fields of each frame have timestamps of their own. Convert the file."),
            )
        if missing and packet.pts is None and not is_field and source.codec_name in _NEVER_GUESSED:
            missing.any = True
        was_field = is_field and packet.pts is not None
        yield packet


def _is_lone_field(source: Source, packet: Packet[VideoStream]) -> bool:
    extradata = source.decoder.extradata or b""
    return source.codec_name == "h264" and h264.is_lone_field(memoryview(packet), extradata)


# --- Frames --------------------------------------------------------------------------------------


def assign_counted_times(
    frames: Iterable[VideoFrame], packets: Sequence[Packet[VideoStream]]
) -> Iterator[VideoFrame]:
    """Frames with the sorted times of their packets, where the container stores no PTS."""
    times = sorted(packet.pts for packet in packets if packet.pts is not None)
    for frame, pts in zip(frames, times, strict=False):
        frame.pts = pts
        yield frame


def fill_missing_times(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """Frames with missing times interpolated evenly between their neighbours in display order.

    After the last frame with a time the previous step is repeated; frames before the first one
    with a time are left out.
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
    for number, frame in enumerate(frames, 1):
        frame.pts = start + (end - start) * number // (len(frames) + 1)
        yield frame


# --- Frame rates ---------------------------------------------------------------------------------


def frame_rate(source: Source, pts: Sequence[int]) -> Fraction:
    """Average frames per second over sorted `pts`; the container's value for a single frame."""
    declared = source.stream.average_rate or source.stream.guessed_rate
    if len(pts) < 2:
        return declared or Fraction(25)
    measured = (len(pts) - 1) / ((pts[-1] - pts[0]) * source.time_base)
    if declared and abs(declared - measured) * 1000 <= declared and not is_variable_rate(pts):
        return declared  # equal within the rounding of timestamps: 30000/1001, not 29.9694
    return measured


def is_variable_rate(pts: Sequence[int]) -> bool:
    """Whether the steps between sorted `pts` differ by more than the rounding of ticks."""
    steps = sorted(b - a for a, b in pairwise(pts))
    if not steps:
        return False
    middle = steps[len(steps) // 2]
    allowed = max(Fraction(3, 2), Fraction(middle, 10))
    return middle - steps[0] > allowed or steps[-1] - middle > allowed
