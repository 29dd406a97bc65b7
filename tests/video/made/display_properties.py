"""Videos whose pictures are not shown as they are stored.

Turned, stretched, cropped, see-through, of odd sizes, in HDR and in every matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import cropped, foreign, numbered
from .appearance import MATRICES, Appearance, Matrix

_FEW = {"frames": 20, "gop": 8}
_ALPHA = {"pix_fmt": "yuva420p", "alpha": True, "options": {"auto-alt-ref": "0"}}
_CIF: dict[str, Any] = {"size": (176, 144), "options": {"b": "1M"}}
_WIDE, _PAL = Fraction(4, 3), Fraction(64, 45)
_FRAMED = (184, 112)
_APERTURE = (160, 1, 96, 1, -12, 1, -8, 1)  # of the framed: the upper left part, as it was drawn


def _matrix(matrix: Matrix) -> Callable[[Path], object]:
    a, b, c, d = (value << 16 for value in matrix)
    return lambda path: numbered.set_matrix(path, (a, b, 0, c, d, 0, 0, 0, 1 << 30))


def _colours(primaries: str, transfer: str, matrix: str) -> str:
    return f"colorprim={primaries}:transfer={transfer}:colormatrix={matrix}"


def _h264(*names: str) -> dict[str, Any]:
    return {**_FEW, "options": {"x264-params": _colours(*names)}}


def _hdr(transfer: str) -> dict[str, Any]:
    colours = _colours("bt2020", transfer, "bt2020nc")
    params = f"log-level=none:pools=none:bframes=3:keyint=8:{colours}"
    options = {"x265-params": params}
    return {"codec": "libx265", **_FEW, "pix_fmt": "yuv420p10le", "options": options}


def _in_matroska(path: Path) -> None:
    plain = numbered.make(path.with_name("to-crop.mp4"), **_FEW, size=_FRAMED)
    cropped.to_matroska(cropped.set_aperture(plain, _APERTURE), path)


# name -> how it is made, and how it is to look
VIDEOS: dict[str, tuple[dict[str, Any], Appearance]] = {
    "odd.mp4": ({"codec": "mpeg4", **_FEW, "size": (161, 97)}, Appearance((161, 97))),
    "odd-hevc.mkv": ({"codec": "libx265", **_FEW, "size": (162, 98)}, Appearance((162, 98))),
    "odd.webm": ({"codec": "libvpx-vp9", **_FEW, "size": (161, 97)}, Appearance((161, 97))),
    "odd-vp8.webm": ({"codec": "libvpx", **_FEW, "size": (161, 97)}, Appearance((161, 97))),
    "odd-av1.mkv": ({"codec": "libsvtav1", **_FEW, "size": (162, 98)}, Appearance((162, 98))),
    "odd-mpeg2.ts": ({"codec": "mpeg2video", **_FEW, "size": (161, 97)}, Appearance((161, 97))),
    "odd-444.mkv": ({**_FEW, "size": (161, 97), "pix_fmt": "yuv444p"}, Appearance((161, 97))),
    "odd-ffv1.mkv": ({"codec": "ffv1", **_FEW, "size": (161, 97)}, Appearance((161, 97))),
    "sar-wide.mp4": ({**_FEW, "sar": _WIDE}, Appearance(sar=_WIDE)),
    "sar-wide.mkv": ({**_FEW, "sar": _WIDE}, Appearance(sar=_WIDE)),
    "sar-wide.ts": ({**_FEW, "sar": _WIDE}, Appearance(sar=_WIDE)),
    "sar-pal.mp4": ({**_FEW, "sar": _PAL}, Appearance(sar=_PAL)),
    "sar-pal.ts": ({"codec": "libx265", **_FEW, "sar": _PAL}, Appearance(sar=_PAL)),
    "sar-pal.webm": (
        {"by": foreign, "codec": "libvpx-vp9", **_FEW, "settings": "-vf setsar=64/45"},
        Appearance(sar=_PAL),
    ),
    "dv.avi": (
        {"codec": "dvvideo", "frames": 3, "rate": 25, "size": (720, 576)},
        Appearance((720, 576), (640, 384), sar=Fraction(16, 15)),
    ),
    "h263.3gp": ({"codec": "h263", **_FEW, **_CIF}, Appearance(_CIF["size"], sar=Fraction(12, 11))),
    "h263.mov": ({"codec": "h263", **_FEW, **_CIF}, Appearance(_CIF["size"], sar=Fraction(12, 11))),
    "sar-pal.avi": ({"codec": "mpeg4", **_FEW, "sar": _PAL}, Appearance(sar=_PAL)),
    "sar-narrow.mkv": ({**_FEW, "sar": Fraction(1, 2)}, Appearance(sar=Fraction(1, 2))),
    "full-range.mp4": ({**_FEW, "pix_fmt": "yuvj420p"}, Appearance()),
    "full-range-hevc.mkv": ({"codec": "libx265", **_FEW, "pix_fmt": "yuvj420p"}, Appearance()),
    "bt601.mp4": (_h264("smpte170m", "smpte170m", "smpte170m"), Appearance()),
    "bt470bg.ts": (_h264("bt470bg", "bt470bg", "bt470bg"), Appearance()),
    "bt709.mkv": (_h264("bt709", "bt709", "bt709"), Appearance()),
    "bt2020.mp4": (_h264("bt2020", "bt2020-10", "bt2020nc"), Appearance()),
    "pq.mp4": (_hdr("smpte2084"), Appearance()),
    "pq.mkv": (_hdr("smpte2084"), Appearance()),
    "hlg.mp4": (_hdr("arib-std-b67"), Appearance()),
    "hlg.ts": (_hdr("arib-std-b67"), Appearance()),
    "alpha-vp8.webm": ({"codec": "libvpx", **_FEW, **_ALPHA}, Appearance(has_alpha=True)),
    "alpha-vp9.webm": ({"codec": "libvpx-vp9", **_FEW, **_ALPHA}, Appearance(has_alpha=True)),
    "alpha-vp9.mkv": ({"codec": "libvpx-vp9", **_FEW, **_ALPHA}, Appearance(has_alpha=True)),
    "alpha-prores.mov": (
        {"codec": "prores_ks", "frames": 8, "pix_fmt": "yuva444p10le"},
        Appearance(has_alpha=True),
    ),
    "alpha-qtrle.mov": (
        {"codec": "qtrle", "frames": 20, "gop": 8, "pix_fmt": "argb"},
        Appearance(has_alpha=True),
    ),
    "alpha-png.mov": ({"codec": "png", "frames": 8, "pix_fmt": "rgba"}, Appearance(has_alpha=True)),
    "alpha-ffv1.mkv": (
        {"codec": "ffv1", "frames": 8, "pix_fmt": "yuva420p"},
        Appearance(has_alpha=True),
    ),
}
# name -> base video, what is then done to it, and how it is to look
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object], Appearance]] = {
    f"turned-{name}.mp4": ({**_FEW}, _matrix(matrix), Appearance(matrix=matrix))
    for name, matrix in MATRICES.items()
}
CHANGED |= {
    "turned-odd.mp4": (
        {"codec": "mpeg4", **_FEW, "size": (161, 97)},
        _matrix(MATRICES["90"]),
        Appearance((161, 97), matrix=MATRICES["90"]),
    ),
    "turned-wide.mov": (
        {**_FEW, "sar": _WIDE},
        _matrix(MATRICES["270"]),
        Appearance(sar=_WIDE, matrix=MATRICES["270"]),
    ),
    "turned-hevc.mp4": (
        {"codec": "libx265", **_FEW, "sar": _PAL},
        _matrix(MATRICES["90-mirrored"]),
        Appearance(sar=_PAL, matrix=MATRICES["90-mirrored"]),
    ),
    "cropped.mp4": (
        {**_FEW, "size": _FRAMED},
        lambda path: cropped.set_aperture(path, _APERTURE),
        Appearance(_FRAMED, cropped=numbered.SIZE),
    ),
    "cropped.mkv": ({**_FEW}, _in_matroska, Appearance(_FRAMED, cropped=numbered.SIZE)),
    "turned-alpha.mov": (
        {"codec": "png", "frames": 8, "pix_fmt": "rgba"},
        _matrix(MATRICES["90"]),
        Appearance(matrix=MATRICES["90"], has_alpha=True),
    ),
}
DECODERS = {
    "alpha-vp8.webm": "libvpx",
    "alpha-vp9.webm": "libvpx-vp9",
    "alpha-vp9.mkv": "libvpx-vp9",
}
