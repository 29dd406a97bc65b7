"""AV1 open bitstream units and sequence headers.

Sections are of the AV1 Bitstream & Decoding Process Specification.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .bit_reader import BitReader

# 6.2.2: obu_type
SEQUENCE, DELIMITER, FRAME_HEADER, TILE_GROUP = 1, 2, 3, 4
FRAME, REDUNDANT_HEADER, TILE_LIST, PADDING = 6, 7, 8, 15
SELECT_PER_FRAME = 2  # SELECT_SCREEN_CONTENT_TOOLS, SELECT_INTEGER_MV


class UnsupportedStream(Exception):
    """The stream is scalable, uses short signalling or is damaged: references cannot be traced."""


def obus(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """The type, the payload and all bytes of each open bitstream unit (5.3)."""
    while len(data):
        head = data[0]
        if head & 0x84 or not head & 2:  # forbidden bit, layers, or no size
            raise UnsupportedStream
        size, start = _leb128(data, 1)
        end = start + size
        if end > len(data):
            raise UnsupportedStream
        yield head >> 3 & 15, data[start:end], data[:end]
        data = data[end:]


def _leb128(data: memoryview, offset: int) -> tuple[int, int]:
    """A number in groups of seven bits (4.10.5), and the offset after it."""
    value = 0
    for shift in range(0, 56, 7):
        byte = data[offset]
        offset += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, offset
    raise UnsupportedStream


@dataclass(frozen=True, slots=True)
class SequenceHeader:
    """The fields of a sequence header that frame headers depend on.

    `max_size` is (width, height) in pixels; lengths are in bits, 0 if the field is absent.
    """

    max_size: tuple[int, int]
    id_bits: int
    delta_bits: int
    screen_tools: int
    integer_mv: int
    order_hint_bits: int

    @classmethod
    def read(cls, head: BitReader) -> SequenceHeader:
        """sequence_header_obu (5.5.1). Raises UnsupportedStream for what is not followed here."""
        head.read(3)  # seq_profile
        if head.read(2) & 1:  # still_picture, reduced_still_picture_header
            raise UnsupportedStream
        _skip_timing(head)
        _skip_operating_point(head)
        bits = head.read(4) + 1, head.read(4) + 1
        max_size = head.read(bits[0]) + 1, head.read(bits[1]) + 1
        id_bits = delta_bits = 0
        if head.read(1):
            delta_bits = head.read(4) + 2
            id_bits = head.read(3) + delta_bits + 1
        head.read(7)  # superblocks, intra filters, compounds, warped motion, dual filter
        has_order_hint = head.read(1)
        if has_order_hint:
            head.read(2)  # jnt_comp, ref_frame_mvs
        screen_tools = SELECT_PER_FRAME if head.read(1) else head.read(1)
        integer_mv = SELECT_PER_FRAME
        if screen_tools and not head.read(1):
            integer_mv = head.read(1)
        order_hint_bits = head.read(3) + 1 if has_order_hint else 0
        return cls(max_size, id_bits, delta_bits, screen_tools, integer_mv, order_hint_bits)


def _skip_timing(head: BitReader) -> None:
    if not head.read(1):
        return
    head.read(32), head.read(32)  # units in a tick, ticks a second
    if head.read(1):
        head.golomb()  # num_ticks_per_picture_minus_1
    if head.read(1):
        raise UnsupportedStream  # a decoder model


def _skip_operating_point(head: BitReader) -> None:
    has_initial_delay = head.read(1)
    if head.read(5) or head.read(12):
        raise UnsupportedStream  # layers
    if head.read(5) > 7:
        head.read(1)  # seq_tier
    if has_initial_delay and head.read(1):
        head.read(4)
