"""Scanning a file for the frames shown: its first frame, its last ones, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from typing import NamedTuple

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ...messages import message as _
from ..errors import VideoError
from . import container
from .discontinuities import first_occurrence
from .packets import complete_frames, is_key
from .source import Source
from .timing import MissingTimestamps, check_timestamps

_HEAD_PACKETS = 64  # enough to detect a variable frame rate
# Without a key frame their decoders predict from grey, or from the frame decoded last
_START_AT_KEY = frozenset(
    {"mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "h263", "flv1", "wmv1", "wmv2", "vp9"}
)
_REORDERED = 16  # packets after which no earlier frame can follow in decoding order
_FIRST_STEP = Fraction(1)  # seconds to step back from the end; doubled until frames are found


class PacketTimes(NamedTuple):
    """Times of a shown frame by its packet, in ticks."""

    pts: int
    duration: int | None
    is_key: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The first frame shown, its PTS, and the PTS of the first packets, sorted."""

    frame: VideoFrame
    start_pts: int
    pts: list[int]


def read_head(source: Source) -> Head:
    source.end_byte = container.end_byte(source)
    source.rewind()
    stream = source.packets()
    first = list(check_timestamps(source, islice(stream, _HEAD_PACKETS)))
    if first and all(packet.pts is None and packet.dts is None for packet in first):
        raise VideoError("unreadable", _("The file has no timestamps for its frames. Convert it."))
    fed: list[Packet[VideoStream]] = []
    frame = _first_frame(source, _decodable(source, chain(first, stream)), fed)
    if source.counts_frames or frame.pts is None:
        start = min((p.pts for p in fed if p.pts is not None), default=0)
    else:
        start = frame.pts
    known = _shown(source, complete_frames(first, source.codec_name), start)
    pts = [frame.pts for frame in known]
    return Head(frame, start, pts[:-_REORDERED] or pts)


def _decodable(
    source: Source, packets: Iterator[Packet[VideoStream]]
) -> Iterator[Packet[VideoStream]]:
    """Packets without those whose frame would be made up: incomplete, or before a key frame.

    If no packet is a key frame, all complete packets.
    """
    whole = (packet for packet in packets if not packet.is_corrupt)
    if source.codec_name not in _START_AT_KEY:
        return whole
    early: list[Packet[VideoStream]] = []
    for packet in whole:
        if is_key(packet, source.codec_name):
            return chain((packet,), whole)
        early.append(packet)
    return iter(early)


def _first_frame(
    source: Source, packets: Iterable[Packet[VideoStream]], fed: list[Packet[VideoStream]]
) -> VideoFrame:
    """Decode until the first frame comes out; `fed` receives the packets used."""
    source.decoder.flush_buffers()
    for packet in chain(packets, (None,)):  # None drains the decoder
        if packet is not None:
            fed.append(packet)
        try:
            frames = source.decoder.decode(packet)
        except (av.error.FFmpegError, EOFError, ValueError):
            continue  # a damaged start: the first frame that decodes is the first shown
        for frame in frames:
            if not frame.is_corrupt or frame.pts != source.last_packet_pts:
                return frame
    raise VideoError("unreadable", _("No frame of the video can be decoded."))


def all_frames(
    source: Source, start_pts: int, missing: MissingTimestamps | None = None
) -> list[PacketTimes]:
    """All frames shown, sorted by PTS, one for each PTS; see `first_occurrence` for clock jumps."""
    back = container.time_goes_back(source)
    source.rewind()
    frames = complete_frames(check_timestamps(source, source.packets(), missing), source.codec_name)
    shown = _shown(source, first_occurrence(frames) if back else frames, start_pts)
    return shown[:-_REORDERED] or shown[:1] if _is_uncertain(source) else shown


def _is_uncertain(source: Source) -> bool:
    """Whether the last frames are unknown: placed by counting, in a truncated file."""
    return source.counts_frames and container.promised_end(source, 0) is not None


def tail_frames(source: Source, start_pts: int) -> list[PacketTimes]:
    """The last frames shown, at least two if there are two, sorted by PTS."""
    if not source.seeks_exactly or container.time_goes_back(source) or _is_uncertain(source):
        return all_frames(source, start_pts)
    for target in _targets_from_end(source, start_pts):
        if not source.seek(target):
            continue
        frames = complete_frames(source.packets(), source.codec_name)
        shown = _shown(source, _from_key_frame(frames, source.codec_name), start_pts)
        if len(shown) >= 2:
            return shown
    return all_frames(source, start_pts)


def _targets_from_end(source: Source, start_pts: int) -> Iterator[int]:
    """PTS to seek to, backwards from the container's end in growing steps."""
    end = start_pts + int(container.duration(source) / source.time_base)
    step = _FIRST_STEP / source.time_base
    target = Fraction(end)
    while target > start_pts:
        yield int(target)
        target -= step
        step *= 2


def _from_key_frame(
    packets: Iterable[Packet[VideoStream]], codec: str
) -> Iterator[Packet[VideoStream]]:
    """The packets from the first key frame on: of those before it some may be missing."""
    seen = False
    for packet in packets:
        seen = seen or is_key(packet, codec)
        if seen:
            yield packet


def _shown(
    source: Source, packets: Iterable[Packet[VideoStream]], start_pts: int
) -> list[PacketTimes]:
    """The packets' times, without their data: that of a long video would fill the memory."""
    by_pts: dict[int, PacketTimes] = {}
    for packet in packets:
        if packet.pts is not None and packet.pts >= start_pts and packet.pts not in by_pts:
            is_a_key = is_key(packet, source.codec_name)
            by_pts[packet.pts] = PacketTimes(packet.pts, packet.duration, is_a_key)
    return [by_pts[pts] for pts in sorted(by_pts)]
