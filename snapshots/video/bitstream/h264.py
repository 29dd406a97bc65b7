"""What an H.264 packet's NAL units tell: its picture's kind, and its place in a count.

Sections and tables are those of ITU-T H.264.

`extradata` is the stream's: an AVCDecoderConfigurationRecord, or units with start codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from . import nal
from .bit_reader import Bits

_SLICE, _IDR_SLICE, _PARAMETERS = 1, 5, 7  # table 7-1: nal_unit_type
_REFERRED_TO = 0x60  # nal_ref_idc
_IDLE = frozenset({6, 9, 12})  # SEI messages, delimiters, filler
_INTRA_SLICES = (2, 4)  # slice_type modulo 5, table 7-6: I and SI
_HEAD = 32  # bytes within which all lies that is read of a NAL unit
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


def is_intra(packet: memoryview, extradata: bytes) -> bool:
    """Whether the first slice refers to no other picture; so it is too where there is none."""
    for unit in _nal_units(packet, extradata):
        if len(unit) and unit[0] & 31 in (_SLICE, _IDR_SLICE):
            head = Bits(nal.unescaped(bytes(unit[1:_HEAD])))
            head.golomb()  # first_mb_in_slice
            return head.golomb() % 5 in _INTRA_SLICES
    return True


def is_idr(packet: memoryview, extradata: bytes) -> bool:
    """Whether the picture is an IDR picture: nothing behind it refers to what is before."""
    kinds = (unit[0] & 31 for unit in _nal_units(packet, extradata) if len(unit))
    return next((kind == _IDR_SLICE for kind in kinds if kind in (_SLICE, _IDR_SLICE)), False)


def is_lone_field(packet: memoryview, extradata: bytes) -> bool:
    """Whether it holds one field of a picture, whose other field has a packet of its own."""
    form = _Form.of(extradata)
    if form is None or form.is_frames_only:
        return False
    parities = {_parity(unit, form) for unit in _nal_units(packet, extradata) if _is_slice(unit)}
    return len(parities) == 1 and None not in parities


def is_disposable(packet: memoryview, extradata: bytes) -> bool:
    """Whether no other picture needs the packet: it holds slices that nothing refers to.

    `False` where it also tells of something else, such as parameters or a further layer.
    """
    found = False
    for unit in _nal_units(packet, extradata):
        kind = unit[0] & 31 if len(unit) else 0
        if kind == _SLICE and not unit[0] & _REFERRED_TO:
            found = True
        elif kind not in _IDLE:
            return False
    return found


@dataclass(frozen=True, slots=True)
class _Form:
    """Of a sequence: the bits of a frame_num, and whether it has no fields (7.3.2.1.1)."""

    frame_num_bits: int
    is_frames_only: bool

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, extradata: bytes) -> _Form | None:
        """As its first parameter set has it; `None` where that cannot be read."""
        is_record = _length_bytes(extradata) > 0
        sets = _avcc_parameters(extradata) if is_record else nal.start_coded(extradata)
        for unit in sets:
            if bits := _frame_num_bits(unit):
                head, _ = _parameters(unit)
                return cls(bits, _has_frames_only(head))
        return None


def _has_frames_only(head: Bits) -> bool:
    """frame_mbs_only_flag; `head` stands behind log2_max_frame_num."""
    order = head.golomb()  # pic_order_cnt_type
    if order == 0:
        head.golomb()
    elif order == 1:
        head.read(1), head.golomb(), head.golomb()
        for _ in range(min(head.golomb(), 255)):
            head.golomb()
    head.golomb(), head.read(1), head.golomb(), head.golomb()  # references, gaps, size
    return bool(head.read(1))


def _is_slice(unit: nal.Data) -> bool:
    return bool(len(unit)) and unit[0] & 31 in (_SLICE, _IDR_SLICE)


def _parity(unit: nal.Data, form: _Form) -> int | None:
    """0 for a slice of a top field, 1 for one of a bottom field, `None` of a whole frame."""
    head = Bits(nal.unescaped(bytes(unit[1:_HEAD])))
    head.golomb(), head.golomb(), head.golomb()  # first_mb_in_slice, slice_type, PPS
    head.read(form.frame_num_bits)
    return head.read(1) if head.read(1) else None


@dataclass(slots=True)
class _Slice:
    """Of a picture's first slice: whether others refer to it, whether it resets, its number."""

    is_reference: bool
    is_idr: bool
    frame_num: int


def counts_on(packets: Iterable[memoryview], extradata: bytes) -> bool:
    """Whether each frame_num follows from the one before (7.4.3).

    Also `False` for streams too unusual to tell, such as fields in packets of their own.
    """
    length = _length_bytes(extradata)
    bits = 0
    for unit in _avcc_parameters(extradata) if length else nal.start_coded(extradata):
        bits = _frame_num_bits(unit) or bits
    expected = None
    for packet in packets:
        found, bits = _first_slice(_nal_units(packet, extradata), bits)
        if found is None:
            return False
        if expected is None or found.is_idr:
            expected = found.frame_num
        if found.frame_num != expected:
            return False
        expected = (found.frame_num + found.is_reference) % (1 << bits)
    return True


def _nal_units(packet: memoryview, extradata: bytes) -> Iterator[nal.Data]:
    return nal.units(packet, _length_bytes(extradata))


def _length_bytes(extradata: bytes) -> int:
    """How many bytes a NAL unit's size takes in the packets; 0 where start codes are used."""
    return (extradata[4] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > 6 else 0


def _first_slice(units: Iterable[nal.Data], bits: int) -> tuple[_Slice | None, int]:
    """The picture's first slice, and the bits of a frame_num as last told."""
    for unit in units:
        kind = unit[0] & 31 if len(unit) else 0
        if kind == _PARAMETERS:
            bits = _frame_num_bits(bytes(unit))
        elif kind in (_SLICE, _IDR_SLICE) and bits:
            head = Bits(nal.unescaped(bytes(unit[1:_HEAD])))
            head.golomb(), head.golomb(), head.golomb()  # first_mb_in_slice, slice_type, PPS
            return _Slice(bool(unit[0] & _REFERRED_TO), kind == _IDR_SLICE, head.read(bits)), bits
    return None, bits


def _frame_num_bits(unit: bytes) -> int:
    """log2 of MaxFrameNum from a sequence parameter set (7.3.2.1.1); 0 where it cannot be told."""
    return _parameters(unit)[1]


def _parameters(unit: bytes) -> tuple[Bits, int]:
    """A parameter set read up to and with log2_max_frame_num, and that; 0 as above."""
    head = Bits(nal.unescaped(unit[4:_HEAD]))
    if len(unit) < 5 or unit[0] & 31 != _PARAMETERS:
        return head, 0
    head.golomb()  # its id
    if unit[1] in _HIGH_PROFILES:
        if head.golomb() == 3 and head.read(1):
            return head, 0  # planes of 4:4:4 coded apart put more into the slice header
        head.golomb(), head.golomb(), head.read(1)  # depths, bypass
        if head.read(1):
            return head, 0  # scaling lists: nobody who writes them is worth the lines
    return head, head.golomb() + 4


def _avcc_parameters(extradata: bytes) -> Iterator[bytes]:
    """Sequence parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3)."""
    place = 6
    for _ in range(extradata[5] & 31):
        size = int.from_bytes(extradata[place : place + 2], "big")
        yield extradata[place + 2 : place + 2 + size]
        place += 2 + size
