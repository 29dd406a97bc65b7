"""What a video is: read from its packets and its first frame, without decoding it all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, islice
from typing import NamedTuple

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..messages import message as _
from .demux import container, display
from .demux.crop import crop
from .demux.discontinuities import first_told
from .demux.packets import held_frames, is_key
from .demux.source import Source, SourceLimits, open_source
from .demux.timing import Untimed, looked_through, rate, varies
from .errors import VideoError
from .info import Extent, FrameIndex, VideoInfo
from .probe_warnings import notes

_HEAD_PACKETS = 64  # enough to tell whether the frame rate varies
# Their decoders paint on grey, or on what they decoded last, when the first key frame is missing
_MAKE_UP_A_START = frozenset(
    {"mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "h263", "flv1", "wmv1", "wmv2", "vp9"}
)
_REORDERED = 16  # of these the last may miss neighbours that come later in decoding order
_FIRST_STEP = Fraction(1)  # seconds to step back from the end; doubled until frames are found


@dataclass(frozen=True, slots=True)
class Probe:
    """A video's facts and every frame's time."""

    info: VideoInfo
    index: FrameIndex


class _Told(NamedTuple):
    """What a packet tells of a frame shown, times in ticks."""

    pts: int
    duration: int | None
    is_key: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """The first frame shown, its PTS, and the PTS of the first packets, sorted."""

    frame: VideoFrame
    start_pts: int
    pts: list[int]


def probe(path: str | os.PathLike[str], *, limits: SourceLimits | None = None) -> Probe:
    """Read every packet of the video at `path`, decoding only its first frame.

    The index is empty where some frames have no time of their own: then they cannot be counted.
    Raises VideoError as `open_source` does, and `unreadable` when no frame can be decoded.
    """
    with open_source(path, limits=limits) as source:
        head = _head(source)
        untimed = Untimed()
        frames = _all_frames(source, head.start_pts, untimed)
        index = _index(source, [] if untimed.any else frames)
        info = _info(source, head, _extent(source, head, frames), list(index.pts))
        return Probe(replace(info, fps=rate(source, index.pts)), index)


def survey(source: Source) -> VideoInfo:
    """The same facts from the head and the tail alone, for when no index is needed.

    `extent` equals `probe`'s on intact files; `fps` and `is_vfr` rest on fewer frames.
    """
    head = _head(source)
    tail = _tail_frames(source, head.start_pts)
    return _info(source, head, _extent(source, head, tail), head.pts)


def frame_index(source: Source) -> FrameIndex:
    """Every frame shown, from a scan of all packets; empty as `probe` says."""
    untimed = Untimed()
    frames = _all_frames(source, _head(source).start_pts, untimed)
    return _index(source, [] if untimed.any else frames)


def _head(source: Source) -> _Head:
    source.end_byte = container.end_byte(source)
    source.rewind()
    stream = source.packets()
    first = list(looked_through(source, islice(stream, _HEAD_PACKETS)))
    if first and all(packet.pts is None and packet.dts is None for packet in first):
        raise VideoError("unreadable", _("The file has no timestamps for its frames. Convert it."))
    fed: list[Packet[VideoStream]] = []
    frame = _first_frame(source, _decodable(source, chain(first, stream)), fed)
    if source.counts_frames or frame.pts is None:
        start = min((p.pts for p in fed if p.pts is not None), default=0)
    else:
        start = frame.pts
    known = _shown(source, held_frames(first, source.codec_name), start)
    pts = [frame.pts for frame in known]
    return _Head(frame, start, pts[:-_REORDERED] or pts)


def _decodable(
    source: Source, packets: Iterator[Packet[VideoStream]]
) -> Iterator[Packet[VideoStream]]:
    """Leave out what a decoder would make up: cut off packets, and what goes before a key frame.

    All of them where no key frame is marked.
    """
    whole = (packet for packet in packets if not packet.is_corrupt)
    if source.codec_name not in _MAKE_UP_A_START:
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
    """Decode until the first frame comes out; `fed` receives the packets that it took."""
    source.decoder.flush_buffers()
    for packet in chain(packets, (None,)):  # None drains the decoder
        if packet is not None:
            fed.append(packet)
        try:
            frames = source.decoder.decode(packet)
        except (av.error.FFmpegError, EOFError, ValueError):
            continue  # a broken start: the first frame that can be decoded is the first shown
        for frame in frames:
            if not frame.is_corrupt or frame.pts != source.last_packet_pts:
                return frame
    raise VideoError("unreadable", _("No frame of the video can be decoded."))


def _all_frames(source: Source, start_pts: int, untimed: Untimed | None = None) -> list[_Told]:
    """All frames shown, sorted by PTS, one for each PTS.

    Where the file's time goes back, each stretch of time is as it is first told: `first_told`.
    """
    back = container.time_goes_back(source)
    source.rewind()
    frames = held_frames(looked_through(source, source.packets(), untimed), source.codec_name)
    shown = _shown(source, first_told(frames) if back else frames, start_pts)
    return shown[:-_REORDERED] or shown[:1] if _is_uncertain(source) else shown


def _is_uncertain(source: Source) -> bool:
    """Whether it cannot be told which the last frames are: counted ones, with some cut off."""
    return source.counts_frames and container.promised_end(source, 0) is not None


def _tail_frames(source: Source, start_pts: int) -> list[_Told]:
    """The last frames shown, two at least where there are two, sorted by PTS."""
    if not source.seeks_exactly or container.time_goes_back(source) or _is_uncertain(source):
        return _all_frames(source, start_pts)
    for target in _targets_from_end(source, start_pts):
        if not source.seek(target):
            continue
        found = held_frames(source.packets(), source.codec_name)
        shown = _shown(source, _from_key_frame(found, source.codec_name), start_pts)
        if len(shown) >= 2:
            return shown
    return _all_frames(source, start_pts)


def _targets_from_end(source: Source, start_pts: int) -> Iterator[int]:
    """PTS to seek to, from the container's end backwards in growing steps."""
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
    """Leave out what comes before a key frame: its last picture may be missing its successors."""
    seen = False
    for packet in packets:
        seen = seen or is_key(packet, codec)
        if seen:
            yield packet


