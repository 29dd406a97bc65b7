"""From a decoded frame to an upright picture with square pixels and right colours, in one pass."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import av
import av.error
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext

from ...messages import message as _
from ..errors import VideoError
from ..info import VideoInfo
from .filter_stages import (
    Fields,
    Kind,
    Stage,
    after_tones,
    before_tones,
    kind_of,
    tones_of,
    whole_size,
)
from .geometry import Size
from .tone_map import Tones, table

# A graph keeps the memory of its last picture. A hundred points may ask for as many sizes, so
# those kept are bounded, in number and in pixels of output.
_MAX_GRAPHS = 16
_MAX_KEPT_PIXELS = 12_000_000

_SMALLEST_WOVEN = Size(3, 4)  # below which FFmpeg takes no fields apart
_ONE_TABLE = {"interp": "tetrahedral", "clut": "first"}


class FrameFilter:
    """Upright pictures out of the frames of one file; keeps a graph for each kind it was asked.

    Not for use by two threads at once.
    """

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._graphs: OrderedDict[Kind, _Line] = OrderedDict()
        self._tables: dict[Tones, av.VideoFrame] = {}

    def picture(
        self,
        frame: av.VideoFrame,
        size: Size,
        *,
        alpha: bool,
        before: av.VideoFrame | None = None,
        after: av.VideoFrame | None = None,
    ) -> av.VideoFrame:
        """The frame scaled to `size`, (width, height) as displayed, in full-range RGB.

        `before` and `after` are the frames shown next to it, where they are known: they help to
        take an interlaced frame apart, and mean nothing to others. Planar: `gbrp`, or `gbrap`
        with `alpha`. FFmpeg scales to that three to seven times as fast as to `rgb24`, at the
        same exactness: only there it has vector code. Raises `VideoError` frame_unavailable for
        a frame that cannot be converted, or out_of_memory.
        """
        kind, feed = _feed(frame, kind_of(frame, size, alpha=alpha), before, after)
        try:
            line = self._graphs.pop(kind, None) or self._build(kind)
            picture = line.picture(feed)
        except av.error.MemoryError as error:
            raise VideoError("out_of_memory", _("The picture needs too much memory.")) from error
        except av.error.FFmpegError as error:
            raise VideoError("frame_unavailable", _("The frame cannot be converted.")) from error
        self._keep(kind, line)
        return picture

    def _build(self, kind: Kind) -> _Line:
        wanted = tones_of(self._info, kind)
        if wanted and wanted not in self._tables:
            self._tables[wanted] = table(wanted)
        return _Line(
            before_tones(self._info, kind),
            self._tables[wanted] if wanted else None,
            after_tones(self._info, kind),
        )

    def _keep(self, kind: Kind, line: _Line) -> None:
        self._graphs[kind] = line
        while self._are_too_many():
            self._graphs.popitem(last=False)

    def _are_too_many(self) -> bool:
        pixels = sum(self._kept_pixels(kind) for kind in self._graphs)
        return len(self._graphs) > _MAX_GRAPHS or pixels > _MAX_KEPT_PIXELS

    def _kept_pixels(self, kind: Kind) -> int:
        deep = 3 if tones_of(self._info, kind) else 1  # kept at 16 bits, and once more
        return kind.size.width * kind.size.height * deep


def carries_alpha(frame: av.VideoFrame) -> bool:
    """Whether the frame can be transparent anywhere; a palette may hold transparent colours."""
    pixel_format = frame.format
    return pixel_format.has_palette or any(part.is_alpha for part in pixel_format.components)


def _feed(
    frame: av.VideoFrame,
    kind: Kind,
    before: av.VideoFrame | None,
    after: av.VideoFrame | None,
) -> tuple[Kind, Sequence[av.VideoFrame]]:
    """How the frame is taken apart, if it must be, and the round of frames that this takes.

    With one neighbour missing the frame stands in for it.
    """
    large = kind.width >= _SMALLEST_WOVEN.width and kind.height >= _SMALLEST_WOVEN.height
    if not frame.interlaced_frame or not large:
        return kind, (frame,)
    near = [_alike(other, frame) for other in (before, after)]
    if near == [None, None]:
        return kind._replace(fields=Fields.ALONE), (frame, frame)
    return kind._replace(fields=Fields.AMONG), (near[0] or frame, frame, near[1] or frame)


def _alike(other: av.VideoFrame | None, frame: av.VideoFrame) -> av.VideoFrame | None:
    """The other frame if it is of the same make."""
    size = Size(frame.width, frame.height)
    if other and kind_of(other, size, alpha=False) == kind_of(frame, size, alpha=False):
        return other
    return None


def _whole(frame: av.VideoFrame) -> av.VideoFrame:
    """The frame itself; of an odd size with shared colours a copy with a line or column more.

    What is in these does not matter: they are cut off again.
    """
    size = whole_size(kind_of(frame, Size(0, 0), alpha=False))
    if size == (frame.width, frame.height):
        return frame
    whole = av.VideoFrame(*size, frame.format.name)
    for source, target in zip(frame.planes, whole.planes, strict=True):
        rows = np.zeros((target.height, target.line_size), np.uint8)
        stored = np.frombuffer(cast(bytes, source), np.uint8).reshape(source.height, -1)
        length = min(source.line_size, target.line_size)
        rows[: source.height, :length] = stored[:, :length]
        target.update(rows.tobytes())
    whole.colorspace, whole.color_range = frame.colorspace, frame.color_range
    return whole


class _Line:
    """A chain of filters, with a table of colours in its midst where there is one.

    A round of frames goes in and one picture comes out, which depends on that round alone. Not
    to be used again after an error: part of a round may be left in it.
    """

    def __init__(
        self, first: list[Stage], colours: av.VideoFrame | None, then: list[Stage]
    ) -> None:
        self._graph = Graph()
        self._graph.threads = 1  # the decoders next to it have the cores
        self._input, last = self._chain(first)
        if colours:
            # The table comes in at time 0, once and for all; frames may come at any time.
            _, last = self._chain([("setpts", {"expr": "N"}), ("haldclut", _ONE_TABLE)], last)
            source, _ = self._chain([_table_input(colours)])
            source.link_to(last, 0, 1)
        _, self._output = self._chain(then, last)
        self._graph.configure()
        if colours:
            source.push(colours)
            source.push(None)

    def picture(self, frames: Sequence[av.VideoFrame]) -> av.VideoFrame:
        for frame in frames:
            self._input.push(_whole(frame))
        return cast(av.VideoFrame, self._output.pull())

    def _chain(
        self, stages: list[Stage], after: FilterContext | None = None
    ) -> tuple[FilterContext, FilterContext]:
        """Add these filters, linked one after the other; the first and the last of them."""
        made = [self._graph.add(name, **options) for name, options in stages]
        for one, other in pairwise([after, *made] if after else made):
            one.link_to(other)
        return made[0], made[-1]


def _table_input(colours: av.VideoFrame) -> Stage:
    return "buffer", {
        "video_size": f"{colours.width}x{colours.height}",
        "pix_fmt": colours.format.name,
        "time_base": "1/1000",
        "pixel_aspect": "1/1",
    }
