"""Numbered videos by encoders that PyAV does not have, made by the ffmpeg that MoviePy brings."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.support.made_once import made_once

from . import numbered
from .numbered import SIZE, Array

_SETTINGS = {
    "libaom-av1": "-cpu-used 8 -crf 20 -threads 1 -row-mt 0",
    "librav1e": "-speed 10 -qp 60 -rav1e-params threads=1",
    "libtheora": "-q:v 8",
    "libvpx-vp9": "-deadline realtime -cpu-used 8 -b:v 600k",
    "libxvid": "-q:v 3",
}


@made_once
def make(
    path: Path,
    *,
    codec: str,
    frames: int = 60,
    gop: int = 30,
    rate: Fraction | int = 30,
    size: tuple[int, int] = SIZE,
    pix_fmt: str = "yuv420p",
    settings: str = "",
    pictures: Sequence[Array] | None = None,
) -> Path:
    """Write `frames` numbered frames; `settings` are words of ffmpeg's command line."""
    images = pictures or [numbered.picture(number, size) for number in range(frames)]
    planes = [_planes(image, pix_fmt) for image in images]
    source = f"-f rawvideo -pix_fmt {pix_fmt} -s {size[0]}x{size[1]} -r {rate} -i -"
    wanted = f"-c:v {codec} -g {gop} {_SETTINGS[codec]} {settings} -bitexact"
    subprocess.run(
        [_ffmpeg(), *f"-v error -y {source} {wanted}".split(), str(path)],
        input=b"".join(planes),
        check=True,
    )
    return path


def _planes(image: Array, pix_fmt: str) -> bytes:
    frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(format=pix_fmt)
    return np.ascontiguousarray(frame.to_ndarray()).tobytes()


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())