def _shown(source: Source, packets: Iterable[Packet[VideoStream]], start_pts: int) -> list[_Told]:
    """What the packets tell, without their data: that of a long video fills a child's memory."""
    by_pts: dict[int, _Told] = {}
    for packet in packets:
        if packet.pts is not None and packet.pts >= start_pts and packet.pts not in by_pts:
            is_a_key = is_key(packet, source.codec_name)
            by_pts[packet.pts] = _Told(packet.pts, packet.duration, is_a_key)
    return [by_pts[pts] for pts in sorted(by_pts)]


def _index(source: Source, frames: Sequence[_Told]) -> FrameIndex:
    return FrameIndex(
        source.time_base, [frame.pts for frame in frames], [frame.is_key for frame in frames]
    )


def _extent(source: Source, head: _Head, last_frames: Sequence[_Told]) -> Extent:
    """Where the video lies. `last_frames` are the last frames shown, or all of them."""
    last = last_frames[-1].pts if last_frames else head.start_pts
    end = last + _last_duration(source, last_frames)
    promised = container.promised_end(source, head.start_pts)
    return Extent(
        time_base=source.time_base,
        start_pts=head.start_pts,
        last_pts=last,
        data_end_pts=end,
        end_pts=max(end, promised or end),
    )


def _last_duration(source: Source, last_frames: Sequence[_Told]) -> int:
    """Ticks that the last frame is shown: as told, else as long as the one before it."""
    if last_frames and last_frames[-1].duration and container.tells_durations(source):
        return last_frames[-1].duration
    if len(last_frames) >= 2:
        return last_frames[-1].pts - last_frames[-2].pts
    rate = source.stream.guessed_rate or source.stream.average_rate or Fraction(25)
    return max(1, round(1 / (rate * source.time_base)))


def _info(source: Source, head: _Head, extent: Extent, pts: Sequence[int]) -> VideoInfo:
    frame, turn = head.frame, display.turn(head.frame)
    sar = display.sample_aspect_ratio(source.stream)
    color = display.color(frame)
    cut = crop(source, frame.width, frame.height)
    kept = frame.width - cut.left - cut.right, frame.height - cut.top - cut.bottom
    width, height = display.displayed_size(*kept, sar, turn.rotation)
    info = VideoInfo(
        container=container.short_name(source),
        codec=source.codec_name,
        width=width,
        height=height,
        stored_width=frame.width,
        stored_height=frame.height,
        rotation=turn.rotation,
        mirrored=turn.mirrored,
        sar=sar,
        fps=rate(source, pts),
        bitrate=container.bitrate(source, extent.duration),
        pixel_format=frame.format.name,
        color=color,
        has_audio=bool(source.container.streams.audio),
        has_alpha=source.has_alpha_track or _keeps_alpha(frame),
        is_vfr=varies(pts),
        is_hdr=color.transfer in display.HDR_TRANSFERS,
        is_interlaced=bool(frame.interlaced_frame),
        extent=extent,
        crop=cut,
        audio=container.audio_tracks(source),
    )
    return replace(info, notes=notes(info, source))


def _keeps_alpha(frame: VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components)
