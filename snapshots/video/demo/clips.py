"""The demo's clips: three short videos, drawn and encoded on demand."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, cycle, islice
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from . import drawings

_TIME_BASE = Fraction(1, 1000)
_STEADY_MS = (40,)  # 25 frames a second
_UNEVEN_MS = (33, 34, 33, 67, 40, 50, 33, 100)  # as phones record in changing light


@dataclass(frozen=True, slots=True)
class DemoClip:
    """A clip on disk, and its title."""

    path: Path
    title: str


@dataclass(frozen=True, slots=True)
class _ClipSpec:
    """How one clip is made; `size` as shown, `steps_ms` between frames, repeated."""

    name: str
    title: str
    size: tuple[int, int]
    frames: int
    steps_ms: tuple[int, ...]
    codec: str
    options: dict[str, str]
    stored_rotated: bool = False


_FAST = {"preset": "superfast", "crf": "20", "g": "50"}
_SPECS = (
    _ClipSpec("first-light.mp4", "First light", (1280, 720), 160, _STEADY_MS, "libx264", _FAST),
    _ClipSpec(
        "night-shift.mp4", "Night shift (portrait, stored turned)", (720, 1280), 130, (50,),
        "libx264", _FAST, stored_rotated=True,
    ),
    _ClipSpec(
        "blue-hour-below.webm", "Blue hour below (variable frame rate)", (960, 540), 130,
        _UNEVEN_MS, "libvpx-vp9",
        {"deadline": "realtime", "cpu-used": "8", "crf": "30", "b": "0", "row-mt": "1", "g": "40"},
    ),
)  # fmt: skip
_DRAWINGS = (drawings.dawn, drawings.city, drawings.sea)


def make_demo_clips(folder: Path) -> list[DemoClip]:
    """Write the clips into `folder`, replacing those of an earlier run; takes some seconds.

    One is landscape, one portrait by its display matrix alone, one of variable frame rate.
    """
    clips = []
    for spec, drawing in zip(_SPECS, _DRAWINGS, strict=True):
        path = folder / spec.name
        _encode(path, spec, drawing(*spec.size))
        clips.append(DemoClip(path, spec.title))
    return clips


def _encode(path: Path, spec: _ClipSpec, draw: drawings.FrameDrawing) -> None:
    times = list(islice(accumulate(cycle(spec.steps_ms), initial=0), spec.frames))
    with av.open(path, "w") as output:
        stream = _stream(output, spec)
        for pts in times:
            frame = _frame(draw(pts / times[-1]), spec, pts)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


def _stream(output: OutputContainer, spec: _ClipSpec) -> VideoStream:
    stream = cast(VideoStream, output.add_stream(spec.codec, rate=25, options=spec.options))
    width, height = spec.size
    stream.width, stream.height = (height, width) if spec.stored_rotated else (width, height)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TIME_BASE
    stream.codec_context.thread_count = 2
    if spec.stored_rotated:
        stream.set_display_rotation(-90)  # counterclockwise
    return stream


def _frame(picture: Image.Image, spec: _ClipSpec, pts: int) -> VideoFrame:
    if spec.stored_rotated:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    frame = VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
    frame.pts, frame.time_base = pts, _TIME_BASE
    return frame
