"""Extraction: requests in, one picture or failure for each out."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast, get_args

from ..messages import message as _
from .decode.frames import FrameReceipt, Mode
from .errors import VideoError
from .info import FrameIndex, VideoInfo
from .moviepy_clip import MediaClip, Rendering, open_clip
from .render.encode import encode
from .render.geometry import Size
from .render.spec import RenderSpec
from .types import Failure, Picture, Request

__all__ = ["Failure", "Picture", "Request", "extract"]

# Encoded pictures cached for other points on the same frame; a child has 512 MiB in all.
_MAX_CACHED_BYTES = 8 * 2**20


def extract(
    path: str | os.PathLike[str],
    requests: Sequence[Request],
    *,
    info: VideoInfo | None = None,
    index: FrameIndex | None = None,
) -> Generator[Picture | Failure, None, int]:
    """Yield exactly one result for each request, as they are done, in any order.

    Returns the number of frames decoded. All points of one mode share one planned pass over the
    file. `info` and `index` are not read again if given; points such as "f120" build the index
    if it is missing. Raises `VideoError`, before anything is yielded, for a file that cannot be
    used.
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
    """The moment in seconds; raises every error that is known without decoding."""
    index = clip.frame_index() if request.at.kind == "frame" else None
    moment = request.at.resolve(clip.info.extent, index)
    request.spec.canvas(Size(clip.info.width, clip.info.height))
    return moment


def _pass(
    clip: MediaClip, points: list[tuple[Request, Fraction]], mode: Mode
) -> Iterator[Picture | Failure]:
    wanted = [(moment, request.spec) for request, moment in points]
    cache = _FileCache()  # one for each mode: key frames come without neighbours
    for rendering in clip.pictures(wanted, mode=mode):
        request, moment = points[rendering.index]
        try:
            yield _picture(request, moment, rendering, cache)
        except VideoError as error:
            yield _failure(request, error)


def _picture(
    request: Request, moment: Fraction, rendering: Rendering, cache: _FileCache
) -> Picture:
    receipt = rendering.receipt
    if receipt is None:
        raise rendering.error or VideoError(
            "frame_unavailable", _("There is no frame at this time.")
        )
    file = cache.file(rendering, receipt, request.spec)
    return Picture(
        key=request.key,
        at=request.at.text,
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
    return Failure(key=request.key, at=request.at.text, code=error.code, message=error.message)


@dataclass(frozen=True, slots=True)
class _File:
    size: Size
    data: bytes


class _FileCache:
    """The last encoded files: points on the same frame with the same spec share one."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[int, RenderSpec], _File] = OrderedDict()
        self._bytes = 0

    def file(self, rendering: Rendering, receipt: FrameReceipt, spec: RenderSpec) -> _File:
        file = self._files.get((receipt.pts, spec))
        if file is None:
            image = rendering.image()
            file = _File(Size(*image.size), encode(image, spec.format, spec.quality))
            self._add((receipt.pts, spec), file)
        return file

    def _add(self, key: tuple[int, RenderSpec], file: _File) -> None:
        self._files[key] = file
        self._bytes += len(file.data)
        while self._bytes > _MAX_CACHED_BYTES:
            _, dropped = self._files.popitem(last=False)
            self._bytes -= len(dropped.data)
