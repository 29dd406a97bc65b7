"""Clock discontinuities: several recordings in one file, each with a clock of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, cast

from av.packet import Packet
from av.video.stream import VideoStream

from .packets import complete_frames, is_key

_REORDERED_S = 1  # seconds that a guessed DTS may be out of order
_LEAP_S = 10  # seconds between two packets that start another recording; FFmpeg's threshold


def goes_back(packets: Iterable[Packet[VideoStream]]) -> bool:
    """Whether any DTS lies before that of the previous packet: another recording begins there."""
    return any(_is_back(a, b) for a, b in pairwise(p for p in packets if p.dts is not None))


def first_occurrence(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """Packets of frames whose time was not covered by an earlier recording in the file.

    Such files are recordings in a row (`cat a.ts b.ts`), each with its own clock. Times are taken
    as stored: where two recordings cover the same time span, the earlier one in the file is shown,
    and the later one only outside that span. A recording ends where DTS go back or leap ahead, so
    a single wild timestamp hides nothing.
    """
    covered: list[tuple[int, int]] = []
    recording: list[int] = []
    last: Packet[VideoStream] | None = None
    for packet in packets:
        if last is not None and recording and (_is_back(last, packet) or _leaps(last, packet)):
            covered.append((min(recording), max(recording)))
            recording = []
        last = last if packet.dts is None else packet
        pts = packet.pts
        if pts is not None and not any(start <= pts <= end for start, end in covered):
            recording.append(pts)
            yield packet


def _is_back(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    """Whether time goes back. By a little only at key frames: FFmpeg guesses missing DTS."""
    seconds = _seconds_between(last, packet)
    return seconds < (0 if packet.is_keyframe else -_REORDERED_S)


def _leaps(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    return _seconds_between(last, packet) > _LEAP_S


def _seconds_between(last: Packet[VideoStream], packet: Packet[VideoStream]) -> Fraction:
    if last.dts is None or packet.dts is None:
        return Fraction(0)
    return (packet.dts - last.dts) * Fraction(packet.time_base or 1)


class PacketPosition(NamedTuple):
    """A packet's PTS and its number in the file."""

    pts: int
    number: int


class Timeline:
    """The frames of a file whose packets are out of order: which packet is on screen when."""

    def __init__(
        self, packets: Iterable[Packet[VideoStream]], codec: str, *, start_pts: int
    ) -> None:
        self._keys: list[PacketPosition] = []
        shown: dict[int, PacketPosition] = {}
        for packet in first_occurrence(complete_frames(self._numbered(packets, codec), codec)):
            if packet.pts is not None and packet.pts >= start_pts:
                position = PacketPosition(packet.pts, cast(int, packet.opaque))
                shown.setdefault(packet.pts, position)
        self._shown = [shown[pts] for pts in sorted(shown)]

    def frame(self, cutoff_pts: int) -> PacketPosition | None:
        """The frame on screen at `cutoff_pts`."""
        count = bisect_right(self._shown, cutoff_pts, key=lambda frame: frame.pts)
        return self._shown[count - 1] if count else None

    def key_frame(self, cutoff_pts: int) -> PacketPosition | None:
        """The last key frame shown at or before `cutoff_pts`."""
        keys = {key for key in self._keys if key.pts <= cutoff_pts}
        return next((frame for frame in reversed(self._shown) if frame in keys), None)

    def start(self, frame: PacketPosition, before: int | None) -> int:
        """Number of the packet to decode from: a key frame shown by then, else the first packet.

        With `before` the key frame's PTS is below that.
        """
        latest = frame.pts if before is None else min(frame.pts, before - 1)
        numbers = (key.number for key in self._keys if key.pts <= latest)
        return max((number for number in numbers if number <= frame.number), default=0)

    def _numbered(
        self, packets: Iterable[Packet[VideoStream]], codec: str
    ) -> Iterator[Packet[VideoStream]]:
        for number, packet in enumerate(packets):
            packet.opaque = number
            if packet.pts is not None and is_key(packet, codec):
                self._keys.append(PacketPosition(packet.pts, number))
            yield packet
