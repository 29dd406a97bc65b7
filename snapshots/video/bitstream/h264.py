"""H.264 packet headers: slice types, frame numbers and fields from NAL units.

Sections and tables are those of ITU-T H.264. `extradata` is the stream's: an
AVCDecoderConfigurationRecord, or NAL units with start codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from . import nal
from .bit_reader import BitReader

_SLICE, _IDR_SLICE, _SPS = 1, 5, 7  # table 7-1: nal_unit_type
_REF_IDC_MASK = 0x60  # nal_ref_idc
_NO_PICTURE = frozenset({6, 9, 12})  # SEI messages, delimiters, filler
_INTRA_SLICES = (2, 4)  # slice_type modulo 5, table 7-6: I and SI
_HEAD = 32  # bytes that hold all that is read of a NAL unit
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


def is_intra(packet: memoryview, extradata: bytes) -> bool:
    """Whether the first slice is an I or SI slice. Also true without any slice."""
    for unit in _nal_units(packet, extradata):
        if len(unit) and unit[0] & 31 in (_SLICE, _IDR_SLICE):
            head = BitReader(nal.unescaped(bytes(unit[1:_HEAD])))
            head.golomb()  # first_mb_in_slice
            return head.golomb() % 5 in _INTRA_SLICES
    return True


def is_idr(packet: memoryview, extradata: bytes) -> bool:
    """Whether the picture is an IDR picture: nothing after it refers to anything before it."""
    types = (unit[0] & 31 for unit in _nal_units(packet, extradata) if len(unit))
    return next(
        (unit_type == _IDR_SLICE for unit_type in types if unit_type in (_SLICE, _IDR_SLICE)), False
    )


def is_lone_field(packet: memoryview, extradata: bytes) -> bool:
    """Whether the packet holds a single field; the other field has a packet of its own."""
    parameters = _SequenceParameters.of(extradata)
    if parameters is None or parameters.is_frames_only:
        return False
    parities = {
        _parity(unit, parameters) for unit in _nal_units(packet, extradata) if _is_slice(unit)
    }
    return len(parities) == 1 and None not in parities


def is_disposable(packet: memoryview, extradata: bytes) -> bool:
    """Whether no other picture needs the packet: it holds only non-reference slices.

    `False` if it also holds anything else, such as parameter sets or a further layer.
    """
    is_found = False
    for unit in _nal_units(packet, extradata):
        unit_type = unit[0] & 31 if len(unit) else 0
        if unit_type == _SLICE and not unit[0] & _REF_IDC_MASK:
            is_found = True
        elif unit_type not in _NO_PICTURE:
            return False
    return is_found


@dataclass(frozen=True, slots=True)
class _SequenceParameters:
    """Fields of a sequence parameter set: log2 of MaxFrameNum, frame_mbs_only_flag (7.3.2.1.1)."""

    frame_num_bits: int
    is_frames_only: bool

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, extradata: bytes) -> _SequenceParameters | None:
        """From the first parameter set; `None` where it cannot be read."""
        is_record = _length_bytes(extradata) > 0
        sets = _avcc_parameters(extradata) if is_record else nal.start_coded(extradata)
        for unit in sets:
            if bits := _frame_num_bits(unit):
                head, _ = _parameters(unit)
                return cls(bits, _is_frames_only(head))
        return None


def _is_frames_only(head: BitReader) -> bool:
    """frame_mbs_only_flag; `head` is positioned after log2_max_frame_num."""
    count_type = head.golomb()  # pic_order_cnt_type
    if count_type == 0:
        head.golomb()
    elif count_type == 1:
        head.read(1), head.golomb(), head.golomb()
        for _ in range(min(head.golomb(), 255)):
            head.golomb()
    head.golomb(), head.read(1), head.golomb(), head.golomb()  # references, gaps, size
    return bool(head.read(1))


def _is_slice(unit: nal.Data) -> bool:
    return bool(len(unit)) and unit[0] & 31 in (_SLICE, _IDR_SLICE)


def _parity(unit: nal.Data, parameters: _SequenceParameters) -> int | None:
    """0 for a top field, 1 for a bottom field, `None` for a whole frame."""
    head = BitReader(nal.unescaped(bytes(unit[1:_HEAD])))
    head.golomb(), head.golomb(), head.golomb()  # first_mb_in_slice, slice_type, PPS
    head.read(parameters.frame_num_bits)
    return head.read(1) if head.read(1) else None


@dataclass(slots=True)
class _SliceHeader:
    """Fields of a picture's first slice header."""

    is_reference: bool
    is_idr: bool
    frame_num: int


