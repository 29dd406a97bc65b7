"""AV1 in the structures that encoders write: what refers to what, what is hidden, what is layered.

Bits of the names: altrefs hidden and shown later (`pyramid`), only the past (`low-delay`), frames
coded smaller (`resized`, `superres`), references to be renewed without a key frame (`s-frames`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import foreign, layers, numbered
from .sources import JITTER_MS, MS


def _svt(params: str, **recipe: Any) -> dict[str, Any]:
    options = {"preset": "6", "crf": "16", "svtav1-params": f"lp=1:enable-tf=0:{params}"}
    return {"codec": "libsvtav1", "frames": 70, "options": options, **recipe}


def _aom(settings: str = "", **recipe: Any) -> dict[str, Any]:
    return {"by": foreign, "codec": "libaom-av1", "frames": 70, "settings": settings, **recipe}


def _rav1e(settings: str = "", **recipe: Any) -> dict[str, Any]:
    return {"by": foreign, "codec": "librav1e", "frames": 50, "settings": settings, **recipe}


VIDEOS: dict[str, dict[str, Any]] = {
    "av1-pyramid-2.mkv": _svt("hierarchical-levels=2"),
    "av1-pyramid-3.mp4": _svt("hierarchical-levels=3", gop=24),
    "av1-pyramid-4.webm": _svt("hierarchical-levels=4"),
    "av1-pyramid-5.mp4": _svt("hierarchical-levels=5", gop=100, frames=110),
    "av1-low-delay.mp4": _svt("pred-struct=1"),
    "av1-low-delay-levels.mkv": _svt("pred-struct=1:rtc=1:hierarchical-levels=2"),
    "av1-overlays.mkv": _svt("enable-overlays=1:enable-tf=1"),
    "av1-open-gop.mp4": _svt("irefresh-type=1", gop=16),
    "av1-open-gop.mkv": _svt("irefresh-type=1", gop=16),
    "av1-s-frames.mkv": _svt(
        "sframe-dist=8:sframe-mode=1:forced-max-frame-width=160:forced-max-frame-height=96"
    ),
    "av1-superres.mp4": _svt("superres-mode=1:superres-denom=12"),
    "av1-resized.mkv": _svt("resize-mode=1:resize-denom=16:resize-kf-denom=8"),
    "av1-grain.mp4": _svt("film-grain=10:film-grain-denoise=0"),
    "av1-tiles.webm": _svt("tile-columns=1", size=(320, 192), frames=40),
    "av1-10-bit.mp4": _svt("hierarchical-levels=3", pix_fmt="yuv420p10le"),
    "av1.avi": _svt("hierarchical-levels=3"),
    "av1.flv": _svt("hierarchical-levels=3"),
    "av1-vfr.mkv": _svt("hierarchical-levels=3", pts=JITTER_MS, time_base=MS),
    "av1-aom.mkv": _aom(),
    "av1-aom.mp4": _aom(gop=20),
    "av1-aom-far.webm": _aom("-lag-in-frames 35", gop=200, frames=110),
    "av1-aom-low-delay.mkv": _aom("-lag-in-frames 0"),
    "av1-aom-realtime.mp4": _aom("-usage realtime -lag-in-frames 0"),
    "av1-aom-resilient.mp4": _aom("-error-resilience 1"),
    "av1-aom-parallel.mkv": _aom("-frame-parallel 1"),
    "av1-aom-grain.webm": _aom("-aom-params film-grain-test=1", frames=50),
    "av1-aom-levels.mkv": _aom(
        "-aom-params min-gf-interval=4:max-gf-interval=8:gf-max-pyr-height=3"
    ),
    "av1-aom-screen.mkv": _aom("-aom-params tune-content=screen"),
    "av1-aom-444.mkv": _aom(pix_fmt="yuv444p", frames=50),
    "av1-rav1e.mkv": _rav1e(),
    "av1-rav1e-low-delay.mp4": _rav1e("-rav1e-params low_latency=true:threads=1"),
}
# name -> base video, and what is then done to it
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = {}

_LAYERED = _svt("pred-struct=1:rtc=1:hierarchical-levels=2", gop=24)
# Of each two frames, both with the same number, one is to be shown.
_PAIRED = {
    **_svt("pred-struct=1:rtc=1:hierarchical-levels=2", gop=24, frames=80),
    "pictures": [numbered.picture(number // 2) for number in range(80)],
}
CHANGED |= {
    "av1-temporal-layers.mp4": (_LAYERED, layers.temporal),
    "av1-temporal-layers.mkv": (_LAYERED, layers.temporal),
    "av1-spatial-layers.mkv": (_PAIRED, layers.spatial),
    "av1-spatial-layers.mp4": (_PAIRED, layers.spatial),
    "av1-both-layers.webm": (_PAIRED, layers.both),
}
