"""What a packet is, before anything is decoded: a frame to be shown, a key frame, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from av.packet import Packet
from av.video.stream import VideoStream

_MPEG_PICTURE = b"\x00\x00\x01\x00"  # picture_start_code, ISO/IEC 13818-2, 6.2.3
_MPEG_HEAD = 4096  # bytes within which a packet's picture header lies
_INTRA = 1  # picture_coding_type


def is_shown(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether the packet holds a frame meant to be seen: not cut off by an edit list, not hidden.

    VP8 says so in its first byte: show_frame is bit 4 (RFC 6386, 9.1).
    """
    if packet.is_discard or not packet.size:
        return False
    return codec != "vp8" or bool(memoryview(packet)[0] & 0x10)


def is_key(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether decoding can start here.

    For MPEG-1 and -2 the picture header is asked: FFmpeg marks some P pictures of program
    streams as key frames.
    """
    if codec not in ("mpeg1video", "mpeg2video"):
        return packet.is_keyframe
    head = bytes(memoryview(packet)[:_MPEG_HEAD])
    place = head.find(_MPEG_PICTURE)
    if place < 0 or place + 5 >= len(head):
        return packet.is_keyframe
    return head[place + 5] >> 3 & 7 == _INTRA


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
