"""From a decoded frame to an upright picture with square pixels and right colours, in one pass."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import av
import av.error
from av.filter import Graph

from .errors import VideoError
from .geometry import Size
from .info import VideoInfo

# FFmpeg's names and numbers of the matrices (AVColorSpace) that its scaler can apply, as the
# scaler calls them. bt2020c is taken for bt2020nc, its nearest neighbour.
_MATRICES = {
    "bt709": "bt709",
    "fcc": "fcc",
    "bt470bg": "bt470",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}
_NUMBERED = {
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020nc",
    10: "bt2020c",
}
_FULL_RANGE_NAMES = frozenset({"pc", "jpeg", "full"})
_FULL_RANGE_NUMBER = 2  # AVCOL_RANGE_JPEG

# Rounded instead of cut off, and colour computed for every pixel: within one level of the truth.
# (Cut off it would be six times as fast at full size, and every channel a level too dark.)
_EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"

# A graph keeps the memory of its last picture. A hundred points may ask for as many sizes, so
# those kept are bounded, in number and in pixels of output.
_MAX_GRAPHS = 16
_MAX_KEPT_PIXELS = 12_000_000

Stage = tuple[str, dict[str, str]]


class _Key(NamedTuple):
    width: int
    height: int
    pixel_format: str
    colorspace: int
    color_range: int
    size: Size
    alpha: bool


class FrameFilter:
    """Upright pictures out of the frames of one file; keeps a graph for each kind it was asked.

    Not for use by two threads at once.
    """

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._graphs: OrderedDict[_Key, Graph] = OrderedDict()

    def picture(self, frame: av.VideoFrame, size: Size, *, alpha: bool) -> av.VideoFrame:
        """The frame scaled to `size`, (width, height) as displayed, in full-range RGB.

        Planar: `gbrp`, or `gbrap` with `alpha`. FFmpeg scales to that three to seven times as
        fast as to `rgb24`, at the same exactness: only there it has vector code. Raises
        `VideoError` frame_unavailable for a frame that cannot be converted, or out_of_memory.
        """
        try:
            graph = self._graph(_key(frame, size, alpha))
            graph.vpush(frame)
            return graph.vpull()
        except av.error.MemoryError as error:
            raise VideoError("out_of_memory", "The picture needs too much memory.") from error
        except av.error.FFmpegError as error:
            raise VideoError("frame_unavailable", "The frame cannot be converted.") from error

    def _graph(self, key: _Key) -> Graph:
        graph = self._graphs.pop(key, None) or _build(_stages(self._info, key))
        self._graphs[key] = graph
        while self._are_too_many():
            self._graphs.popitem(last=False)
        return graph

    def _are_too_many(self) -> bool:
        pixels = sum(key.size.width * key.size.height for key in self._graphs)
        return len(self._graphs) > _MAX_GRAPHS or pixels > _MAX_KEPT_PIXELS


def carries_alpha(frame: av.VideoFrame) -> bool:
    """Whether the frame can be transparent anywhere; a palette may hold transparent colours."""
    pixel_format = frame.format
    return pixel_format.has_palette or any(part.is_alpha for part in pixel_format.components)


def _key(frame: av.VideoFrame, size: Size, alpha: bool) -> _Key:
    return _Key(
        frame.width,
        frame.height,
        frame.format.name,
        int(frame.colorspace),
        int(frame.color_range),
        size,
        alpha,
    )


def _stages(info: VideoInfo, key: _Key) -> list[Stage]:
    """What is done to a frame, in order; each stage is a filter's name and arguments."""
    return [
        _input(key),
        _scale(info, key),
        ("format", {"pix_fmts": "gbrap" if key.alpha else "gbrp"}),
        *_turns(info),
        ("buffersink", {}),
    ]


def _input(key: _Key) -> Stage:
    return "buffer", {
        "video_size": f"{key.width}x{key.height}",
        "pix_fmt": key.pixel_format,
        "time_base": "1/1000",  # nothing in the graph looks at time
        "pixel_aspect": "1/1",  # the wanted size has the aspect in it already
        "colorspace": str(key.colorspace),
        "range": str(key.color_range),
    }


def _scale(info: VideoInfo, key: _Key) -> Stage:
    # Scaled before it is turned: fewer pixels to turn, and the rows still lie as they are stored.
    width, height = key.size if info.rotation % 180 == 0 else reversed(key.size)
    # At its own size only the colour planes are enlarged: as players do it, in two thirds of the
    # time.
    kernel = "bilinear" if (width, height) == (key.width, key.height) else "bicubic"
    flags = f"{kernel}+{_EXACT}"
    options = {"w": str(width), "h": str(height), "flags": flags, "out_range": "full"}
    if not _is_rgb(key.pixel_format):
        options["in_color_matrix"] = _matrix(info, key)
        options["in_range"] = "full" if _is_full_range(info, key) else "limited"
    return "scale", options


def _turns(info: VideoInfo) -> list[Stage]:
    turned: dict[int, list[Stage]] = {
        0: [],
        90: [("transpose", {"dir": "clock"})],
        180: [("hflip", {}), ("vflip", {})],
        270: [("transpose", {"dir": "cclock"})],
    }
    mirror: list[Stage] = [("hflip", {})] if info.mirrored else []
    return mirror + turned[info.rotation]


def _matrix(info: VideoInfo, key: _Key) -> str:
    # The frame's own tag first: parts of a stream may differ from its first frame.
    tagged = _NUMBERED.get(key.colorspace) or info.color.matrix or ""
    assumed = "bt709" if info.stored_height >= 720 else "smpte170m"
    return _MATRICES.get(tagged, assumed)


def _is_full_range(info: VideoInfo, key: _Key) -> bool:
    if key.pixel_format.startswith("yuvj"):
        return True
    if key.color_range:
        return key.color_range == _FULL_RANGE_NUMBER
    return info.color.range in _FULL_RANGE_NAMES


def _is_rgb(pixel_format: str) -> bool:
    described = av.VideoFormat(pixel_format)
    return described.is_rgb or described.has_palette


def _build(stages: list[Stage]) -> Graph:
    graph = Graph()
    graph.threads = 1  # the decoders next to it have the cores
    contexts = [graph.add(name, **options) for name, options in stages]
    graph.link_nodes(*contexts).configure()
    return graph
