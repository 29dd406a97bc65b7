"""Filter stages: the FFmpeg filters that make an upright picture of a frame, in order."""

from __future__ import annotations

import av

from ..demux import display
from ..info import Crop, VideoInfo
from .chroma import chroma_location, chroma_subsampling, full_chroma_format, padded_size
from .graph_key import Fields, GraphKey
from .tone_map import AFTER_SDR, Tones, tones

# The matrices of FFmpeg's scaler, by its own names. bt2020c is approximated by bt2020nc.
_MATRICES = {
    "bt709": "bt709",
    "fcc": "fcc",
    "bt470bg": "bt470",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}

# Rounded instead of truncated, and chroma interpolated for every pixel: exact to one level.
# (Truncated, it would be six times as fast at full size, and every channel one level too dark.)
_EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"

Stage = tuple[str, dict[str, str]]


def tones_for(info: VideoInfo, key: GraphKey) -> Tones | None:
    """The tone mapping for high dynamic range or wide gamut, `None` where there is none."""
    return tones(
        display.TRANSFERS.get(key.transfer) or info.color.transfer,
        display.PRIMARIES.get(key.primaries) or info.color.primaries,
    )


def stages_before_table(info: VideoInfo, key: GraphKey) -> list[Stage]:
    """From the decoded frame to planar RGB in the output size, not yet oriented.

    It has 16 bits a channel if there is tone mapping, else 8.
    """
    depth = "16le" if tones_for(info, key) else ""
    return [
        _input(key),
        *_deinterlaced(key),
        *_cropped(info, key),
        _scaled(info, key),
        ("format", {"pix_fmts": f"gbrap{depth}" if key.alpha else f"gbrp{depth}"}),
    ]


def stages_after_table(info: VideoInfo, key: GraphKey) -> list[Stage]:
    """To 8 bits a channel, and upright."""
    wanted = tones_for(info, key)
    is_wide = wanted is not None and wanted.transfer is None
    return [
        *([("lutrgb", dict.fromkeys("rgb", AFTER_SDR))] if is_wide else []),
        ("format", {"pix_fmts": "gbrap" if key.alpha else "gbrp"}),
        *_full_range_gray(info, key),
        *_oriented(info),
        ("buffersink", {}),
    ]


def _input(key: GraphKey) -> Stage:
    return "buffer", {
        "video_size": "{}x{}".format(*padded_size(key)),
        "pix_fmt": key.pixel_format,
        "time_base": "1/1000",  # no filter in the graph uses time
        "pixel_aspect": "1/1",  # the output size already includes the aspect ratio
        "colorspace": str(key.colorspace),
        "range": str(key.color_range),
    }


def _deinterlaced(key: GraphKey) -> list[Stage]:
    """Keep the first field and interpolate the lines of the other.

    Frames are fed in groups, and `select` passes only the output for the wanted one: see
    `filter_graph`. Measured on footage interlaced from progressive frames, bwdif came closest to
    the originals (50.5 dB; yadif 46.2, estdif 46.7), in half a millisecond for 1080p. Without
    neighbours it would leave combing. estdif does not: it uses a single field, at the cost of
    detail and of 65 ms.
    """
    if key.fields == Fields.AMONG:
        # Three frames a group, the wanted one in the middle. Each comes out when the next goes in,
        # so it is output number 1, 4, 7 …, and the filter need only work on the third of each
        # group; and on the second frame of all, as its first run sees a single frame only.
        third = {"mode": "send_frame", "deint": "all", "enable": "eq(n,1)+eq(mod(n,3),2)"}
        return [("bwdif", third), ("select", {"expr": "eq(mod(n,3),1)"})]
    if key.fields == Fields.ALONE:
        # The frame twice a group, because each comes out when the next goes in.
        options = {"mode": "frame", "deint": "all"}
        return [("estdif", options), ("select", {"expr": "eq(mod(n,2),0)"})]
    return []


