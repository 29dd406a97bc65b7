"""Three short clips for an empty library, drawn and encoded on the spot."""

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
    """A clip on disk, and what to call it."""

    path: Path
    title: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one clip is made; `size` as shown, `steps_ms` between frames, repeated."""

    name: str
    title: str
    size: tuple[int, int]
    frames: int
    steps_ms: tuple[int, ...]
    codec: str
    options: dict[str, str]
    stored_turned: bool = False


_FAST = {"preset": "superfast", "crf": "20", "g": "50"}
_PLANS = (
    _Plan("first-light.mp4", "First light", (1280, 720), 160, _STEADY_MS, "libx264", _FAST),
    _Plan(
        "night-shift.mp4", "Night shift (portrait, stored turned)", (720, 1280), 130, (50,),
        "libx264", _FAST, stored_turned=True,
    ),
    _Plan(
        "blue-hour-below.webm", "Blue hour below (variable frame rate)", (960, 540), 130,
        _UNEVEN_MS, "libvpx-vp9",
        {"deadline": "realtime", "cpu-used": "8", "crf": "30", "b": "0", "row-mt": "1", "g": "40"},
    ),
)  # fmt: skip
_SCENES = (drawings.dawn, drawings.city, drawings.sea)


def make_demo_clips(folder: Path) -> list[DemoClip]:
    """Write the clips into `folder`, replacing those of an earlier run; takes some seconds.

    One is landscape, one portrait by its display matrix alone, one of variable frame rate.
    """
    clips = []
    for plan, scene in zip(_PLANS, _SCENES, strict=True):
        path = folder / plan.name
        _encode(path, plan, scene(*plan.size))
        clips.append(DemoClip(path, plan.title))
    return clips


def _encode(path: Path, plan: _Plan, paint: drawings.Scene) -> None:
    times = list(islice(accumulate(cycle(plan.steps_ms), initial=0), plan.frames))
    with av.open(path, "w") as output:
        stream = _stream(output, plan)
        for pts in times:
            frame = _frame(paint(pts / times[-1]), plan, pts)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


def _stream(output: OutputContainer, plan: _Plan) -> VideoStream:
    stream = cast(VideoStream, output.add_stream(plan.codec, rate=25, options=plan.options))
    width, height = plan.size
    stream.width, stream.height = (height, width) if plan.stored_turned else (width, height)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TIME_BASE
    stream.codec_context.thread_count = 2
    if plan.stored_turned:
        stream.set_display_rotation(-90)  # counted against the clock
    return stream


def _frame(picture: Image.Image, plan: _Plan, pts: int) -> VideoFrame:
    if plan.stored_turned:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    frame = VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
    frame.pts, frame.time_base = pts, _TIME_BASE
    return frame
