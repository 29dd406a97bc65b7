"""Probe warnings: what is unusual about a video, and how it will be handled."""

from __future__ import annotations

from collections.abc import Iterator

from .demux.source import Source
from .info import Crop, VideoInfo
from .render.tone_map import WIDE


def probe_warnings(info: VideoInfo, source: Source) -> tuple[str, ...]:
    """One sentence for each peculiarity; empty for an ordinary file."""
    return (*_time(info, source), *_picture(info), *_streams(source))


def _time(info: VideoInfo, source: Source) -> Iterator[str]:
    extent = info.extent
    start = float(extent.start_pts * extent.time_base)
    if abs(start) >= 0.5:
        yield (
            f"The container's clock says {start:.3f} s at the first frame shown; "
            "times are counted from that frame."
        )
    if info.is_vfr:
        yield "The frame rate varies; every frame is found by its own time."
    if extent.end_pts > extent.data_end_pts:
        held = float((extent.data_end_pts - extent.start_pts) * extent.time_base)
        yield (
            f"The file was cut short: it promises {float(extent.duration):.3f} s "
            f"and holds {held:.3f} s; later frames cannot be had."
        )
    if source.counts_frames:
        yield "The file stores no presentation times; frames are placed by counting them."


def _picture(info: VideoInfo) -> Iterator[str]:
    if info.rotation or info.mirrored:
        how = "mirrored" if info.mirrored else ""
        if info.rotation:
            how += f"{' and ' if how else ''}turned by {info.rotation}° clockwise"
        yield f"Pictures will be {how}, as the file asks."
    if info.crop != Crop():
        width = info.stored_width - info.crop.left - info.crop.right
        height = info.stored_height - info.crop.top - info.crop.bottom
        yield (
            f"The container crops the picture of {info.stored_width} × {info.stored_height} "
            f"to {width} × {height}."
        )
    if info.sar != 1:
        yield (
            f"Pixels are not square ({info.sar.numerator}:{info.sar.denominator}); "
            f"pictures will be stretched to {info.width} × {info.height}."
        )
    if info.is_hdr:
        yield "High dynamic range; pictures will be tone-mapped to sRGB."
    elif info.color.primaries in WIDE:
        yield "Wide colours; pictures will have those of sRGB."
    if info.is_interlaced:
        yield "Interlaced; pictures will be deinterlaced."
    if info.has_alpha:
        yield "The video has transparency; formats with alpha will keep it."


def _streams(source: Source) -> Iterator[str]:
    videos = source.container.streams.video
    others = len(videos) - 1
    if others:
        yield (
            f"Of {len(videos)} picture streams, number {source.stream.index} is taken; "
            "cover art never is."
        )
