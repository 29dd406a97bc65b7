"""What a packet is, before anything is decoded: a frame to be shown, a key frame, or neither."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias, cast

from av.packet import Packet
from av.video.stream import VideoStream

from .bits import Bits

_Data: TypeAlias = "bytes | memoryview"

_MPEG_PICTURE = b"\x00\x00\x01\x00"  # picture_start_code, ISO/IEC 13818-2, 6.2.3
_MPEG_HEAD = 4096  # bytes within which a packet's picture header lies
_INTRA = 1  # picture_coding_type

_REORDERED_S = 1  # seconds that a guessed DTS may be out of order
_LEAP_S = 10  # seconds between two packets that make two recordings of them, as FFmpeg has it

# ITU-T H.264, table 7-1: nal_unit_type
_SLICE, _IDR_SLICE, _PARAMETERS = 1, 5, 7
_INTRA_SLICES = (2, 4)  # slice_type modulo 5, table 7-6: I and SI
_HEVC_IDR, _HEVC_PARAMETERS = (19, 20), 32  # ITU-T H.265, table 7-1
_HEAD = 32  # bytes within which all lies that is read of a NAL unit
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


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


def needs_run_up(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether what follows this key packet may still refer to what comes before.

    H.264 that refreshes its picture bit by bit marks where a refresh begins. Its first picture
    is no I picture, and what x264 promises to be clean after one refresh is so only after two.
    """
    if codec != "h264":
        return False
    for nal in _nal_units(packet, extradata):
        if len(nal) and nal[0] & 31 in (_SLICE, _IDR_SLICE):
            head = Bits(_unescaped(bytes(nal[1:_HEAD])))
            head.golomb()  # first_mb_in_slice
            return head.golomb() % 5 not in _INTRA_SLICES
    return False


def resets(packet: Packet[VideoStream], codec: str, extradata: bytes) -> bool:
    """Whether all that follows this key packet in the file is also shown after it.

    H.264 and HEVC have key frames with leading pictures, which refer to what is before and are
    lost when decoding starts here; behind an IDR picture there are none. For AVI, where frames
    must be counted: HEVC is asked with start codes only.
    """
    if codec == "hevc":
        kinds = (nal[0] >> 1 & 63 for nal in _start_coded(memoryview(packet)) if len(nal))
        return next((kind in _HEVC_IDR for kind in kinds if kind < _HEVC_PARAMETERS), False)
    if codec != "h264":
        return bool(packet.is_keyframe)
    kinds = (nal[0] & 31 for nal in _nal_units(packet, extradata) if len(nal))
    return next((kind == _IDR_SLICE for kind in kinds if kind in (_SLICE, _IDR_SLICE)), False)


def _nal_units(packet: Packet[VideoStream], extradata: bytes) -> Iterator[_Data]:
    """An H.264 packet's parts."""
    length = _length_bytes(extradata)
    return _sized(memoryview(packet), length) if length else _start_coded(memoryview(packet))


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


