"""Packet classification before decoding: shown, key frame, disposable, damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

from ..bitstream import h263, h264, hevc

_MPEG_PICTURE = b"\x00\x00\x01\x00"  # picture_start_code, ISO/IEC 13818-2, 6.2.3
_MPEG_HEAD = 4096  # bytes within which a packet's picture header lies
_INTRA = 1  # picture_coding_type
_NAL_CODECS: dict[str, Any] = {"h264": h264, "hevc": hevc}


def is_shown(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether the packet holds a frame to be shown: not cut by an edit list, not hidden.

    For VP8 that is show_frame, bit 4 of the first byte (RFC 6386, 9.1).
    """
    if packet.is_discard or not packet.size:
        return False
    return codec != "vp8" or bool(memoryview(packet)[0] & 0x10)


def is_key(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether decoding can start here.

    The container's flag is checked against the picture header where there is a parser: FFmpeg
    flags some P pictures of program streams, and every packet of files that lost their index.
    """
    if codec not in ("mpeg1video", "mpeg2video"):
        return packet.is_keyframe and _is_intra(packet, codec)
    head = bytes(memoryview(packet)[:_MPEG_HEAD])
    offset = head.find(_MPEG_PICTURE)
    if offset < 0 or offset + 5 >= len(head):
        return packet.is_keyframe
    return head[offset + 5] >> 3 & 7 == _INTRA


def _is_intra(packet: Packet[VideoStream], codec: str) -> bool:
    if not packet.size:
        return False
    if codec == "hevc":
        return hevc.is_random_access(memoryview(packet))
    return h263.is_intra(memoryview(packet), codec)


def needs_preroll(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether pictures after this key packet may still refer to earlier ones.

    H.264 with intra refresh flags the packet where a refresh begins. Its first picture is not an I
    picture, and what x264 declares clean after one refresh is clean only after two.
    """
    return codec == "h264" and not h264.is_intra(memoryview(packet), extradata)


def starts_closed_gop(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether everything after this key packet in the file is also shown after it.

    H.264 and HEVC have key frames with leading pictures, which refer to earlier frames and are
    lost when decoding starts here; an IDR picture has none. Needed for AVI, whose frames are
    placed by counting.
    """
    if codec not in _NAL_CODECS:
        return bool(packet.is_keyframe)
    return bool(_NAL_CODECS[codec].is_idr(memoryview(packet), extradata))


def is_disposable(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether leaving the packet out loses its own picture and nothing else."""
    if codec not in _NAL_CODECS:
        return False
    return bool(_NAL_CODECS[codec].is_disposable(memoryview(packet), extradata))


def complete_frames(
    packets: Iterable[Packet[VideoStream]], codec: str
) -> Iterator[Packet[VideoStream]]:
    """Packets of shown frames that the file holds completely.

    Damaged packets are included when others follow: only at the end do they mean truncation.
    """
    damaged: list[Packet[VideoStream]] = []
    for packet in packets:
        if packet.is_corrupt:
            damaged.append(packet)
            continue
        yield from (p for p in damaged if is_shown(p, codec))
        damaged.clear()
        if is_shown(packet, codec):
            yield packet


def is_undamaged(packets: Sequence[Packet[VideoStream]], codec: str, extradata: bytes) -> bool:
    """Whether there is no sign of damaged or lost packets in these, which start at a key frame.

    H.264 numbers its reference frames, so a gap shows. Other codecs do not number them, and their
    decoders do not make frames up for a gap.
    """
    if any(packet.is_corrupt for packet in packets):
        return False
    return codec != "h264" or h264.has_consecutive_frame_nums(map(memoryview, packets), extradata)
