"""What is done to a frame on its way to an upright picture: FFmpeg's filters, in order."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import av

from ..demux import display
from ..info import Crop, VideoInfo
from .geometry import Size
from .tone_map import AFTER_SDR, Tones, tones

# The matrices that FFmpeg's scaler can apply, as it calls them. bt2020c is taken for bt2020nc,
# its nearest neighbour.
_MATRICES = {
    "bt709": "bt709",
    "fcc": "fcc",
    "bt470bg": "bt470",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}

# Rounded instead of cut off, and colour computed for every pixel: within one level of the truth.
# (Cut off it would be six times as fast at full size, and every channel a level too dark.)
_EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"

# Codecs that put a sample of colour in the middle of its pixels. The others put it on the left
# ones, and FFmpeg's scaler does not know unless it is told: colours would move half a pixel.
_COLOUR_IN_THE_MIDDLE = frozenset({"mjpeg", "mpeg1video", "h263", "flv1", "theora"})

Stage = tuple[str, dict[str, str]]


class Fields(StrEnum):
    """How the two fields of an interlaced frame are taken apart."""

    NONE = "none"  # a whole picture
    AMONG = "among"  # with the help of the frames before and after
    ALONE = "alone"  # from the frame itself


class Kind(NamedTuple):
    """Frames that one graph can serve: what they are, and what is wanted of them.

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