def first_told(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """Frames of a file whose times go back, each moment as it is first told.

    Such a file is several recordings one after the other (`cat a.ts b.ts`), each with its own
    clock. Time is taken as the file writes it: where two parts tell of the same stretch of time
    the earlier in the file is shown, and of the later one only what lies outside that stretch.
    A part ends where DTS go back or leap ahead, so one wild timestamp hides nothing.
    """
    told: list[tuple[int, int]] = []
    part: list[int] = []
    last: Packet[VideoStream] | None = None
    for packet in packets:
        if last is not None and part and (_is_back(last, packet) or _leaps(last, packet)):
            told.append((min(part), max(part)))
            part = []
        last = last if packet.dts is None else packet
        pts = packet.pts
        if pts is not None and not any(start <= pts <= end for start, end in told):
            part.append(pts)
            yield packet


def _is_back(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    """Whether time goes back. By a little only at key frames: FFmpeg guesses what is not stored."""
    seconds = _seconds_between(last, packet)
    return seconds < (0 if packet.is_keyframe else -_REORDERED_S)


def _leaps(last: Packet[VideoStream], packet: Packet[VideoStream]) -> bool:
    return _seconds_between(last, packet) > _LEAP_S


def _seconds_between(last: Packet[VideoStream], packet: Packet[VideoStream]) -> Fraction:
    if last.dts is None or packet.dts is None:
        return Fraction(0)
    return (packet.dts - last.dts) * Fraction(packet.time_base or 1)


class Place(NamedTuple):
    """A packet's PTS and its number in the file."""

    pts: int
    number: int


class Told:
    """What is shown when in a file whose time goes back: frames by number, and key frames."""

    def __init__(
        self, packets: Iterable[Packet[VideoStream]], codec: str, *, start_pts: int
    ) -> None:
        self._keys: list[Place] = []
        shown: dict[int, Place] = {}
        for packet in first_told(held_frames(self._numbered(packets, codec), codec)):
            if packet.pts is not None and packet.pts >= start_pts:
                shown.setdefault(packet.pts, Place(packet.pts, cast(int, packet.opaque)))
        self._shown = [shown[pts] for pts in sorted(shown)]

    def frame(self, limit: int) -> Place | None:
        """The frame on screen at `limit`."""
        place = bisect_right(self._shown, limit, key=lambda frame: frame.pts)
        return self._shown[place - 1] if place else None

    def key_frame(self, limit: int) -> Place | None:
        """The last key frame shown at or before `limit`."""
        fit = {key for key in self._keys if key.pts <= limit}
        return next((frame for frame in reversed(self._shown) if frame in fit), None)

    def start(self, frame: Place, before: int | None) -> int:
        """Number of the packet to decode from: of a key frame shown by then, or of the first."""
        latest = frame.pts if before is None else min(frame.pts, before - 1)
        fit = (key.number for key in self._keys if key.pts <= latest)
        return max((number for number in fit if number <= frame.number), default=0)

    def _numbered(
        self, packets: Iterable[Packet[VideoStream]], codec: str
    ) -> Iterator[Packet[VideoStream]]:
        for number, packet in enumerate(packets):
            packet.opaque = number
            if packet.pts is not None and is_key(packet, codec):
                self._keys.append(Place(packet.pts, number))
            yield packet


def goes_back(packets: Iterable[Packet[VideoStream]]) -> bool:
    """Whether a DTS lies before that of the packet before: another recording begins there."""
    return any(_is_back(a, b) for a, b in pairwise(p for p in packets if p.dts is not None))


def is_whole(packets: Sequence[Packet[VideoStream]], codec: str, extradata: bytes) -> bool:
    """Whether nothing tells that packets are damaged, or lost between these; from a key frame on.

    H.264 counts its reference frames, so what is missing shows. Other codecs do not, and do not
    make frames up for a gap.
    """
    if any(packet.is_corrupt for packet in packets):
        return False
    return codec != "h264" or _counts_on(packets, extradata)


@dataclass(slots=True)
class _Slice:
    """Of a picture's first slice: whether others refer to it, whether it resets, its number."""

    is_reference: bool
    is_idr: bool
    frame_num: int


def _counts_on(packets: Sequence[Packet[VideoStream]], extradata: bytes) -> bool:
    """Whether each frame_num follows from the one before (ITU-T H.264, 7.4.3).

    Also `False` for streams too unusual to tell, such as fields in packets of their own.
    """
    length = _length_bytes(extradata)
    bits = 0
    for nal in _avcc_parameters(extradata) if length else _start_coded(extradata):
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


def _start_coded(data: _Data) -> Iterator[bytes]:
    """NAL units that follow start codes (ITU-T H.264, annex B), to the end of the data each."""
    whole = bytes(data)
    place = whole.find(b"\0\0\1")
    while place >= 0:
        yield whole[place + 3 :]
        place = whole.find(b"\0\0\1", place + 3)


def _unescaped(data: bytes) -> bytes:
    """Without the bytes that keep start codes from appearing by chance (7.4.1)."""
    return data.replace(b"\0\0\3", b"\0\0")
