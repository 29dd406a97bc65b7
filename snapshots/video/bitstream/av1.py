"""Pruning AV1 packets to what one frame needs.

Each AV1 frame header names the stored frames that may be referenced, and the slots, of eight, that
the frame is stored in (AV1 Bitstream & Decoding Process Specification, 5.9.2). Following the
references back from a wanted frame gives everything that must be decoded for it. The other frames
are cut out of their packets, and the remaining stream decodes to the same pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from av.packet import Packet
from av.video.stream import VideoStream

from .av1_headers import SEQUENCE, SequenceHeader, UnsupportedStream, obus
from .av1_references import CodedFrame, ReferenceTracker
from .bit_reader import BitReader

VideoPacket: TypeAlias = "Packet[VideoStream]"


def prune(
    packets: Sequence[VideoPacket], wanted: Collection[int], extradata: bytes
) -> list[VideoPacket] | None:
    """The part of `packets` that must be decoded for the frames whose PTS are `wanted`.

    `packets` begin with a key frame. Those returned keep their times; some hold fewer frames
    than before. `None` where references cannot be traced: scalable streams, streams with a
    decoder model or short signalling, a start that is not a key frame.
    """
    try:
        units = _temporal_units(packets, extradata)
        targets = [unit.shown for unit in units if unit.packet.pts in wanted]
        needed = _closure([frame for frame in targets if frame is not None])
    except (UnsupportedStream, IndexError):
        return None
    return [pruned for unit in units if (pruned := unit.pruned_to(needed)) is not None]


def max_frame_size(extradata: bytes) -> tuple[int, int]:
    """Maximum frame (width, height) by the sequence header in av1C; zeros where it is not readable.

    Decoders allocate that much, however small the frames are.
    """
    try:
        for obu_type, body, _ in obus(memoryview(extradata)[4:]):
            if obu_type == SEQUENCE:
                return SequenceHeader.read(BitReader(bytes(body))).max_size
    except (UnsupportedStream, IndexError):
        return 0, 0
    return 0, 0


@dataclass(frozen=True, slots=True)
class _Obu:
    """An open bitstream unit with its header, and the frame it belongs to, if any."""

    data: memoryview
    frame: CodedFrame | None


@dataclass(slots=True)
class _TemporalUnit:
    """A packet: the frame shown at one time, and hidden frames for later ones."""

    packet: VideoPacket
    obus: list[_Obu] = field(default_factory=list)
    shown: CodedFrame | None = None

    def pruned_to(self, needed: Collection[CodedFrame]) -> VideoPacket | None:
        """The packet with only the needed frames; `None` if it has none of them."""
        frames = {obu.frame for obu in self.obus if obu.frame is not None}
        if frames.isdisjoint(needed):
            return None
        if frames <= set(needed):
            return self.packet
        data = [obu.data for obu in self.obus if obu.frame is None or obu.frame in needed]
        packet = cast(VideoPacket, Packet(b"".join(data)))
        packet.pts, packet.dts = self.packet.pts, self.packet.dts
        packet.time_base, packet.duration = self.packet.time_base, self.packet.duration
        return packet


def _closure(frames: list[CodedFrame]) -> set[CodedFrame]:
    needed: set[CodedFrame] = set()
    waiting = list(frames)
    while waiting:
        frame = waiting.pop()
        if frame not in needed:
            needed.add(frame)
            waiting += frame.references
    return needed


def _temporal_units(packets: Sequence[VideoPacket], extradata: bytes) -> list[_TemporalUnit]:
    tracker = ReferenceTracker()
    for obu_type, body, _ in obus(memoryview(extradata)[4:]):  # after the fields of av1C itself
        tracker.take(obu_type, body)
    units = []
    for packet in packets:
        unit = _TemporalUnit(packet)
        for obu_type, body, data in obus(memoryview(packet)):
            unit.obus.append(_Obu(data, tracker.take(obu_type, body)))
        unit.shown = tracker.shown_since()
        units.append(unit)
    return units
