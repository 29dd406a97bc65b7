"""What a container says about itself as a file: its name, its length, whether it was cut short."""

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
_READ_WHOLE = 4 << 20  # bytes up to which all packets are read to see whether time goes back
_LONGEST_EDITS = 1 << 16  # bytes of an edit list
_SAMPLES = 64  # places looked at in larger files
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
    """Whether the file is several recordings one after the other, each with its own clock.

    Seeking finds any of them then, and the last packet need not be the last in time. Larger
    streams are judged by samples: a part shorter than a sixtieth of the file may be missed.
    Moves in the file when first asked.
    """
    if source.time_goes_back is None:
        source.time_goes_back = _goes_back(source)
    return source.time_goes_back


def has_several_edits(source: Source) -> bool:
    """Whether an MP4 shows several stretches of its track: then packets come in their order.

    FFmpeg's times are right for all of them; a seek may land in another one.
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
            boxes.read(box, _LONGEST_EDITS)
            for track in boxes.tracks(source.stream.id)
            for box in boxes.along(track, b"edts", b"elst")
        ]
    return any(_shown_edits(edits) > 1 for edits in lists)


def _shown_edits(edits: bytes) -> int:
    """How many entries of an edit list show something (ISO 14496-12, 8.6.6)."""
    size, time = (20, 8) if edits[:1] == b"\1" else (12, 4)
    entries = range(8, len(edits) - size + 1, size)
    return sum(edits[at + time : at + 2 * time] != b"\xff" * time for at in entries)


def _goes_back(source: Source) -> bool:
    name = short_name(source)
    if name not in ("mpegts", "mpegps", "flv"):
        return False
    if source.size_bytes <= _READ_WHOLE:
        source.rewind()
        return goes_back(source.packets())
    return name != "flv" and goes_back(_samples(source))


def _samples(source: Source) -> Iterator[Packet[VideoStream]]:
    for number in range(_SAMPLES):
        if source.seek(source.size_bytes * number // _SAMPLES, is_byte=True):
            yield from islice(source.packets(), 1)


def duration(source: Source) -> Fraction:
    """Seconds that the container claims, of its longest stream; 0 where it says nothing."""
    claims = [Fraction(source.container.duration or 0, av.time_base)]
    if source.stream.duration:
        claims.append(source.stream.duration * source.time_base)
    return max(claims)


def tells_durations(source: Source) -> bool:
    """Whether packets say how long they are shown; FLV does not, FFmpeg guesses a tick."""
    return not source.counts_frames and source.container.format.name != "flv"


def bitrate(source: Source, fallback_s: Fraction) -> int:
    """Bits per second of the whole file; 0 where the length is unknown."""
    length = Fraction(source.container.duration or 0, av.time_base) or fallback_s
    return round(source.size_bytes * 8 / length) if length > 0 else 0


def audio_tracks(source: Source) -> tuple[AudioTrack, ...]:
    """The tracks of sound whose codec FFmpeg knows."""
    streams = source.container.streams.audio
    contexts = [stream.codec_context for stream in streams if stream.codec_context]
    return tuple(
        AudioTrack(context.codec.canonical_name, context.rate or 0, context.bit_rate or 0)
        for context in contexts
    )


def end_byte(source: Source) -> int:
    """Where the video's data ends in the file. Behind a Matroska segment may lie another file's.

    FFmpeg reads on into that, or does not, depending on what was read before; no player shows it.
    """
    end = _segment_end(source) if short_name(source) in ("mkv", "webm") else 0
    return min(end or source.size_bytes, source.size_bytes)


def promised_end(source: Source, start_pts: int) -> int | None:
    """The PTS at which a file that was cut short should have ended; `None` for a whole file.

    MP4 lists its samples, Matroska and AVI state their own size: each tells when bytes are
    missing. Streams (TS, PS) and FLV promise nothing.
    """
    name = short_name(source)
    if name in ("mp4", "mov") and _misses_samples(source):
        return start_pts + (source.stream.duration or 0)
    if name in ("mkv", "webm") and _segment_end(source) > source.size_bytes:
        return int(duration(source) / source.time_base)
    if name == "avi" and _riff_end(source) > source.size_bytes:
        return start_pts + source.stream.frames  # a tick is a frame; its duration is FFmpeg's guess
    return None


def _misses_samples(source: Source) -> bool:
    entries = source.stream.index_entries
    if not len(entries):
        return False
    last = entries[len(entries) - 1]
    return last.pos + last.size > source.size_bytes


def _riff_end(source: Source) -> int:
    return int.from_bytes(_first_bytes(source)[4:8], "little") + 8


def _segment_end(source: Source) -> int:
    """Where the Matroska segment should end, in bytes; 0 when it does not say (live streams)."""
    head = _first_bytes(source)
    if not head.startswith(_EBML):
        return 0
    size, place = _vint(head, len(_EBML))
    place += size
    if head[place : place + 4] != _SEGMENT:
        return 0
    size, body = _vint(head, place + 4)
    unknown = (1 << 7 * (body - place - 4)) - 1
    return 0 if size == unknown else body + size


def _vint(data: bytes, place: int) -> tuple[int, int]:
    """An EBML variable-length number (RFC 8794, 4) and the place after it."""
    length = 9 - data[place].bit_length()
    value = int.from_bytes(data[place : place + length], "big")
    return value & ((1 << 7 * length) - 1), place + length


def _first_bytes(source: Source) -> bytes:
    with source.path.open("rb") as file:
        return file.read(_HEAD_BYTES)
