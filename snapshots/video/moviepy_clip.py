"""A MoviePy clip with exact frames. The only module that imports MoviePy."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..messages import message as _
from . import moviepy_config
from .decode.frames import FrameReceipt, FrameResult, Mode
from .decode.reader import FrameReader
from .demux.source import Source, open_source
from .errors import VideoError
from .info import FrameIndex, VideoInfo
from .playback import Playback, clamped
from .probe import frame_index, survey
from .render.geometry import Size, target_size
from .render.renderer import Renderer
from .render.spec import RenderSpec

moviepy_config.install()

from moviepy.video.VideoClip import VideoClip  # noqa: E402  (after its settings)


@dataclass(frozen=True, slots=True)
class Rendering:
    """One requested picture: a frame with its receipt, or an error.

    `index` is its position in the request.
    """

    index: int
    receipt: FrameReceipt | None
    error: VideoError | None
    _spec: RenderSpec
    _result: FrameResult
    _renderer: Renderer

    def image(self) -> Image.Image:
        """The picture, RGB or RGBA, rendered on this call.

        Raises the point's `VideoError` if there is no frame.
        """
        result = self._result
        if result.frame is None:
            raise self.error or VideoError(
                "frame_unavailable", _("There is no frame at this time.")
            )
        return self._renderer.render(
            result.frame, self._spec, before=result.before, after=result.after
        )


class MediaClip(VideoClip):  # type: ignore[misc]  # MoviePy has no types
    """A MoviePy `VideoClip` over one file: `get_frame(t)` is the frame on screen at `t`.

    `size`, `duration` (seconds), `fps`, `rotation`, `filename` and, with `has_mask`, `mask` are
    set as MoviePy's own `VideoFileClip` sets them; there is no audio. Verbs such as `subclipped`
    return copies that share the open file, so close the clip after the last of them.
    """

    def __init__(
        self,
        source: Source,
        info: VideoInfo,
        *,
        index: FrameIndex | None = None,
        target_resolution: tuple[int | None, int | None] | None = None,
        has_mask: bool = False,
    ) -> None:
        super().__init__()  # a frame function given here would be called for t = 0 at once
        self.info = info
        self.filename = os.fspath(source.path)
        self.size = target_size(Size(info.width, info.height), target_resolution)
        self.duration = self.end = float(info.duration)
        self.fps = float(info.fps)
        self.rotation = info.rotation
        self._source = source
        self._index = index
        self._reader = FrameReader(source, info, index=index)
        self._playback = Playback(self._reader, info)
        self._renderer = Renderer(info)
        self._alpha = has_mask
        self._cached_pixels: tuple[Fraction, NDArray[np.uint8]] | None = None
        self.frame_function = self._colours_at
        if has_mask:
            self.mask = self._new_mask()

    def pictures(
        self, wanted: Sequence[tuple[Fraction, RenderSpec]], *, mode: Mode = "exact"
    ) -> Iterator[Rendering]:
        """All wanted pictures in one planned pass over the file, as their frames are decoded.

        `wanted` holds moments, in seconds from the first frame shown, in any order; one
        `Rendering` comes back for each. A rendering holds its decoded frame: release it before
        taking the next. MoviePy effects applied to the clip have no effect here.
        """
        indices: dict[Fraction, list[int]] = {}
        for index, (moment, _spec) in enumerate(wanted):
            indices.setdefault(moment, []).append(index)
        moments = list(indices)
        self._playback.stop()
        for result in self._reader.read(moments, mode=mode):
            for index in indices[moments[result.index]]:
                spec = wanted[index][1]
                yield Rendering(index, result.receipt, result.error, spec, result, self._renderer)

    @property
    def decoded_frames(self) -> int:
        """How many frames the decoders produced so far, wanted or not."""
        return self._reader.decoded_frames

    def frame_index(self) -> FrameIndex:
        """The index of all frames; reads through the file once if none was given."""
        if self._index is None:
            self._playback.stop()
            self._index = frame_index(self._source)
        return self._index

    def close(self) -> None:
        """Close the file, for the copies of this clip too. May be called twice."""
        self._cached_pixels = None
        self._playback.stop()
        self._source.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> MediaClip:
        return self.__copy__()  # type: ignore[no-any-return]  # an open file cannot be copied

    def _new_mask(self) -> VideoClip:
        mask = VideoClip(is_mask=True, duration=self.duration)
        mask.frame_function = self._alpha_at
        mask.size = self.size
        mask.fps = self.fps
        return mask

    def _colours_at(self, t: float) -> NDArray[np.uint8]:
        return self._pixels_at(t)[:, :, :3].copy()

    def _alpha_at(self, t: float) -> NDArray[np.float64]:
        return self._pixels_at(t)[:, :, 3] / 255.0

    def _pixels_at(self, t: float) -> NDArray[np.uint8]:
        """(height, width, 3 or 4). The last one is cached: the mask follows its frame."""
        moment = clamped(Fraction(float(t)), self.info)
        if self._cached_pixels is None or self._cached_pixels[0] != moment:
            self._cached_pixels = moment, self._decoded(moment)
        return self._cached_pixels[1]

    def _decoded(self, moment: Fraction) -> NDArray[np.uint8]:
        result = self._playback.result(moment)
        if result.frame is None:
            raise result.error or VideoError(
                "frame_unavailable", _("There is no frame at this time.")
            )
        picture = self._renderer.upright(
            result.frame,
            Size(*self.size),
            alpha=self._alpha,
            before=result.before,
            after=result.after,
        )
        return np.asarray(picture)


def open_clip(
    path: str | os.PathLike[str],
    *,
    info: VideoInfo | None = None,
    index: FrameIndex | None = None,
    target_resolution: tuple[int | None, int | None] | None = None,
    has_mask: bool = False,
) -> MediaClip:
    """Open a video as a clip; close it, or use it in a `with`.

    `target_resolution` is (width, height) in pixels with MoviePy's meaning: both distort, with
    one None the ratio is kept. `info` and `index` are not read again if given. Raises
    `VideoError` for a file that cannot be used.
    """
    source = open_source(path)
    try:
        return MediaClip(
            source,
            info or survey(source),
            index=index,
            target_resolution=target_resolution,
            has_mask=has_mask,
        )
    except BaseException:
        source.close()
        raise
