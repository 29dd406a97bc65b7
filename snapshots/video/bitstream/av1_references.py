"""AV1 reference tracking: which frames a frame's decoding may read, from headers alone.

Sections are of the AV1 Bitstream & Decoding Process Specification.
"""

from __future__ import annotations

from dataclasses import dataclass

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
)
from .bit_reader import BitReader

# 6.8.2: frame_type
_KEY, _INTRA_ONLY, _SWITCH = 0, 2, 3
_ALL_SLOTS, _SLOTS, _REFERENCES = 255, 8, 7
_HEAD = 64  # bytes that hold all that is read of a header


@dataclass(eq=False, slots=True)
class CodedFrame:
    """A frame, or the display of a stored one; decoding it may read its `references`."""

    is_key: bool
    references: list[CodedFrame]


class ReferenceTracker:
    """Tracks which frame each of the eight reference slots holds, from headers alone."""

    def __init__(self) -> None:
        self._sequence: SequenceHeader | None = None
        self._stored: list[CodedFrame | None] = [None] * _SLOTS
        self._current: CodedFrame | None = None
        self._shown: list[CodedFrame] = []

    def take(self, obu_type: int, body: memoryview) -> CodedFrame | None:
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

    def shown_since(self) -> CodedFrame | None:
        """The one frame shown since the last call."""
        shown, self._shown = self._shown, []
        if len(shown) > 1:
            raise UnsupportedStream
        return shown[0] if shown else None

    def _frame(self, head: BitReader) -> CodedFrame:
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
        frame = CodedFrame(frame_type == _KEY, references)
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

    def _references(self, head: BitReader, resilient: bool) -> list[CodedFrame]:
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

    def _show_stored(self, slot: int) -> CodedFrame:
        stored = _known(self._stored[slot])
        frame = CodedFrame(stored.is_key, [stored])
        if stored.is_key:  # it takes all places then (7.21)
            self._store(frame, _ALL_SLOTS)
        self._shown.append(frame)
        return frame

    def _store(self, frame: CodedFrame, refreshed: int) -> None:
        for slot in range(_SLOTS):
            if refreshed >> slot & 1:
                self._stored[slot] = frame


def _known(frame: CodedFrame | None) -> CodedFrame:
    if frame is None:
        raise UnsupportedStream
    return frame
