"""What an H.264 packet's NAL units tell: its picture's kind, and its place in a count.

Sections and tables are those of ITU-T H.264.

`extradata` is the stream's: an AVCDecoderConfigurationRecord, or units with start codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from .bits import Bits

_Data: TypeAlias = "bytes | memoryview"

_SLICE, _IDR_SLICE, _PARAMETERS = 1, 5, 7  # table 7-1: nal_unit_type
_INTRA_SLICES = (2, 4)  # slice_type modulo 5, table 7-6: I and SI
_HEAD = 32  # bytes within which all lies that is read of a NAL unit
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


def is_intra(packet: memoryview, extradata: bytes) -> bool:
    """Whether the first slice refers to no other picture; so it is too where there is none."""
    for nal in _nal_units(packet, extradata):
        if len(nal) and nal[0] & 31 in (_SLICE, _IDR_SLICE):
            head = Bits(_unescaped(bytes(nal[1:_HEAD])))
            head.golomb()  # first_mb_in_slice
            return head.golomb() % 5 in _INTRA_SLICES
    return True


def is_idr(packet: memoryview, extradata: bytes) -> bool:
    """Whether the picture is an IDR picture: nothing behind it refers to what is before."""
    kinds = (nal[0] & 31 for nal in _nal_units(packet, extradata) if len(nal))
    return next((kind == _IDR_SLICE for kind in kinds if kind in (_SLICE, _IDR_SLICE)), False)


def start_coded(data: _Data) -> Iterator[bytes]:
    """NAL units that follow start codes (annex B), to the end of the data each."""
    whole = bytes(data)
    place = whole.find(b"\0\0\1")
    while place >= 0:
        yield whole[place + 3 :]
        place = whole.find(b"\0\0\1", place + 3)


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
    for nal in _avcc_parameters(extradata) if length else start_coded(extradata):
        bits = _frame_num_bits(nal) or bits
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


def _nal_units(packet: memoryview, extradata: bytes) -> Iterator[_Data]:
    length = _length_bytes(extradata)
    return _sized(packet, length) if length else start_coded(packet)


def _length_bytes(extradata: bytes) -> int:
    """How many bytes a NAL unit's size takes in the packets; 0 where start codes are used."""
    return (extradata[4] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > 6 else 0


def _first_slice(nals: Iterable[_Data], bits: int) -> tuple[_Slice | None, int]:
    """The picture's first slice, and the bits of a frame_num as last told."""
    for nal in nals:
        kind = nal[0] & 31 if len(nal) else 0
        if kind == _PARAMETERS:
            bits = _frame_num_bits(bytes(nal))
        elif kind in (_SLICE, _IDR_SLICE) and bits:
            head = Bits(_unescaped(bytes(nal[1:_HEAD])))
            head.golomb(), head.golomb(), head.golomb()  # first_mb_in_slice, slice_type, PPS
            return _Slice(bool(nal[0] & 0x60), kind == _IDR_SLICE, head.read(bits)), bits
    return None, bits


def _frame_num_bits(nal: bytes) -> int:
    """log2 of MaxFrameNum from a sequence parameter set (7.3.2.1.1); 0 where it cannot be told."""
    if len(nal) < 5 or nal[0] & 31 != _PARAMETERS:
        return 0
    head = Bits(_unescaped(nal[4:_HEAD]))
    head.golomb()  # its id
    if nal[1] in _HIGH_PROFILES:
        if head.golomb() == 3 and head.read(1):
            return 0  # planes of 4:4:4 coded apart put more into the slice header
        head.golomb(), head.golomb(), head.read(1)  # depths, bypass
        if head.read(1):
            return 0  # scaling lists: nobody who writes them is worth the lines
    return head.golomb() + 4


def _avcc_parameters(extradata: bytes) -> Iterator[bytes]:
    """Sequence parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3)."""
    place = 6
    for _ in range(extradata[5] & 31):
        size = int.from_bytes(extradata[place : place + 2], "big")
        yield extradata[place + 2 : place + 2 + size]
        place += 2 + size


def _sized(data: memoryview, length: int) -> Iterator[memoryview]:
    """NAL units that each follow their size in `length` bytes."""
    place = 0
    while place + length < len(data):
        size = int.from_bytes(data[place : place + length], "big")
        place += length
        yield data[place : place + size]
        place += size


def _unescaped(data: bytes) -> bytes:
    """Without the bytes that keep start codes from appearing by chance (7.4.1)."""
    return data.replace(b"\0\0\3", b"\0\0")
