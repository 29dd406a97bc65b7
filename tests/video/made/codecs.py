"""Videos of every codec, with the settings that change what refers to what, or how it is stored."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import foreign, numbered


def _x264(params: str, **recipe: Any) -> dict[str, Any]:
    return {"frames": 90, "gop": 30, "options": {"x264-params": params}, **recipe}


def _x265(params: str, *, frames: int = 80, gop: int = 25, **recipe: Any) -> dict[str, Any]:
    every = f"log-level=none:pools=none:keyint={gop}:min-keyint={gop}:scenecut=0"
    options = {"preset": "ultrafast", "x265-params": f"{every}:{params}"}
    return {"codec": "libx265", "frames": frames, "gop": gop, "options": options, **recipe}


def _plain(codec: str, **recipe: Any) -> dict[str, Any]:
    return {"codec": codec, "frames": 50, **recipe}


_FIELDS = {"flags": "+ildct+ilme"}
_UNEVEN_MS = [position * 33 + position % 3 * 7 for position in range(60)]
_ALTREF = {"deadline": "good", "cpu-used": "4", "auto-alt-ref": "1", "lag-in-frames": "16"}

VIDEOS: dict[str, dict[str, Any]] = {
    # H.264
    "h264-strict-pyramid.mkv": _x264("bframes=5:b-adapt=0:b-pyramid=1:ref=4"),
    "h264-pyramid.mp4": _x264("bframes=5:b-adapt=0:b-pyramid=2:ref=4"),
    "h264-no-pyramid.ts": _x264("bframes=3:b-adapt=0:b-pyramid=0:ref=4"),
    "h264-open-pyramid.mp4": _x264("open-gop=1:bframes=7:b-adapt=0:b-pyramid=2:ref=5"),
    "h264-weighted.mp4": _x264("weightp=2:weightb=1:bframes=3:b-adapt=0"),
    "h264-intra-refresh.mkv": _x264("intra-refresh=1:keyint=20:bframes=0", frames=100),
    "h264-intra-refresh.ts": _x264("intra-refresh=1:keyint=20:bframes=0", frames=100),
    "h264-tff.mp4": _x264("tff=1:bframes=2:b-adapt=0"),
    "h264-bff.ts": _x264("bff=1:bframes=2:b-adapt=0:b-pyramid=2:ref=4"),
    "h264-fake-interlaced.mkv": _x264("fake-interlaced=1"),
    "h264-cavlc.flv": _x264("cabac=0:bframes=0:ref=1:8x8dct=0", b_frames=0),
    "h264-baseline.3gp": _plain("libx264", b_frames=0, options={"profile": "baseline"}),
    "h264-slices.mp4": _x264("slices=4:bframes=3:b-adapt=0"),
    "h264-long-refs.mkv": _x264("ref=16:bframes=8:b-adapt=0:b-pyramid=2", frames=120, gop=100),
    "h264-short-gop.ts": _x264("bframes=3:b-adapt=0", gop=5),
    "h264-8x8.mov": _x264("8x8dct=1:trellis=2:aq-mode=2:mbtree=1:rc-lookahead=20"),
    "h264-zero-latency.mp4": _plain("libx264", b_frames=0, options={"tune": "zerolatency"}),
    "h264-cqm.mkv": _x264("cqm=jvt:bframes=3:b-adapt=0"),
    "h264.avi": _x264("bframes=3:b-adapt=0:b-pyramid=2"),
    "h264-open.avi": _x264("open-gop=1:bframes=3:b-adapt=0:b-pyramid=2", gop=27),
    "h264-no-b.avi": _x264("bframes=0", b_frames=0),
    "h264-high10.mp4": _x264("bframes=3:b-adapt=0", pix_fmt="yuv420p10le"),
    "h264-422.mkv": _x264("bframes=3:b-adapt=0", pix_fmt="yuv422p"),
    "h264-444.mp4": _x264("bframes=3:b-adapt=0", pix_fmt="yuv444p"),
    "h264-422-10.mov": _x264("bframes=3:b-adapt=0", pix_fmt="yuv422p10le"),
    # HEVC
    "hevc-open.mp4": _x265("open-gop=1:bframes=4:b-adapt=0:b-pyramid=1"),
    "hevc-open.mkv": _x265("open-gop=1:bframes=4:b-adapt=0:b-pyramid=1"),
    "hevc-open.ts": _x265("open-gop=1:bframes=4:b-adapt=0:b-pyramid=1"),
    "hevc-closed.mp4": _x265("open-gop=0:bframes=4:b-adapt=0:b-pyramid=1:ref=4"),
    "hevc-radl.mkv": _x265("open-gop=0:radl=2:bframes=4:b-adapt=0"),
    "hevc-temporal.mp4": _x265("temporal-layers=1:bframes=3:b-adapt=0:b-pyramid=1"),
    "hevc-temporal-open.ts": _x265("temporal-layers=1:open-gop=1:bframes=3:b-adapt=0"),
    "hevc-no-b.mp4": _x265("bframes=0", b_frames=0),
    "hevc-intra.mkv": _x265("bframes=0", gop=1, b_frames=0, frames=30),
    "hevc-weighted.mkv": _x265("weightp=1:weightb=1:bframes=3:b-adapt=0:ref=3"),
    "hevc-long.mp4": _x265("bframes=8:b-adapt=0:ref=5:rc-lookahead=20", gop=120, frames=130),
    "hevc-main10.mp4": _x265("bframes=3:b-adapt=0", pix_fmt="yuv420p10le"),
    "hevc-422-10.mkv": _x265("bframes=3:b-adapt=0", pix_fmt="yuv422p10le"),
    "hevc-444.mp4": _x265("bframes=3:b-adapt=0", pix_fmt="yuv444p"),
    # VP8 and VP9
    "vp8.ogv": _plain("libvpx"),
    "vp8-vfr.ogv": {"codec": "libvpx", "pts": _UNEVEN_MS, "time_base": Fraction(1, 1000)},
    "vp9-vfr.flv": {"codec": "libvpx-vp9", "pts": _UNEVEN_MS, "time_base": Fraction(1, 1000)},
    "vp8-live.mkv": _plain("libvpx"),
    "vp8-resilient.webm": _plain("libvpx", options={"error-resilient": "1"}),
    "vp9.mp4": _plain("libvpx-vp9", options=_ALTREF),
    "vp9-altref.mkv": _plain("libvpx-vp9", options=_ALTREF, gop=40, frames=90),
    "vp9-444.webm": _plain("libvpx-vp9", pix_fmt="yuv444p", frames=30),
    "vp9-profile-2.webm": {
        "by": foreign, "codec": "libvpx-vp9", "frames": 40, "pix_fmt": "yuv420p10le",
    },
    # MPEG
    "mpeg1.mpg": _plain("mpeg1video", gop=12, options={"b": "2M"}),
    "mpeg1.ts": _plain("mpeg1video", gop=12, options={"b": "2M"}),
    "mpeg2.mkv": _plain("mpeg2video", gop=12),
    "mpeg2.mp4": _plain("mpeg2video", gop=12),
    "mpeg2-fields.ts": _plain("mpeg2video", gop=12, options=_FIELDS),
    "mpeg2-fields.mpg": _plain("mpeg2video", gop=12, options=_FIELDS),
    "mpeg2-no-b.mkv": _plain("mpeg2video", gop=15, b_frames=0),
    "mpeg2-422.ts": _plain("mpeg2video", gop=12, pix_fmt="yuv422p", options={"b": "4M"}),
    "mpeg4-quarter.mkv": _plain("mpeg4", options={"b": "1M", "flags": "+qpel"}),
    "mpeg4-four.mov": _plain("mpeg4", options={"b": "1M", "flags": "+mv4"}),
    "xvid.avi": {"by": foreign, "codec": "libxvid", "frames": 60, "settings": "-bf 2"},
    "xvid-no-b.avi": {"by": foreign, "codec": "libxvid", "frames": 60, "settings": "-bf 0"},
    # others
    "mjpeg.avi": _plain("mjpeg", frames=30, pix_fmt="yuvj420p"),
    "mjpeg-444.mkv": _plain("mjpeg", frames=20, pix_fmt="yuvj444p"),
    "prores-444.mov": _plain("prores_ks", frames=10, pix_fmt="yuv444p10le"),
    "prores-aw.mkv": _plain("prores_aw", frames=10, pix_fmt="yuv422p10le"),
    "dnxhr.mov": _plain(
        "dnxhd", frames=8, pix_fmt="yuv422p", size=(320, 192), options={"profile": "dnxhr_sq"}
    ),
    "dnxhr-10.mov": _plain(
        "dnxhd", frames=8, pix_fmt="yuv422p10le", size=(320, 192), options={"profile": "dnxhr_hqx"}
    ),
    "theora.ogv": {"by": foreign, "codec": "libtheora", "frames": 60},
    "theora.mkv": {"by": foreign, "codec": "libtheora", "frames": 40},
    "wmv1.wmv": _plain("wmv1", options={"b": "1M"}),
    "wmv2.avi": _plain("wmv2", options={"b": "1M"}),
    "msmpeg4v3.avi": _plain("msmpeg4", options={"b": "1M"}),
    "msmpeg4v2.avi": _plain("msmpeg4v2", options={"b": "1M"}),
    "ffv1.mkv": _plain("ffv1", frames=12),
    "ffv1-gop.avi": _plain("ffv1", frames=20, gop=8),
    "raw.avi": _plain("rawvideo", frames=8),
    "raw.mkv": _plain("rawvideo", frames=8),
    "png.mov": _plain("png", frames=10, pix_fmt="rgb24"),
    "qtrle.mov": _plain("qtrle", frames=30, gop=10, pix_fmt="rgb24"),
}  # fmt: skip
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = {
    "headless-mpeg4.mkv": (_plain("mpeg4", gop=15), lambda path: numbered.lose(path, range(10))),
    "headless-vp9.mp4": (
        _plain("libvpx-vp9", options=_ALTREF),
        lambda path: numbered.lose(path, range(10)),
    ),
}
