"""H.263 and related codecs: the picture type, from the picture header.

Containers mark key frames, and some mark every packet: an AVI that lost its index, an MP4 without
a sync sample table. Started at a predicted picture, these decoders paint on grey and report no
error.
"""

from __future__ import annotations

from collections.abc import Callable

from .bit_reader import BitReader

_HEAD = 16  # bytes that hold all that is read of a picture header
_VOP = b"\0\0\1\xb6"  # vop_start_code, ISO/IEC 14496-2, 6.2.1
_VOP_WITHIN = 4096  # bytes
_PLUS, _UPDATED = 7, 1  # source format: PLUSPTYPE follows; UFEP: OPPTYPE is there (H.263, 5.1)


def is_intra(packet: memoryview, codec: str) -> bool:
    """Whether the picture is an intra picture. Also true where the header does not say."""
    read = _READERS.get(codec)
    return read is None or read(packet)


def _mpeg4(packet: memoryview) -> bool:
    head = bytes(packet[:_VOP_WITHIN])
    offset = head.find(_VOP)
    return offset < 0 or offset + 4 >= len(head) or head[offset + 4] >> 6 == 0


def _microsoft(packet: memoryview) -> bool:
    """MS-MPEG-4 and WMV 7: the type is in the first two bits."""
    return packet[0] >> 6 == 0


def _wmv2(packet: memoryview) -> bool:
    return packet[0] >> 7 == 0


def _sorenson(packet: memoryview) -> bool:
    """The H.263 VIDEOPACKET of FLV (Adobe's Video File Format Specification)."""
    head = BitReader(bytes(packet[:_HEAD]))
    if head.read(17) != 1:
        return True
    head.read(5), head.read(8)  # version, number
    head.read({0: 16, 1: 32}.get(head.read(3), 0))  # a custom size
    return head.read(2) == 0


def _h263(packet: memoryview) -> bool:
    head = BitReader(bytes(packet[:_HEAD]))
    if head.read(22) != 0x20:
        return True
    head.read(8), head.read(5)  # number; fixed bits, split screen, camera, freeze
    if head.read(3) != _PLUS:
        return head.read(1) == 0
    if head.read(3) == _UPDATED:
        head.read(18)
    return head.read(3) == 0


_READERS: dict[str, Callable[[memoryview], bool]] = {
    "mpeg4": _mpeg4,
    "msmpeg4v1": _microsoft,
    "msmpeg4v2": _microsoft,
    "msmpeg4v3": _microsoft,
    "wmv1": _microsoft,
    "wmv2": _wmv2,
    "flv1": _sorenson,
    "h263": _h263,
}
