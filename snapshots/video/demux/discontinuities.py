"""Several recordings in one file, one after the other, each with a clock of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, cast

from av.packet import Packet
from av.video.stream import VideoStream

from .packets import held_frames, is_key

_REORDERED_S = 1  # seconds that a guessed DTS may be out of order
_LEAP_S = 10  # seconds between two packets that make two recordings of them, as FFmpeg has it


def goes_back(packets: Iterable[Packet[VideoStream]]) -> bool:
    """Whether a DTS lies before that of the packet before: another recording begins there."""
    return any(_is_back(a, b) for a, b in pairwise(p for p in packets if p.dts is not None))


def first_told(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """Frames of a file whose times go back, each moment as it is first told.

    Such a file is several recordings one after the other (`cat a.ts b.ts`), each with its own
    clock. Time is taken as the file writes it: where two parts tell of the same stretch of time
    the earlier in the file is shown, and of the later one only what lies outside that stretch.
    A part ends where DTS go back or leap ahead, so one wild timestamp hides nothing.
    """
    told: list[tuple[int, int]] = []
    part: list[int] = []
    last: Packet[VideoStream] | None = None
    for packet in packets:
        if last is not None and part and (_is_back(last, packet) or _leaps(last, packet)):
            told.append((min(part), max(part)))
            part = []
        last = last if packet.dts is None else packet
        pts = packet.pts
        if pts is not None and not any(start <= pts <= end for start, end in told):
            part.append(pts)
            yield packet


def _is_back(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    """Whether time goes back. By a little only at key frames: FFmpeg guesses what is not stored."""
    seconds = _seconds_between(last, packet)
    return seconds < (0 if packet.is_keyframe else -_REORDERED_S)


def _leaps(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    return _seconds_between(last, packet) > _LEAP_S


def _seconds_between(last: Packet[VideoStream], packet: Packet[VideoStream]) -> Fraction:
    if last.dts is None or packet.dts is None:
        return Fraction(0)
    return (packet.dts - last.dts) * Fraction(packet.time_base or 1)


class Place(NamedTuple):
    """A packet's PTS and its number in the file."""

    pts: int
    number: int


class Told:
    """What is shown when in a file whose packets are out of order: frames by number, key frames."""

    def __init__(
        self, packets: Iterable[Packet[VideoStream]], codec: str, *, start_pts: int
    ) -> None:
        self._keys: list[Place] = []
        shown: dict[int, Place] = {}
        for packet in first_told(held_frames(self._numbered(packets, codec), codec)):
            if packet.pts is not None and packet.pts >= start_pts:
                shown.setdefault(packet.pts, Place(packet.pts, cast(int, packet.opaque)))
        self._shown = [shown[pts] for pts in sorted(shown)]

    def frame(self, limit: int) -> Place | None:
        """The frame on screen at `limit`."""
        place = bisect_right(self._shown, limit, key=lambda frame: frame.pts)
        return self._shown[place - 1] if place else None

    def key_frame(self, limit: int) -> Place | None:
        """The last key frame shown at or before `limit`."""
        fit = {key for key in self._keys if key.pts <= limit}
        return next((frame for frame in reversed(self._shown) if frame in fit), None)

    def start(self, frame: Place, before: int | None) -> int:
        """Number of the packet to decode from: of a key frame shown by then, or of the first."""
        latest = frame.pts if before is None else min(frame.pts, before - 1)
        fit = (key.number for key in self._keys if key.pts <= latest)
        return max((number for number in fit if number <= frame.number), default=0)

    def _numbered(
        self, packets: Iterable[Packet[VideoStream]], codec: str
    ) -> Iterator[Packet[VideoStream]]:
        for number, packet in enumerate(packets):
            packet.opaque = number
            if packet.pts is not None and is_key(packet, codec):
                self._keys.append(Place(packet.pts, number))
            yield packet
