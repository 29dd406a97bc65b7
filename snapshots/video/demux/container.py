"""Container facts: short name, duration, bit rate, truncation, edit lists."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import av
from av.packet import Packet
from av.video.stream import VideoStream

from ..bitstream.isobmff import Boxes
from ..info import AudioTrack
from .discontinuities import goes_back
from .source import Source

_NAMES = {"mpeg": "mpegps", "asf": "wmv"}
_HEAD_BYTES = 4096
_EBML = b"\x1a\x45\xdf\xa3"
_SCAN_WHOLE = 4 << 20  # bytes up to which all packets are scanned for clock jumps
_MAX_EDIT_LIST = 1 << 16  # bytes
_SAMPLES = 64  # positions sampled in larger files
_SEGMENT = b"\x18\x53\x80\x67"


def short_name(source: Source) -> str:
    """mp4, mov, mkv, webm, mpegts, mpegps, avi, flv, ogg or wmv."""
    name = source.container.format.name
    if name.startswith("mov,"):
        brand = source.container.metadata.get("major_brand", "qt").strip()
        return "mov" if brand == "qt" else "mp4"
    if name.startswith("matroska"):
        return "webm" if b"webm" in _first_bytes(source)[:64] else "mkv"
    return _NAMES.get(name, name)


def time_goes_back(source: Source) -> bool:
    """Whether the file holds several recordings in a row, each with a clock of its own.

    A seek may then land in any of them, and the last packet may not be the last in time. Larger
    streams are sampled: a recording shorter than a sixtieth of the file may be missed. The first
    call moves the read position; the result is cached on `source`.
    """
    if source.time_goes_back is None:
        source.time_goes_back = _goes_back(source)
    return source.time_goes_back


def has_several_edits(source: Source) -> bool:
    """Whether an MP4's edit list shows several segments of its track, in any order.

    FFmpeg's timestamps are right for all segments, but a seek may land in the wrong one.
    """
    if source.has_several_edits is None:
        source.has_several_edits = _several_edits(source)
    return source.has_several_edits


def _several_edits(source: Source) -> bool:
    if not source.container.format.name.startswith("mov,"):
        return False
    with source.path.open("rb") as file:
        boxes = Boxes(file, source.size_bytes)
        lists = [
            boxes.read(box, _MAX_EDIT_LIST)
            for track in boxes.tracks(source.stream.id)
            for box in boxes.find(track, b"edts", b"elst")
        ]
    return any(_shown_edits(edits) > 1 for edits in lists)


def _shown_edits(edits: bytes) -> int:
    """How many entries of an edit list are not empty edits (ISO 14496-12, 8.6.6)."""
    size, time = (20, 8) if edits[:1] == b"\1" else (12, 4)
    entries = range(8, len(edits) - size + 1, size)
    return sum(edits[offset + time : offset + 2 * time] != b"\xff" * time for offset in entries)


def _goes_back(source: Source) -> bool:
    name = short_name(source)
    if name not in ("mpegts", "mpegps", "flv"):
        return False
    if source.size_bytes <= _SCAN_WHOLE:
        source.rewind()
        return goes_back(source.packets())
    return name != "flv" and goes_back(_samples(source))


def _samples(source: Source) -> Iterator[Packet[VideoStream]]:
    for number in range(_SAMPLES):
        if source.seek(source.size_bytes * number // _SAMPLES, is_byte=True):
            yield from islice(source.packets(), 1)


def duration(source: Source) -> Fraction:
    """Seconds by the container's header, for its longest stream; 0 where it states none."""
    durations = [Fraction(source.container.duration or 0, av.time_base)]
    if source.stream.duration:
        durations.append(source.stream.duration * source.time_base)
    return max(durations)


def has_packet_durations(source: Source) -> bool:
    """Whether packets carry durations; FLV has none, and FFmpeg sets them to one tick."""
    return not source.counts_frames and source.container.format.name != "flv"


def bitrate(source: Source, fallback_s: Fraction) -> int:
    """Bits per second of the whole file; 0 where the duration is unknown."""
    duration_s = Fraction(source.container.duration or 0, av.time_base) or fallback_s
    return round(source.size_bytes * 8 / duration_s) if duration_s > 0 else 0


def audio_tracks(source: Source) -> tuple[AudioTrack, ...]:
    """The audio tracks whose codec FFmpeg knows."""
    streams = source.container.streams.audio
    contexts = [stream.codec_context for stream in streams if stream.codec_context]
    return tuple(
        AudioTrack(context.codec.canonical_name, context.rate or 0, context.bit_rate or 0)
        for context in contexts
    )


def end_byte(source: Source) -> int:
    """The byte where the video's data ends. Another file may follow a Matroska segment.

    Whether FFmpeg reads on into it depends on what was read before; no player shows it.
    """
    end = _segment_end(source) if short_name(source) in ("mkv", "webm") else 0
    return min(end or source.size_bytes, source.size_bytes)


def promised_end(source: Source, start_pts: int) -> int | None:
    """The PTS at which a truncated file should have ended; `None` for a complete file.

    MP4 lists its samples, Matroska and AVI state their own size, so missing bytes show. Streams
    (TS, PS) and FLV declare no end.
    """
    name = short_name(source)
    if name in ("mp4", "mov") and _is_missing_samples(source):
        return start_pts + (source.stream.duration or 0)
    if name in ("mkv", "webm") and _segment_end(source) > source.size_bytes:
        return int(duration(source) / source.time_base)
    if name == "avi" and _riff_end(source) > source.size_bytes:
        return start_pts + source.stream.frames  # a tick is a frame; its duration is FFmpeg's guess
    return None


def _is_missing_samples(source: Source) -> bool:
    entries = source.stream.index_entries
    if not len(entries):
        return False
    last = entries[len(entries) - 1]
    return last.pos + last.size > source.size_bytes


def _riff_end(source: Source) -> int:
    return int.from_bytes(_first_bytes(source)[4:8], "little") + 8


def _segment_end(source: Source) -> int:
    """The byte where the Matroska segment should end; 0 if its size is unknown (live streams)."""
    head = _first_bytes(source)
    if not head.startswith(_EBML):
        return 0
    size, offset = _vint(head, len(_EBML))
    offset += size
    if head[offset : offset + 4] != _SEGMENT:
        return 0
    size, body = _vint(head, offset + 4)
    unknown = (1 << 7 * (body - offset - 4)) - 1
    return 0 if size == unknown else body + size


def _vint(data: bytes, offset: int) -> tuple[int, int]:
    """An EBML variable-length number (RFC 8794, 4) and the offset after it."""
    length = 9 - data[offset].bit_length()
    value = int.from_bytes(data[offset : offset + length], "big")
    return value & ((1 << 7 * length) - 1), offset + length


def _first_bytes(source: Source) -> bytes:
    with source.path.open("rb") as file:
        return file.read(_HEAD_BYTES)
