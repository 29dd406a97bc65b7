"""What a packet is, before anything is decoded: a frame to be shown, a key frame, or neither."""

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
    """Whether the packet holds a frame meant to be seen: not cut off by an edit list, not hidden.

    VP8 says so in its first byte: show_frame is bit 4 (RFC 6386, 9.1).
    """
    if packet.is_discard or not packet.size:
        return False
    return codec != "vp8" or bool(memoryview(packet)[0] & 0x10)


def is_key(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether decoding can start here.

    Marks alone do not do where the picture's header can be asked: FFmpeg marks some P pictures of
    program streams as key frames, and all packets of files that have lost their index.
    """
    if codec not in ("mpeg1video", "mpeg2video"):
        return packet.is_keyframe and _starts_anew(packet, codec)
    head = bytes(memoryview(packet)[:_MPEG_HEAD])
    place = head.find(_MPEG_PICTURE)
    if place < 0 or place + 5 >= len(head):
        return packet.is_keyframe
    return head[place + 5] >> 3 & 7 == _INTRA


def _starts_anew(packet: Packet[VideoStream], codec: str) -> bool:
    if not packet.size:
        return False
    if codec == "hevc":
        return hevc.is_random_access(memoryview(packet))
    return h263.is_intra(memoryview(packet), codec)


def needs_run_up(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether what follows this key packet may still refer to what comes before.

    H.264 that refreshes its picture bit by bit marks where a refresh begins. Its first picture
    is no I picture, and what x264 promises to be clean after one refresh is so only after two.
    """
    return codec == "h264" and not h264.is_intra(memoryview(packet), extradata)


def resets(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether all that follows this key packet in the file is also shown after it.

    H.264 and HEVC have key frames with leading pictures, which refer to what is before and are
    lost when decoding starts here; behind an IDR picture there are none. For AVI, where frames
    must be counted.
    """
    if codec not in _NAL_CODECS:
        return bool(packet.is_keyframe)
    return bool(_NAL_CODECS[codec].is_idr(memoryview(packet), extradata))


def is_disposable(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether a decoder that is not given the packet loses its picture and nothing else."""
    if codec not in _NAL_CODECS:
        return False
    return bool(_NAL_CODECS[codec].is_disposable(memoryview(packet), extradata))


def held_frames(
    packets: Iterable[Packet[VideoStream]], codec: str
) -> Iterator[Packet[VideoStream]]:
    """Packets of frames shown that the file holds whole.

    Damaged packets count when others follow: only at the end do they mean that the file was cut.
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


def is_whole(packets: Sequence[Packet[VideoStream]], codec: str, extradata: bytes) -> bool:
    """Whether nothing tells that packets are damaged, or lost between these; from a key frame on.

    H.264 counts its reference frames, so what is missing shows. Other codecs do not, and do not
    make frames up for a gap.
    """
    if any(packet.is_corrupt for packet in packets):
        return False
    return codec != "h264" or h264.counts_on(map(memoryview, packets), extradata)
