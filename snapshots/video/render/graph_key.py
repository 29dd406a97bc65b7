"""The properties of a frame and its output that select a filter graph."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import av

from .geometry import Size


class Fields(StrEnum):
    """How an interlaced frame is deinterlaced."""

    NONE = "none"  # progressive
    AMONG = "among"  # with the previous and the next frame
    ALONE = "alone"  # from the frame itself


class GraphKey(NamedTuple):
    """The properties of frames and output that one filter graph serves.

    `colorspace`, `color_range`, `primaries` and `transfer` are the frame's own tags, in the
    numbers of ITU-T H.273; `size` is (width, height) as displayed.
    """

    width: int
    height: int
    pixel_format: str
    colorspace: int
    color_range: int
    primaries: int
    transfer: int
    size: Size
    alpha: bool
    fields: Fields = Fields.NONE


def graph_key(frame: av.VideoFrame, size: Size, *, alpha: bool) -> GraphKey:
    """The key of the frame, without deinterlacing."""
    return GraphKey(
        frame.width,
        frame.height,
        frame.format.name,
        int(frame.colorspace),
        int(frame.color_range),
        int(frame.color_primaries),
        int(frame.color_trc),
        size,
        alpha,
    )
