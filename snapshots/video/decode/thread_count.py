"""How many decoders run at once, within the memory of a child."""

from __future__ import annotations

from av.video.format import VideoFormat

from ..demux.source import Source
from ..info import VideoInfo

# One picture of each decoder, added up. A decoder holds about ten, and a child has 512 MiB: with
# two decoders for 4K a hundred dense points took 481 MiB, with one and its own threads 345.
_PICTURES_BYTES = 24_000_000


def max_threads(source: Source, info: VideoInfo) -> int:
    """One per core; fewer where their pictures would take too much memory."""
    if not source.can_decode_in_parallel:
        return 1
    return max(1, min(source.bounds.cores, _PICTURES_BYTES // _picture_bytes(info)))


def _picture_bytes(info: VideoInfo) -> int:
    """Size of a decoded picture in memory."""
    pixel_format = VideoFormat(info.pixel_format, info.stored_width, info.stored_height)
    samples = sum(part.width * part.height for part in pixel_format.components)
    return max(1, samples * (2 if pixel_format.components[0].bits > 8 else 1))
