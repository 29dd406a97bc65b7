"""H.263 and its relatives: which kind of picture a packet holds, by the picture's own header.

Containers mark key frames, and some mark all: an AVI whose index was lost, an MP4 without a table
of them. From a picture that refers to others these decoders make one up, on grey, without a word.
"""

from __future__ import annotations

from collections.abc import Callable

from .bit_reader import Bits

_HEAD = 16  # bytes within which all lies that is read of a picture's header
_VOP = b"\0\0\1\xb6"  # vop_start_code, ISO/IEC 14496-2, 6.2.1
_VOP_WITHIN = 4096
_PLUS, _UPDATED = 7, 1  # source format: PLUSPTYPE follows; UFEP: OPPTYPE is there (H.263, 5.1)


def is_intra(packet: memoryview, codec: str) -> bool:
    """Whether the picture refers to no other. True too where that cannot be told."""
    read = _READERS.get(codec)
    return read is None or read(packet)


def _mpeg4(packet: memoryview) -> bool:
    head = bytes(packet[:_VOP_WITHIN])
    place = head.find(_VOP)
    return place < 0 or place + 4 >= len(head) or head[place + 4] >> 6 == 0


def _microsoft(packet: memoryview) -> bool:
    """Of MS-MPEG-4 and WMV 7: two bits at the beginning."""
    return packet[0] >> 6 == 0


def _wmv2(packet: memoryview) -> bool:
    return packet[0] >> 7 == 0


def _sorenson(packet: memoryview) -> bool:
    """The VIDEODATA of an H.263 VIDEOPACKET, in Adobe's description of FLV."""
    head = Bits(bytes(packet[:_HEAD]))
    if head.read(17) != 1:
        return True
    head.read(5), head.read(8)  # version, number
    head.read({0: 16, 1: 32}.get(head.read(3), 0))  # a size of its own
    return head.read(2) == 0


def _h263(packet: memoryview) -> bool:
    head = Bits(bytes(packet[:_HEAD]))
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
