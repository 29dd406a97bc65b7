"""What an HEVC packet's NAL units tell of its picture. Sections and tables are of ITU-T H.265.

`extradata` is the stream's: an HEVCDecoderConfigurationRecord, or units with start codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import nal

# Table 7-1: nal_unit_type
_IDR, _PARAMETERS = (19, 20), 32
_RANDOM_ACCESS = range(16, 24)
_SLICES = range(_PARAMETERS)
_NON_REFERENCE = frozenset(range(0, 16, 2))  # nothing of the same temporal layer refers to these
_IDLE = frozenset({35, 38, 39, 40})  # delimiters, filler, SEI messages


def is_idr(packet: memoryview, extradata: bytes) -> bool:
    """Whether the picture is an IDR picture: nothing behind it refers to what is before."""
    kinds = (_kind(unit) for unit in _units(packet, extradata) if len(unit))
    return next((kind in _IDR for kind in kinds if kind in _SLICES), False)


def is_random_access(packet: memoryview) -> bool:
    """Whether decoding can start at the picture: IDR, CRA or BLA. True where there is none.

    NAL units stand behind their sizes in 4 bytes, as all writers have it, or behind start codes.
    """
    units = nal.units(packet, 4 if _is_sized(packet) else 0)
    kinds = (_kind(unit) for unit in units if len(unit))
    return next((kind in _RANDOM_ACCESS for kind in kinds if kind in _SLICES), True)


def is_disposable(packet: memoryview, extradata: bytes) -> bool:
    """Whether no other picture needs the packet: it holds slices that nothing refers to.

    `False` where it also tells of something else, such as parameters or a further layer.
    """
    found = False
    for unit in _units(packet, extradata):
        if len(unit) < 2 or _layer(unit):
            return False
        if _kind(unit) in _NON_REFERENCE:
            found = True
        elif _kind(unit) not in _IDLE:
            return False
    return found


def _is_sized(packet: memoryview) -> bool:
    """Whether sizes lead through the packet to its very end."""
    place = 0
    while place + 4 <= len(packet):
        size = int.from_bytes(packet[place : place + 4], "big")
        if size < 2:  # a header alone takes two bytes
            return False
        place += 4 + size
    return place == len(packet)


def _units(packet: memoryview, extradata: bytes) -> Iterator[nal.Data]:
    is_record = extradata[:1] == b"\1" and len(extradata) > 22  # ISO/IEC 14496-15, 8.3.3.1
    return nal.units(packet, (extradata[21] & 3) + 1 if is_record else 0)


def _kind(unit: nal.Data) -> int:
    return unit[0] >> 1 & 63


def _layer(unit: nal.Data) -> int:
    return (unit[0] & 1) << 5 | unit[1] >> 3
