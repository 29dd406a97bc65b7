"""Probing: metadata and frame index from all packets and the first decoded frame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from av.video.frame import VideoFrame

from .demux import container, display
from .demux.crop import read_crop
from .demux.frame_scan import Head, PacketTimes, all_frames, read_head, tail_frames
from .demux.source import Source, open_source
from .demux.streams import SourceBounds
from .demux.timing import MissingTimestamps, frame_rate, is_variable_rate
from .info import Extent, FrameIndex, VideoInfo
from .probe_warnings import probe_warnings


@dataclass(frozen=True, slots=True)
class Probe:
    """A video's metadata and the times of all frames."""

    info: VideoInfo
    index: FrameIndex


def probe(path: str | os.PathLike[str], *, bounds: SourceBounds | None = None) -> Probe:
    """Read every packet of the video at `path`, decoding only its first frame.

    The index is empty if some frames have no PTS: then they cannot be numbered.
    Raises VideoError as `open_source` does, and `unreadable` when no frame can be decoded.
    """
    with open_source(path, bounds=bounds) as source:
        head = read_head(source)
        missing = MissingTimestamps()
        frames = all_frames(source, head.start_pts, missing)
        index = _index(source, [] if missing.any else frames)
        info = _info(source, head, _extent(source, head, frames), list(index.pts))
        return Probe(replace(info, fps=frame_rate(source, index.pts)), index)


def survey(source: Source) -> VideoInfo:
    """The same metadata from the first and last packets only, for when no index is needed.

    `extent` equals that of `probe` on intact files; `fps` and `is_vfr` rest on fewer frames.
    """
    head = read_head(source)
    tail = tail_frames(source, head.start_pts)
    return _info(source, head, _extent(source, head, tail), head.pts)


def frame_index(source: Source) -> FrameIndex:
    """The index of all frames shown, by a scan of all packets; may be empty as in `probe`."""
    missing = MissingTimestamps()
    frames = all_frames(source, read_head(source).start_pts, missing)
    return _index(source, [] if missing.any else frames)


def _index(source: Source, frames: Sequence[PacketTimes]) -> FrameIndex:
    return FrameIndex(
        source.time_base, [frame.pts for frame in frames], [frame.is_key for frame in frames]
    )


def _extent(source: Source, head: Head, last_frames: Sequence[PacketTimes]) -> Extent:
    """The video's time span. `last_frames` are the last frames shown, or all of them."""
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


def _last_duration(source: Source, last_frames: Sequence[PacketTimes]) -> int:
    """Display time of the last frame in ticks: as stored, else that of the previous frame."""
    if last_frames and last_frames[-1].duration and container.has_packet_durations(source):
        return last_frames[-1].duration
    if len(last_frames) >= 2:
        return last_frames[-1].pts - last_frames[-2].pts
    rate = source.stream.guessed_rate or source.stream.average_rate or Fraction(25)
    return max(1, round(1 / (rate * source.time_base)))


def _info(source: Source, head: Head, extent: Extent, pts: Sequence[int]) -> VideoInfo:
    frame, orientation = head.frame, display.orientation(head.frame)
    sar = display.sample_aspect_ratio(source.stream)
    color = display.color(frame)
    crop = read_crop(source, frame.width, frame.height)
    cropped = frame.width - crop.left - crop.right, frame.height - crop.top - crop.bottom
    width, height = display.displayed_size(*cropped, sar, orientation.rotation)
    info = VideoInfo(
        container=container.short_name(source),
        codec=source.codec_name,
        width=width,
        height=height,
        stored_width=frame.width,
        stored_height=frame.height,
        rotation=orientation.rotation,
        mirrored=orientation.mirrored,
        sar=sar,
        fps=frame_rate(source, pts),
        bitrate=container.bitrate(source, extent.duration),
        pixel_format=frame.format.name,
        color=color,
        has_audio=bool(source.container.streams.audio),
        has_alpha=source.has_alpha_track or _has_alpha(frame),
        is_vfr=is_variable_rate(pts),
        is_hdr=color.transfer in display.HDR_TRANSFERS,
        is_interlaced=bool(frame.interlaced_frame),
        extent=extent,
        crop=crop,
        audio=container.audio_tracks(source),
    )
    return replace(info, notes=probe_warnings(info, source))


def _has_alpha(frame: VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components)
