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

from .av1_headers import (
    FRAME,
    FRAME_HEADER,
    REDUNDANT_HEADER,
    SELECT_PER_FRAME,
    SEQUENCE,
    TILE_GROUP,
    TILE_LIST,
    SequenceHeader,
    UnsupportedStream,
    obus,
)
from .bit_reader import BitReader

VideoPacket: TypeAlias = "Packet[VideoStream]"

# 6.8.2: frame_type
_KEY, _INTRA_ONLY, _SWITCH = 0, 2, 3
_ALL_SLOTS, _SLOTS, _REFERENCES = 255, 8, 7
_HEAD = 64  # bytes that hold all that is read of a header


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


@dataclass(eq=False, slots=True)
class _Frame:
    """A frame, or the display of a stored one; decoding it may read its `references`."""

    is_key: bool
    references: list[_Frame]


@dataclass(frozen=True, slots=True)
class _Obu:
    """An open bitstream unit with its header, and the frame it belongs to, if any."""

    data: memoryview
    frame: _Frame | None


@dataclass(slots=True)
class _TemporalUnit:
    """A packet: the frame shown at one time, and hidden frames for later ones."""

    packet: VideoPacket
    obus: list[_Obu] = field(default_factory=list)
    shown: _Frame | None = None

    def pruned_to(self, needed: Collection[_Frame]) -> VideoPacket | None:
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


def _closure(frames: list[_Frame]) -> set[_Frame]:
    needed: set[_Frame] = set()
    waiting = list(frames)
    while waiting:
        frame = waiting.pop()
        if frame not in needed:
            needed.add(frame)
            waiting += frame.references
    return needed


def _temporal_units(packets: Sequence[VideoPacket], extradata: bytes) -> list[_TemporalUnit]:
    tracker = _ReferenceTracker()
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


class _ReferenceTracker:
    """Tracks which frame each of the eight reference slots holds, from headers alone."""

    def __init__(self) -> None:
        self._sequence: SequenceHeader | None = None
        self._stored: list[_Frame | None] = [None] * _SLOTS
        self._current: _Frame | None = None
        self._shown: list[_Frame] = []

    def take(self, obu_type: int, body: memoryview) -> _Frame | None:
        """Read one OBU; returns the frame it belongs to, if any.

        A new sequence header comes with a key frame, so earlier frames are not referenced again.
        """
        if obu_type == SEQUENCE:
            self._sequence = SequenceHeader.read(BitReader(bytes(body)))
        elif obu_type in (FRAME, FRAME_HEADER):
            self._current = self._frame(BitReader(bytes(body[:_HEAD])))
            return self._current
        elif obu_type in (TILE_GROUP, REDUNDANT_HEADER):
            return self._current
        elif obu_type == TILE_LIST:
            raise UnsupportedStream
        return None

    def shown_since(self) -> _Frame | None:
        """The one frame shown since the last call."""
        shown, self._shown = self._shown, []
        if len(shown) > 1:
            raise UnsupportedStream
        return shown[0] if shown else None

    def _frame(self, head: BitReader) -> _Frame:
        """uncompressed_header (5.9.2), as far as references go."""
        if self._sequence is None:
            raise UnsupportedStream
        if head.read(1):
            return self._show_stored(head.read(3))
        frame_type, is_shown = head.read(2), bool(head.read(1))
        if not is_shown:
            head.read(1)  # showable_frame
        resets = frame_type == _SWITCH or (frame_type == _KEY and is_shown)
        resilient = bool(resets or head.read(1))
        self._skip_to_order_hint(head, frame_type, resilient)
        refreshed = _ALL_SLOTS if resets else head.read(8)
        references = []
        if frame_type not in (_KEY, _INTRA_ONLY):
            references = self._references(head, resilient)
        frame = _Frame(frame_type == _KEY, references)
        self._store(frame, refreshed)
        if is_shown:
            self._shown.append(frame)
        return frame

    def _skip_to_order_hint(self, head: BitReader, frame_type: int, resilient: bool) -> None:
        sequence = self._sequence
        assert sequence is not None  # noqa: S101  checked by the caller
        intra = frame_type in (_KEY, _INTRA_ONLY)
        head.read(1)  # disable_cdf_update
        tools = sequence.screen_tools
        if tools == SELECT_PER_FRAME:
            tools = head.read(1)
        if tools and sequence.integer_mv == SELECT_PER_FRAME:
            head.read(1)  # force_integer_mv
        head.read(sequence.id_bits)  # current_frame_id
        if frame_type != _SWITCH:
            head.read(1)  # frame_size_override_flag
        head.read(sequence.order_hint_bits)  # order_hint
        if not (intra or resilient):
            head.read(3)  # primary_ref_frame: one of the references read below

    def _references(self, head: BitReader, resilient: bool) -> list[_Frame]:
        sequence = self._sequence
        assert sequence is not None  # noqa: S101  checked by the caller
        if resilient and sequence.order_hint_bits:
            head.read(_SLOTS * sequence.order_hint_bits)  # ref_order_hint
        if sequence.order_hint_bits and head.read(1):  # frame_refs_short_signaling
            raise UnsupportedStream
        references = []
        for _ in range(_REFERENCES):
            references.append(self._stored[head.read(3)])
            head.read(sequence.delta_bits)  # delta_frame_id_minus_1
        return [_known(frame) for frame in dict.fromkeys(references)]

    def _show_stored(self, slot: int) -> _Frame:
        stored = _known(self._stored[slot])
        frame = _Frame(stored.is_key, [stored])
        if stored.is_key:  # it takes all places then (7.21)
            self._store(frame, _ALL_SLOTS)
        self._shown.append(frame)
        return frame

    def _store(self, frame: _Frame, refreshed: int) -> None:
        for slot in range(_SLOTS):
            if refreshed >> slot & 1:
                self._stored[slot] = frame


def _known(frame: _Frame | None) -> _Frame:
    if frame is None:
        raise UnsupportedStream
    return frame
