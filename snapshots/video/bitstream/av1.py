"""What an AV1 frame refers to, and a stream cut down to what one frame needs.

AV1 says in each frame's header from which stored frames it may take anything, and which of the
eight places in store it takes itself (AV1 Bitstream & Decoding Process Specification, 5.9.2).
Following that back from a wanted frame gives all that must be decoded for it; the other frames
are cut out of their packets, and what is left is a stream that decodes to the same pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from av.packet import Packet
from av.video.stream import VideoStream

from .bit_reader import Bits

VideoPacket: TypeAlias = "Packet[VideoStream]"

# 6.2.2: obu_type
_SEQUENCE, _DELIMITER, _FRAME_HEADER, _TILE_GROUP = 1, 2, 3, 4
_FRAME, _REDUNDANT_HEADER, _TILE_LIST, _PADDING = 6, 7, 8, 15
# 6.8.2: frame_type
_KEY, _INTRA_ONLY, _SWITCH = 0, 2, 3
_ALL, _PLACES, _REFERENCES = 255, 8, 7
_CHOSEN_EACH_TIME = 2  # SELECT_SCREEN_CONTENT_TOOLS, SELECT_INTEGER_MV
_HEAD = 64  # bytes within which all lies that is read of a header


class _Unusual(Exception):
    """Scalable, short-signalled or damaged: what refers to what cannot be told."""


def prune(
    packets: Sequence[VideoPacket], wanted: Collection[int], extradata: bytes
) -> list[VideoPacket] | None:
    """What must be decoded of `packets` for the frames whose PTS are `wanted`.

    `packets` begin with a key frame. Those that come back keep their times; some hold fewer
    frames than before. `None` where it cannot be told what refers to what: scalable streams,
    those with a decoder model or short signalling, a start that is no key frame.
    """
    try:
        units = _units(packets, extradata)
        targets = [unit.shown for unit in units if unit.packet.pts in wanted]
        needed = _closure([frame for frame in targets if frame is not None])
    except (_Unusual, IndexError):
        return None
    return [left for unit in units if (left := unit.without_all_but(needed)) is not None]


def largest_size(extradata: bytes) -> tuple[int, int]:
    """Width and height that no frame exceeds, as av1C's sequence header says; 0 where it does not.

    Decoders make room for that, however small the frames are.
    """
    try:
        for kind, body, _ in _pieces(memoryview(extradata)[4:]):
            if kind == _SEQUENCE:
                return _Rules.read(Bits(bytes(body))).largest
    except (_Unusual, IndexError):
        return 0, 0
    return 0, 0


@dataclass(eq=False, slots=True)
class _Frame:
    """A frame, or the showing of a stored one; `references` are what its decoding may read."""

    is_key: bool
    references: list[_Frame]


@dataclass(frozen=True, slots=True)
class _Piece:
    """An open bitstream unit with its header; `frame` is whose it is, if of one."""

    data: memoryview
    frame: _Frame | None


@dataclass(slots=True)
class _Unit:
    """A packet: what is shown at one time, and hidden frames for later ones."""

    packet: VideoPacket
    pieces: list[_Piece] = field(default_factory=list)
    shown: _Frame | None = None

    def without_all_but(self, needed: Collection[_Frame]) -> VideoPacket | None:
        """The packet with the needed frames alone; `None` if it has none of them."""
        frames = {piece.frame for piece in self.pieces if piece.frame is not None}
        if frames.isdisjoint(needed):
            return None
        if frames <= set(needed):
            return self.packet
        kept = [p.data for p in self.pieces if p.frame is None or p.frame in needed]
        packet = cast(VideoPacket, Packet(b"".join(kept)))
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


def _units(packets: Sequence[VideoPacket], extradata: bytes) -> list[_Unit]:
    stream = _Stream()
    for kind, body, _ in _pieces(memoryview(extradata)[4:]):  # past av1C's own fields
        stream.take(kind, body)
    units = []
    for packet in packets:
        unit = _Unit(packet)
        for kind, body, whole in _pieces(memoryview(packet)):
            unit.pieces.append(_Piece(whole, stream.take(kind, body)))
        unit.shown = stream.shown_since()
        units.append(unit)
    return units


def _pieces(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Type, body and whole of each open bitstream unit (5.3)."""
    while len(data):
        head = data[0]
        if head & 0x84 or not head & 2:  # forbidden bit, layers, or no size
            raise _Unusual
        size, start = _leb128(data, 1)
        end = start + size
        if end > len(data):
            raise _Unusual
        yield head >> 3 & 15, data[start:end], data[:end]
        data = data[end:]


def _leb128(data: memoryview, place: int) -> tuple[int, int]:
    """A number in groups of seven bits (4.10.5), and the place after it."""
    value = 0
    for shift in range(0, 56, 7):
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise _Unusual


