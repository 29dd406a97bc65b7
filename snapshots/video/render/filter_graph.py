"""Filter graphs: a decoded frame to an upright RGB picture with square pixels, in one pass."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import av
import av.error
from av.filter import Graph
from av.filter.context import FilterContext

from ...messages import message as _
from ..errors import VideoError
from ..info import VideoInfo
from .chroma import padded
from .filter_stages import Stage, stages_after_table, stages_before_table, tones_for
from .geometry import Size
from .graph_key import Fields, GraphKey, graph_key
from .tone_map import Tones, table

# A graph holds on to the memory of its last picture. A hundred points may need as many sizes, so
# the cache is bounded, by number and by pixels of output.
_MAX_GRAPHS = 16
_MAX_CACHED_PIXELS = 12_000_000

_MIN_INTERLACED = Size(3, 4)  # FFmpeg's deinterlacers need at least this size
_ONE_TABLE = {"interp": "tetrahedral", "clut": "first"}


class FrameFilter:
    """Converts the frames of one file to upright pictures, with a cache of filter graphs.

    Not for use by two threads at once.
    """

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._graphs: OrderedDict[GraphKey, _FrameGraph] = OrderedDict()
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

        `before` and `after` are its neighbours in display order, if known: they are used to
        deinterlace, and ignored for progressive frames. The result is planar: `gbrp`, or `gbrap`
        with `alpha`. FFmpeg scales to these three to seven times as fast as to `rgb24`, with the
        same accuracy: only they have vector code. Raises `VideoError` frame_unavailable for
        a frame that cannot be converted, or out_of_memory.
        """
        key, feed = _feed(frame, graph_key(frame, size, alpha=alpha), before, after)
        try:
            graph = self._graphs.pop(key, None) or self._build(key)
            picture = graph.picture(feed)
        except av.error.MemoryError as error:
            raise VideoError("out_of_memory", _("The picture needs too much memory.")) from error
        except av.error.FFmpegError as error:
            raise VideoError("frame_unavailable", _("The frame cannot be converted.")) from error
        self._cache(key, graph)
        return picture

    def _build(self, key: GraphKey) -> _FrameGraph:
        table_key = tones_for(self._info, key)
        if table_key and table_key not in self._tables:
            self._tables[table_key] = table(table_key)
        return _FrameGraph(
            stages_before_table(self._info, key),
            self._tables[table_key] if table_key else None,
            stages_after_table(self._info, key),
        )

    def _cache(self, key: GraphKey, graph: _FrameGraph) -> None:
        self._graphs[key] = graph
        while self._is_full():
            self._graphs.popitem(last=False)

    def _is_full(self) -> bool:
        pixels = sum(self._cached_pixels(key) for key in self._graphs)
        return len(self._graphs) > _MAX_GRAPHS or pixels > _MAX_CACHED_PIXELS

    def _cached_pixels(self, key: GraphKey) -> int:
        deep = 3 if tones_for(self._info, key) else 1  # 16 bits a channel, and one more copy
        return key.size.width * key.size.height * deep


def carries_alpha(frame: av.VideoFrame) -> bool:
    """Whether the frame may have transparent pixels; a palette may hold transparent colours."""
    pixel_format = frame.format
    return pixel_format.has_palette or any(part.is_alpha for part in pixel_format.components)


def _feed(
    frame: av.VideoFrame,
    key: GraphKey,
    before: av.VideoFrame | None,
    after: av.VideoFrame | None,
) -> tuple[GraphKey, Sequence[av.VideoFrame]]:
    """The key with its way of deinterlacing, and the group of frames to feed for one picture.

    The frame itself replaces a missing neighbour.
    """
    large = key.width >= _MIN_INTERLACED.width and key.height >= _MIN_INTERLACED.height
    if not frame.interlaced_frame or not large:
        return key, (frame,)
    near = [_if_alike(other, frame) for other in (before, after)]
    if near == [None, None]:
        return key._replace(fields=Fields.ALONE), (frame, frame)
    return key._replace(fields=Fields.AMONG), (near[0] or frame, frame, near[1] or frame)


def _if_alike(other: av.VideoFrame | None, frame: av.VideoFrame) -> av.VideoFrame | None:
    """The other frame if it has the same size, format and tags."""
    size = Size(frame.width, frame.height)
    if other and graph_key(other, size, alpha=False) == graph_key(frame, size, alpha=False):
        return other
    return None


class _FrameGraph:
    """A configured FFmpeg filter graph, with a colour lookup table in the middle if needed.

    A group of frames goes in and one picture comes out, which depends on that group alone. Not
    to be used again after an error: part of a group may be left in it.
    """

    def __init__(
        self, before: list[Stage], colours: av.VideoFrame | None, after: list[Stage]
    ) -> None:
        self._graph = Graph()
        self._graph.threads = 1  # the decoders use the other cores
        self._input, last = self._chain(before)
        if colours:
            # The table is fed once, at time 0; frames may have any time.
            _, last = self._chain([("setpts", {"expr": "N"}), ("haldclut", _ONE_TABLE)], last)
            source, _ = self._chain([_table_input(colours)])
            source.link_to(last, 0, 1)
        _, self._output = self._chain(after, last)
        self._graph.configure()
        if colours:
            source.push(colours)
            source.push(None)

    def picture(self, frames: Sequence[av.VideoFrame]) -> av.VideoFrame:
        for frame in frames:
            self._input.push(padded(frame))
        return cast(av.VideoFrame, self._output.pull())

    def _chain(
        self, stages: list[Stage], after: FilterContext | None = None
    ) -> tuple[FilterContext, FilterContext]:
        """Add these filters, linked in order; returns the first and the last of them."""
        filters = [self._graph.add(name, **options) for name, options in stages]
        for one, other in pairwise([after, *filters] if after else filters):
            one.link_to(other)
        return filters[0], filters[-1]


def _table_input(colours: av.VideoFrame) -> Stage:
    return "buffer", {
        "video_size": f"{colours.width}x{colours.height}",
        "pix_fmt": colours.format.name,
        "time_base": "1/1000",
        "pixel_aspect": "1/1",
    }