def has_consecutive_frame_nums(packets: Iterable[memoryview], extradata: bytes) -> bool:
    """Whether each frame_num follows from the one before (7.4.3): no reference frame is missing.

    Also `False` for streams where that cannot be determined, such as fields in separate packets.
    """
    length = _length_bytes(extradata)
    bits = 0
    for unit in _avcc_parameters(extradata) if length else nal.start_coded(extradata):
        bits = _frame_num_bits(unit) or bits
    expected = None
    for packet in packets:
        first, bits = _first_slice(_nal_units(packet, extradata), bits)
        if first is None:
            return False
        if expected is None or first.is_idr:
            expected = first.frame_num
        if first.frame_num != expected:
            return False
        expected = (first.frame_num + first.is_reference) % (1 << bits)
    return True


def _nal_units(packet: memoryview, extradata: bytes) -> Iterator[nal.Data]:
    return nal.units(packet, _length_bytes(extradata))


def _length_bytes(extradata: bytes) -> int:
    """Bytes of a NAL unit's size prefix in the packets; 0 where start codes are used."""
    return (extradata[4] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > 6 else 0


def _first_slice(units: Iterable[nal.Data], bits: int) -> tuple[_SliceHeader | None, int]:
    """The first slice header, and the length of frame_num by the latest parameter set."""
    for unit in units:
        unit_type = unit[0] & 31 if len(unit) else 0
        if unit_type == _SPS:
            bits = _frame_num_bits(bytes(unit))
        elif unit_type in (_SLICE, _IDR_SLICE) and bits:
            head = BitReader(nal.unescaped(bytes(unit[1:_HEAD])))
            head.golomb(), head.golomb(), head.golomb()  # first_mb_in_slice, slice_type, PPS
            is_reference = bool(unit[0] & _REF_IDC_MASK)
            return _SliceHeader(is_reference, unit_type == _IDR_SLICE, head.read(bits)), bits
    return None, bits


def _frame_num_bits(unit: bytes) -> int:
    """log2 of MaxFrameNum from a sequence parameter set (7.3.2.1.1); 0 where it is not readable."""
    return _parameters(unit)[1]


def _parameters(unit: bytes) -> tuple[BitReader, int]:
    """A parameter set read up to and including log2_max_frame_num, and its value or 0."""
    head = BitReader(nal.unescaped(unit[4:_HEAD]))
    if len(unit) < 5 or unit[0] & 31 != _SPS:
        return head, 0
    head.golomb()  # its id
    if unit[1] in _HIGH_PROFILES:
        if head.golomb() == 3 and head.read(1):
            return head, 0  # separate 4:4:4 planes add fields to the slice header
        head.golomb(), head.golomb(), head.read(1)  # depths, bypass
        if head.read(1):
            return head, 0  # scaling lists: too rare to be worth parsing
    return head, head.golomb() + 4


def _avcc_parameters(extradata: bytes) -> Iterator[bytes]:
    """Sequence parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3)."""
    offset = 6
    for _ in range(extradata[5] & 31):
        size = int.from_bytes(extradata[offset : offset + 2], "big")
        yield extradata[offset + 2 : offset + 2 + size]
        offset += 2 + size
