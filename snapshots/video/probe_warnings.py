"""In plain words: what is unusual about a video, and what will be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from ..messages import Message
from ..messages import message as _
from .demux.source import Source
from .info import Crop, VideoInfo
from .render.tone_map import WIDE


def notes(info: VideoInfo, source: Source) -> tuple[Message, ...]:
    """One sentence for each thing worth knowing; empty for an ordinary file."""
    return (*_time(info, source), *_picture(info), *_streams(source))


def _time(info: VideoInfo, source: Source) -> Iterator[Message]:
    extent = info.extent
    start = float(extent.start_pts * extent.time_base)
    if abs(start) >= 0.5:
        yield _(
            "The container's clock says %(start)s s at the first frame shown; times "
            "are counted from that frame.",
            start=f"{start:.3f}",
        )
    if info.is_vfr:
        yield _("The frame rate is variable; every frame is located by its own timestamp.")
    if extent.end_pts > extent.data_end_pts:
        held = float((extent.data_end_pts - extent.start_pts) * extent.time_base)
        yield _(
            "The file is truncated: it should be %(duration)s s long and contains "
            "%(held)s s; later frames are unavailable.",
            duration=f"{float(extent.duration):.3f}",
            held=f"{held:.3f}",
        )
    if source.counts_frames:
        yield _("The file has no presentation timestamps; frames are timed by counting them.")


def _picture(info: VideoInfo) -> Iterator[Message]:
    if info.rotation or info.mirrored:
        yield _("Pictures will be %(how)s, as the file specifies.", how=_orientation(info))
    if info.crop != Crop():
        width = info.stored_width - info.crop.left - info.crop.right
        height = info.stored_height - info.crop.top - info.crop.bottom
        yield _(
            "The container crops the picture of %(stored_width)s × %(stored_height)s "
            "to %(width)s × %(height)s.",
            stored_width=info.stored_width,
            stored_height=info.stored_height,
            width=width,
            height=height,
        )
    if info.sar != 1:
        yield _(
            "Pixels are not square (%(numerator)s:%(denominator)s); pictures will be "
            "stretched to %(width)s × %(height)s.",
            numerator=info.sar.numerator,
            denominator=info.sar.denominator,
            width=info.width,
            height=info.height,
        )
    if info.is_hdr:
        yield _("High dynamic range; pictures will be tone-mapped to sRGB.")
    elif info.color.primaries in WIDE:
        yield _("Wide colour gamut; pictures will be converted to sRGB.")
    if info.is_interlaced:
        yield _("Interlaced; pictures will be deinterlaced.")
    if info.has_alpha:
        yield _("The video has transparency; formats with alpha will keep it.")


def _orientation(info: VideoInfo) -> Message:
    if not info.rotation:
        return _("mirrored")
    if info.mirrored:
        return _("mirrored and rotated %(degrees)s° clockwise", degrees=info.rotation)
    return _("rotated %(degrees)s° clockwise", degrees=info.rotation)


def _streams(source: Source) -> Iterator[Message]:
    videos = source.container.streams.video
    others = len(videos) - 1
    if others:
        yield _(
            "Of %(count)s video streams, number %(index)s is used; cover art never is.",
            count=len(videos),
            index=source.stream.index,
        )
