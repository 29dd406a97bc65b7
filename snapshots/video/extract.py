"""The whole of it: requests in, one picture or failure for each out."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast, get_args

from ..messages import message as _
from . import timepoints
from .decode.reader import Mode, Receipt
from .errors import VideoError
from .info import FrameIndex, VideoInfo
from .moviepy_clip import MediaClip, Rendering, open_clip
from .render.encode import encode
from .render.geometry import Size
from .render.spec import RenderSpec
from .types import Failure, Picture, Request

__all__ = ["Failure", "Picture", "Request", "extract"]

# Encoded pictures kept for other points of the same frame; a child has 512 MiB for everything.
_MAX_KEPT_BYTES = 8 * 2**20


def extract(
    path: str | os.PathLike[str],
    requests: Sequence[Request],
    *,
    info: VideoInfo | None = None,
    index: FrameIndex | None = None,
) -> Generator[Picture | Failure, None, int]:
    """Yield exactly one result for each request, as they are done, in any order.

    Returns at the end how many frames were decoded for them: the debug receipt. All points of
    one mode share one planned pass over the file. What is known of the file (`info`, `index`)
    is not looked up again; points such as "f120" build the index if they must. Raises
    `VideoError`, before anything is yielded, for a file refused as a whole.
    """
    with open_clip(path, info=info, index=index) as clip:
        points: dict[Mode, list[tuple[Request, Fraction]]] = {"exact": [], "keyframe": []}
        for request in requests:
            try:
                points[_mode(request)].append((request, _moment(clip, request)))
            except VideoError as error:
                yield _failure(request, error)
        for mode, of_mode in points.items():
            if of_mode:
                yield from _pass(clip, of_mode, mode)
        return int(clip.decoded_frames)


def _mode(request: Request) -> Mode:
    for mode in get_args(Mode):
        if request.mode == mode:
            return cast(Mode, mode)
    raise VideoError("invalid", _("Use one of: %(choices)s.", choices="exact, keyframe"))


def _moment(clip: MediaClip, request: Request) -> Fraction:
    """The time meant, in seconds; everything that needs no decoding is refused here."""
    point = timepoints.parse(request.at)
    index = clip.frame_index() if point.kind == "frame" else None
    moment = point.resolve(clip.info.extent, index)
    request.spec.canvas(Size(clip.info.width, clip.info.height))
    return moment


def _pass(
    clip: MediaClip, points: list[tuple[Request, Fraction]], mode: Mode
) -> Iterator[Picture | Failure]:
    wanted = [(moment, request.spec) for request, moment in points]
    kept = _KeptFiles()  # not shared with the other mode, whose frames come without neighbours
    for rendering in clip.pictures(wanted, mode=mode):
        request, moment = points[rendering.place]
        try:
            yield _picture(request, moment, rendering, kept)
        except VideoError as error:
            yield _failure(request, error)


def _picture(request: Request, moment: Fraction, rendering: Rendering, kept: _KeptFiles) -> Picture:
    receipt = rendering.receipt
    if receipt is None:
        raise rendering.error or VideoError(
            "frame_unavailable", _("There is no frame at this time.")
        )
    file = kept.file(rendering, receipt, request.spec)
    return Picture(
        key=request.key,
        at=request.at,
        time_ms=float(round(moment * 1000, 3)),
        pts=receipt.pts,
        time_base=f"{receipt.time_base.numerator}/{receipt.time_base.denominator}",
        frame_time=float(round(receipt.frame_time, 6)),
        key_frame=receipt.key_frame,
        format=request.spec.format,
        width=file.size.width,
        height=file.size.height,
        data=file.data,
    )


def _failure(request: Request, error: VideoError) -> Failure:
    return Failure(key=request.key, at=request.at, code=error.code, message=error.message)


@dataclass(frozen=True, slots=True)
class _File:
    size: Size
    data: bytes


class _KeptFiles:
    """The last files made: points on the same frame with the same spec share one."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[int, RenderSpec], _File] = OrderedDict()
        self._bytes = 0

    def file(self, rendering: Rendering, receipt: Receipt, spec: RenderSpec) -> _File:
        made = self._files.get((receipt.pts, spec))
        if made is None:
            image = rendering.image()
            made = _File(Size(*image.size), encode(image, spec.format, spec.quality))
            self._keep((receipt.pts, spec), made)
        return made

    def _keep(self, key: tuple[int, RenderSpec], made: _File) -> None:
        self._files[key] = made
        self._bytes += len(made.data)
        while self._bytes > _MAX_KEPT_BYTES:
            _, dropped = self._files.popitem(last=False)
            self._bytes -= len(dropped.data)