class _Stream:
    """Follows a stream from its headers alone: which frame lies in which of the eight places."""

    def __init__(self) -> None:
        self._rules: _Rules | None = None
        self._stored: list[_Frame | None] = [None] * _PLACES
        self._current: _Frame | None = None
        self._shown: list[_Frame] = []

    def take(self, kind: int, body: memoryview) -> _Frame | None:
        """Read one unit; whose it is, if it belongs to a frame.

        Another sequence header comes with a key frame, so what goes before is not asked again.
        """
        if kind == _SEQUENCE:
            self._rules = _Rules.read(Bits(bytes(body)))
        elif kind in (_FRAME, _FRAME_HEADER):
            self._current = self._frame(Bits(bytes(body[:_HEAD])))
            return self._current
        elif kind in (_TILE_GROUP, _REDUNDANT_HEADER):
            return self._current
        elif kind == _TILE_LIST:
            raise _Unusual
        return None

    def shown_since(self) -> _Frame | None:
        """The one frame shown since the last call."""
        shown, self._shown = self._shown, []
        if len(shown) > 1:
            raise _Unusual
        return shown[0] if shown else None

    def _frame(self, head: Bits) -> _Frame:
        """uncompressed_header (5.9.2), as far as it says what refers to what."""
        if self._rules is None:
            raise _Unusual
        if head.read(1):
            return self._show_stored(head.read(3))
        kind, is_shown = head.read(2), bool(head.read(1))
        if not is_shown:
            head.read(1)  # showable_frame
        resets = kind == _SWITCH or (kind == _KEY and is_shown)
        resilient = bool(resets or head.read(1))
        self._skip_to_order(head, kind, resilient)
        refreshed = _ALL if resets else head.read(8)
        references = []
        if kind not in (_KEY, _INTRA_ONLY):
            references = self._references(head, resilient)
        frame = _Frame(kind == _KEY, references)
        self._store(frame, refreshed)
        if is_shown:
            self._shown.append(frame)
        return frame

    def _skip_to_order(self, head: Bits, kind: int, resilient: bool) -> None:
        rules = self._rules
        assert rules is not None  # noqa: S101  asked by the caller
        intra = kind in (_KEY, _INTRA_ONLY)
        head.read(1)  # disable_cdf_update
        tools = rules.screen_tools
        if tools == _CHOSEN_EACH_TIME:
            tools = head.read(1)
        if tools and rules.integer_mv == _CHOSEN_EACH_TIME:
            head.read(1)  # force_integer_mv
        head.read(rules.id_bits)  # current_frame_id
        if kind != _SWITCH:
            head.read(1)  # frame_size_override_flag
        head.read(rules.order_bits)  # order_hint
        if not (intra or resilient):
            head.read(3)  # primary_ref_frame: one of the references read below

    def _references(self, head: Bits, resilient: bool) -> list[_Frame]:
        rules = self._rules
        assert rules is not None  # noqa: S101  asked by the caller
        if resilient and rules.order_bits:
            head.read(_PLACES * rules.order_bits)  # ref_order_hint
        if rules.order_bits and head.read(1):  # frame_refs_short_signaling
            raise _Unusual
        found = []
        for _ in range(_REFERENCES):
            found.append(self._stored[head.read(3)])
            head.read(rules.delta_bits)  # delta_frame_id_minus_1
        return [_known(frame) for frame in dict.fromkeys(found)]

    def _show_stored(self, place: int) -> _Frame:
        stored = _known(self._stored[place])
        frame = _Frame(stored.is_key, [stored])
        if stored.is_key:  # it takes all places then (7.21)
            self._store(frame, _ALL)
        self._shown.append(frame)
        return frame

    def _store(self, frame: _Frame, refreshed: int) -> None:
        for place in range(_PLACES):
            if refreshed >> place & 1:
                self._stored[place] = frame


def _known(frame: _Frame | None) -> _Frame:
    if frame is None:
        raise _Unusual
    return frame


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a sequence header says of frames and their headers; lengths in bits, 0 if absent."""

    largest: tuple[int, int]
    id_bits: int
    delta_bits: int
    screen_tools: int
    integer_mv: int
    order_bits: int

    @classmethod
    def read(cls, head: Bits) -> _Rules:
        """sequence_header_obu (5.5.1). Raises _Unusual for what is not followed here."""
        head.read(3)  # seq_profile
        if head.read(2) & 1:  # still_picture, reduced_still_picture_header
            raise _Unusual
        _skip_timing(head)
        _skip_operating_point(head)
        bits = head.read(4) + 1, head.read(4) + 1
        largest = head.read(bits[0]) + 1, head.read(bits[1]) + 1
        id_bits = delta_bits = 0
        if head.read(1):
            delta_bits = head.read(4) + 2
            id_bits = head.read(3) + delta_bits + 1
        head.read(7)  # superblocks, intra filters, compounds, warped motion, dual filter
        has_order = head.read(1)
        if has_order:
            head.read(2)  # jnt_comp, ref_frame_mvs
        screen_tools = _CHOSEN_EACH_TIME if head.read(1) else head.read(1)
        integer_mv = _CHOSEN_EACH_TIME
        if screen_tools and not head.read(1):
            integer_mv = head.read(1)
        order_bits = head.read(3) + 1 if has_order else 0
        return cls(largest, id_bits, delta_bits, screen_tools, integer_mv, order_bits)


def _skip_timing(head: Bits) -> None:
    if not head.read(1):
        return
    head.read(32), head.read(32)  # units in a tick, ticks a second
    if head.read(1):
        head.golomb()  # num_ticks_per_picture_minus_1
    if head.read(1):
        raise _Unusual  # a decoder model


def _skip_operating_point(head: Bits) -> None:
    delays = head.read(1)
    if head.read(5) or head.read(12):
        raise _Unusual  # layers
    if head.read(5) > 7:
        head.read(1)  # seq_tier
    if delays and head.read(1):
        head.read(4)