def _cropped(info: VideoInfo, key: GraphKey) -> list[Stage]:
    crop = _crop(info, key)
    width, height = _cropped_size(info, key)
    options = {"w": width, "h": height, "x": crop.left, "y": crop.top, "exact": 1}
    cut: Stage = ("crop", {name: str(value) for name, value in options.items()})
    if _splits_chroma_samples(info, key):
        return [*_with_full_chroma(info, key), cut]
    return [cut] if crop != Crop() else []


def _crop(info: VideoInfo, key: GraphKey) -> Crop:
    """The crop; none where the size has changed within the stream."""
    same = (key.width, key.height) == (info.stored_width, info.stored_height)
    return info.crop if same else Crop()


def _cropped_size(info: VideoInfo, key: GraphKey) -> tuple[int, int]:
    crop = _crop(info, key)
    return key.width - crop.left - crop.right, key.height - crop.top - crop.bottom


def _splits_chroma_samples(info: VideoInfo, key: GraphKey) -> bool:
    """Whether an edge of the crop separates pixels that share a chroma sample."""
    crop, (width, height) = _crop(info, key), _cropped_size(info, key)
    across, down = chroma_subsampling(key)
    return any((crop.left % across, crop.top % down, width % across, height % down))


def _with_full_chroma(info: VideoInfo, key: GraphKey) -> list[Stage]:
    """Upsample chroma to one sample per pixel; luma values do not change."""
    span = "full" if _is_full_range(info, key) else "limited"
    return [
        (
            "scale",
            {
                "flags": f"bilinear+{_EXACT}",
                "in_range": span,
                "out_range": span,
                "in_chroma_loc": chroma_location(info),
            },
        ),
        ("format", {"pix_fmts": full_chroma_format(key.pixel_format)}),
    ]


def _scaled(info: VideoInfo, key: GraphKey) -> Stage:
    # Scaled before it is rotated: usually fewer pixels to rotate, and memory is read row by row.
    width, height = key.size if info.rotation % 180 == 0 else reversed(key.size)
    # At its own size only the chroma planes are scaled: bilinear, as in players, takes two thirds
    # of the time.
    kernel = "bilinear" if (width, height) == _cropped_size(info, key) else "bicubic"
    flags = f"{kernel}+{_EXACT}"
    options = {"w": str(width), "h": str(height), "flags": flags, "out_range": "full"}
    if not _is_rgb(key.pixel_format):
        options["in_color_matrix"] = _matrix(info, key)
        options["in_range"] = "full" if _is_full_range(info, key) else "limited"
        if chroma_subsampling(key) != (1, 1) and not _splits_chroma_samples(info, key):
            options["in_chroma_loc"] = chroma_location(info)
    return "scale", options


def _full_range_gray(info: VideoInfo, key: GraphKey) -> list[Stage]:
    """Gray of limited range to full: FFmpeg's scaler treats gray formats as full range always."""
    if not key.pixel_format.startswith(("gray", "ya")) or _is_full_range(info, key):
        return []
    return [("lutrgb", dict.fromkeys("rgb", "clip((val-16)*255/219+0.5,0,255)"))]


def _oriented(info: VideoInfo) -> list[Stage]:
    turned: dict[int, list[Stage]] = {
        0: [],
        90: [("transpose", {"dir": "clock"})],
        180: [("hflip", {}), ("vflip", {})],
        270: [("transpose", {"dir": "cclock"})],
    }
    mirror: list[Stage] = [("hflip", {})] if info.mirrored else []
    return mirror + turned[info.rotation]


def _matrix(info: VideoInfo, key: GraphKey) -> str:
    # The frame's own tag first: it may change within a stream.
    tagged = display.MATRICES.get(key.colorspace) or info.color.matrix or ""
    assumed = "bt709" if info.stored_height >= 720 else "smpte170m"
    return _MATRICES.get(tagged, assumed)


def _is_full_range(info: VideoInfo, key: GraphKey) -> bool:
    if key.pixel_format.startswith("yuvj"):
        return True
    tagged = display.RANGES.get(key.color_range) or info.color.range
    return tagged in ("pc", "jpeg", "full")


def _is_rgb(pixel_format: str) -> bool:
    described = av.VideoFormat(pixel_format)
    return described.is_rgb or described.has_palette