def kind_of(frame: av.VideoFrame, size: Size, *, alpha: bool) -> Kind:
    """The kind of the frame, its fields not looked at."""
    return Kind(
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


def whole_size(kind: Kind) -> tuple[int, int]:
    """Width and height of the frame with all pixels that share its samples of colour.

    An odd frame has a column or line less, and the scaler would spread its colours as if each
    of them belonged to fewer pixels. So it must be given the whole.
    """
    across, down = _pixels_a_colour(kind)
    return -(-kind.width // across) * across, -(-kind.height // down) * down


def tones_of(info: VideoInfo, kind: Kind) -> Tones | None:
    """What has to be done about high dynamic range and wide colours, if anything."""
    return tones(
        display.TRANSFERS.get(kind.transfer) or info.color.transfer,
        display.PRIMARIES.get(kind.primaries) or info.color.primaries,
    )


def before_tones(info: VideoInfo, kind: Kind) -> list[Stage]:
    """From the decoded frame to planar RGB in the wanted size, still lying as it is stored.

    It has 16 bits a channel where `tones_of` asks for more, else 8.
    """
    depth = "16le" if tones_of(info, kind) else ""
    return [
        _input(kind),
        *_deinterlaced(kind),
        *_cropped(info, kind),
        _scaled(info, kind),
        ("format", {"pix_fmts": f"gbrap{depth}" if kind.alpha else f"gbrp{depth}"}),
    ]


def after_tones(info: VideoInfo, kind: Kind) -> list[Stage]:
    """To 8 bits a channel, and upright."""
    wanted = tones_of(info, kind)
    is_wide = wanted is not None and wanted.transfer is None
    return [
        *([("lutrgb", dict.fromkeys("rgb", AFTER_SDR))] if is_wide else []),
        ("format", {"pix_fmts": "gbrap" if kind.alpha else "gbrp"}),
        *_widened(info, kind),
        *_turned(info),
        ("buffersink", {}),
    ]


def _input(kind: Kind) -> Stage:
    return "buffer", {
        "video_size": "{}x{}".format(*whole_size(kind)),
        "pix_fmt": kind.pixel_format,
        "time_base": "1/1000",  # nothing in the graph looks at time
        "pixel_aspect": "1/1",  # the wanted size has the aspect in it already
        "colorspace": str(kind.colorspace),
        "range": str(kind.color_range),
    }


def _deinterlaced(kind: Kind) -> list[Stage]:
    """Take the first field, and fill in the lines of the other.

    Frames are fed in rounds, and only what comes out for the wanted one passes `select`: see
    `filters`. Measured on footage woven from progressive frames, bwdif came closest to them
    (50.5 dB; yadif 46.2, estdif 46.7), in half a millisecond for 1080p. Without its neighbours
    it would let combs stand. estdif never does: it looks at one field only, and pays for that
    with detail, and with 65 ms.
    """
    if kind.fields == Fields.AMONG:
        # Three a round, the wanted one in the middle. Each comes out when the next goes in, so
        # it is number 1, 4, 7 … of those, and only for the third to go in need there be any
        # work; but for the second of all too, as the first work done sees one frame only.
        third = {"mode": "send_frame", "deint": "all", "enable": "eq(n,1)+eq(mod(n,3),2)"}
        return [("bwdif", third), ("select", {"expr": "eq(mod(n,3),1)"})]
    if kind.fields == Fields.ALONE:
        # The wanted one twice a round, because each comes out when the next goes in.
        options = {"mode": "frame", "deint": "all"}
        return [("estdif", options), ("select", {"expr": "eq(mod(n,2),0)"})]
    return []


def _cropped(info: VideoInfo, kind: Kind) -> list[Stage]:
    crop = _crop(info, kind)
    width, height = _cropped_size(info, kind)
    options = {"w": width, "h": height, "x": crop.left, "y": crop.top, "exact": 1}
    cut: Stage = ("crop", {name: str(value) for name, value in options.items()})
    if _goes_through_colours(info, kind):
        return [*_at_full_colour(info, kind), cut]
    return [cut] if crop != Crop() else []


def _crop(info: VideoInfo, kind: Kind) -> Crop:
    """What to cut off; nothing where the size has changed within the stream."""
    same = (kind.width, kind.height) == (info.stored_width, info.stored_height)
    return info.crop if same else Crop()


def _cropped_size(info: VideoInfo, kind: Kind) -> tuple[int, int]:
    crop = _crop(info, kind)
    return kind.width - crop.left - crop.right, kind.height - crop.top - crop.bottom


def _goes_through_colours(info: VideoInfo, kind: Kind) -> bool:
    """Whether an edge of the picture parts pixels that share one sample of colour."""
    crop, (width, height) = _crop(info, kind), _cropped_size(info, kind)
    across, down = _pixels_a_colour(kind)
    return any((crop.left % across, crop.top % down, width % across, height % down))


def _pixels_a_colour(kind: Kind) -> tuple[int, int]:
    """How many pixels share a sample of colour, across and down."""
    described = av.VideoFormat(kind.pixel_format)
    return 16 // described.chroma_width(16), 16 // described.chroma_height(16)


def _at_full_colour(info: VideoInfo, kind: Kind) -> list[Stage]:
    """Give every pixel a colour of its own first; values of luma stay as they are."""
    span = "full" if _is_full_range(info, kind) else "limited"
    return [
        (
            "scale",
            {
                "flags": f"bilinear+{_EXACT}",
                "in_range": span,
                "out_range": span,
                "in_chroma_loc": _colour_place(info),
            },
        ),
        ("format", {"pix_fmts": _full_colour_format(kind.pixel_format)}),
    ]


def _full_colour_format(pixel_format: str) -> str:
    described = av.VideoFormat(pixel_format)
    depth = max(part.bits for part in described.components)
    alpha = any(part.is_alpha for part in described.components)
    return ("yuva444p" if alpha else "yuv444p") + (f"{depth}le" if depth > 8 else "")


def _scaled(info: VideoInfo, kind: Kind) -> Stage:
    # Scaled before it is turned: fewer pixels to turn, and the rows still lie as they are stored.
    width, height = kind.size if info.rotation % 180 == 0 else reversed(kind.size)
    # At its own size only the colour planes are enlarged: as players do it, in two thirds of the
    # time.
    kernel = "bilinear" if (width, height) == _cropped_size(info, kind) else "bicubic"
    flags = f"{kernel}+{_EXACT}"
    options = {"w": str(width), "h": str(height), "flags": flags, "out_range": "full"}
    if not _is_rgb(kind.pixel_format):
        options["in_color_matrix"] = _matrix(info, kind)
        options["in_range"] = "full" if _is_full_range(info, kind) else "limited"
        if _pixels_a_colour(kind) != (1, 1) and not _goes_through_colours(info, kind):
            options["in_chroma_loc"] = _colour_place(info)
    return "scale", options


def _colour_place(info: VideoInfo) -> str:
    return "center" if info.codec in _COLOUR_IN_THE_MIDDLE else "left"


def _widened(info: VideoInfo, kind: Kind) -> list[Stage]:
    """Black and white of limited range to full: FFmpeg's scaler takes grey for full whatever."""
    if not kind.pixel_format.startswith(("gray", "ya")) or _is_full_range(info, kind):
        return []
    return [("lutrgb", dict.fromkeys("rgb", "clip((val-16)*255/219+0.5,0,255)"))]


def _turned(info: VideoInfo) -> list[Stage]:
    turned: dict[int, list[Stage]] = {
        0: [],
        90: [("transpose", {"dir": "clock"})],
        180: [("hflip", {}), ("vflip", {})],
        270: [("transpose", {"dir": "cclock"})],
    }
    mirror: list[Stage] = [("hflip", {})] if info.mirrored else []
    return mirror + turned[info.rotation]


def _matrix(info: VideoInfo, kind: Kind) -> str:
    # The frame's own tag first: parts of a stream may differ from its first frame.
    tagged = display.MATRICES.get(kind.colorspace) or info.color.matrix or ""
    assumed = "bt709" if info.stored_height >= 720 else "smpte170m"
    return _MATRICES.get(tagged, assumed)


def _is_full_range(info: VideoInfo, kind: Kind) -> bool:
    if kind.pixel_format.startswith("yuvj"):
        return True
    tagged = display.RANGES.get(kind.color_range) or info.color.range
    return tagged in ("pc", "jpeg", "full")


def _is_rgb(pixel_format: str) -> bool:
    described = av.VideoFormat(pixel_format)
    return described.is_rgb or described.has_palette
