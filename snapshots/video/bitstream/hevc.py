"""HEVC packet headers: picture types from NAL units. Sections and tables are of ITU-T H.265.

`extradata` is the stream's: an HEVCDecoderConfigurationRecord, or NAL units with start codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import nal

# Table 7-1: nal_unit_type
_IDR, _PARAMETERS = (19, 20), 32
_RANDOM_ACCESS = range(16, 24)
_SLICES = range(_PARAMETERS)
_NON_REFERENCE = frozenset(range(0, 16, 2))  # no picture of the same temporal layer refers to them
_NO_PICTURE = frozenset({35, 38, 39, 40})  # delimiters, filler, SEI messages


def is_idr(packet: memoryview, extradata: bytes) -> bool:
    """Whether the picture is an IDR picture: nothing after it refers to anything before it."""
    types = (_unit_type(unit) for unit in _units(packet, extradata) if len(unit))
    return next((unit_type in _IDR for unit_type in types if unit_type in _SLICES), False)


def is_random_access(packet: memoryview) -> bool:
    """Whether decoding can start at the picture: IDR, CRA or BLA. True without a picture.

    NAL units have 4-byte sizes, as all muxers write them, or start codes.
    """
    units = nal.units(packet, 4 if _is_sized(packet) else 0)
    types = (_unit_type(unit) for unit in units if len(unit))
    return next((unit_type in _RANDOM_ACCESS for unit_type in types if unit_type in _SLICES), True)


def is_disposable(packet: memoryview, extradata: bytes) -> bool:
    """Whether no other picture needs the packet: it holds only non-reference slices.

    `False` if it also holds anything else, such as parameter sets or a further layer.
    """
    is_found = False
    for unit in _units(packet, extradata):
        if len(unit) < 2 or _layer(unit):
            return False
        if _unit_type(unit) in _NON_REFERENCE:
            is_found = True
        elif _unit_type(unit) not in _NO_PICTURE:
            return False
    return is_found


def _is_sized(packet: memoryview) -> bool:
    """Whether following the 4-byte sizes ends exactly at the end of the packet."""
    offset = 0
    while offset + 4 <= len(packet):
        size = int.from_bytes(packet[offset : offset + 4], "big")
        if size < 2:  # a header alone takes two bytes
            return False
        offset += 4 + size
    return offset == len(packet)


def _units(packet: memoryview, extradata: bytes) -> Iterator[nal.Data]:
    is_record = extradata[:1] == b"\1" and len(extradata) > 22  # ISO/IEC 14496-15, 8.3.3.1
    return nal.units(packet, (extradata[21] & 3) + 1 if is_record else 0)


def _unit_type(unit: nal.Data) -> int:
    return unit[0] >> 1 & 63


def _layer(unit: nal.Data) -> int:
    return (unit[0] & 1) << 5 | unit[1] >> 3
