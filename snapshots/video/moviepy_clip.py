"""A video file as a MoviePy clip whose frames are exact. The only file that imports MoviePy."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..messages import message as _
from .decode.reader import FrameReader, Mode, Receipt, Shot
from .demux.source import Source, open_source
from .errors import VideoError
from .info import FrameIndex, VideoInfo
from .probe import frame_index, survey
from .render.geometry import Size, scaled
from .render.renderer import Renderer
from .render.spec import RenderSpec
from .timepoints import limit_pts


def _moviepy_settings() -> ModuleType:
    """MoviePy's settings as it would find them on a machine without ffmpeg.

    Its own `moviepy.config` runs `ffmpeg -version` and `ffplay` when imported (0.8 s), and
    loads the nearest `.env` above site-packages or the working directory into the environment:
    a file that is not ours and may set anything. Frames here come from PyAV, so neither program
    is wanted: with this module in its place nothing is run and nothing is read.
    """
    settings = ModuleType("moviepy.config")
    settings.FFMPEG_BINARY = "unset"  # type: ignore[attr-defined]
    settings.FFPLAY_BINARY = "unset"  # type: ignore[attr-defined]
    return settings


sys.modules.setdefault("moviepy.config", _moviepy_settings())

from moviepy.video.VideoClip import VideoClip  # noqa: E402  (after its settings)

_MOST_PLANNED = 256
_LARGEST_STEP_S = 1


@dataclass(frozen=True, slots=True)
class Rendering:
    """What became of one wanted picture: a frame with its receipt, or an error.

    `place` is its number in the request.
    """

    place: int
    receipt: Receipt | None
    error: VideoError | None
    _spec: RenderSpec
    _shot: Shot
    _renderer: Renderer

    def image(self) -> Image.Image:
        """The picture, RGB or RGBA. Rendered when asked, so none is made that nobody needs.

        Raises the point's `VideoError` if there is no frame.
        """
        shot = self._shot
        if shot.frame is None:
            raise self.error or VideoError(
                "frame_unavailable", _("There is no frame at this time.")
            )
        return self._renderer.render(shot.frame, self._spec, before=shot.before, after=shot.after)


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
        super().__init__()  # a frame function given here would be asked for t = 0 at once
        self.info = info
        self.filename = os.fspath(source.path)
        self.size = _target_size(Size(info.width, info.height), target_resolution)
        self.duration = self.end = float(info.duration)
        self.fps = float(info.fps)
        self.rotation = info.rotation
        self._source = source
        self._index = index
        self._reader = FrameReader(source, info, index=index)
        self._playback = _Playback(self._reader, info)
        self._renderer = Renderer(info)
        self._alpha = has_mask
        self._seen: tuple[Fraction, NDArray[np.uint8]] | None = None
        self.frame_function = self._colours_at
        if has_mask:
            self.mask = self._new_mask()

    def pictures(
        self, wanted: Sequence[tuple[Fraction, RenderSpec]], *, mode: Mode = "exact"
    ) -> Iterator[Rendering]:
        """All wanted pictures in one planned pass over the file, as their frames are decoded.

        `wanted` holds moments, in seconds from the first frame shown, in any order; one
        `Rendering` comes back for each. A rendering holds its decoded frame: let go of it
        before the next. Verbs applied to the clip do not show here.
        """
        places: dict[Fraction, list[int]] = {}
        for place, (moment, _spec) in enumerate(wanted):
            places.setdefault(moment, []).append(place)
        moments = list(places)
        self._playback.stop()
        for shot in self._reader.read(moments, mode=mode):
            for place in places[moments[shot.place]]:
                spec = wanted[place][1]
                yield Rendering(place, shot.receipt, shot.error, spec, shot, self._renderer)

    @property
    def decoded_frames(self) -> int:
        """How many frames the decoders gave so far, wanted or not."""
        return self._reader.decoded_frames

    def frame_index(self) -> FrameIndex:
        """The index of all frames; reads through the file once if none was given."""
        if self._index is None:
            self._playback.stop()
            self._index = frame_index(self._source)
        return self._index

    def close(self) -> None:
        """Close the file, for the copies of this clip too. May be called twice."""
        self._seen = None
        self._playback.stop()
        self._source.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> MediaClip:
        return self.__copy__()  # type: ignore[no-any-return]  # an open file has no second copy

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
        """(height, width, 3 or 4). The last is kept: a mask is asked for right after its frame."""
        moment = _clamped(Fraction(float(t)), self.info)
        if self._seen is None or self._seen[0] != moment:
            self._seen = moment, self._decoded(moment)
        return self._seen[1]

    def _decoded(self, moment: Fraction) -> NDArray[np.uint8]:
        shot = self._playback.shot(moment)
        if shot.frame is None:
            raise shot.error or VideoError(
                "frame_unavailable", _("There is no frame at this time.")
            )
        picture = self._renderer.upright(
            shot.frame,
            Size(*self.size),
            alpha=self._alpha,
            before=shot.before,
            after=shot.after,
        )
        return np.asarray(picture)


class _Playback:
    """Frames for one moment after another, as MoviePy asks for them.

    After a small step forwards more of the same size are expected, and planned as one pass:
    a clip that is played decodes each frame once, not each GOP anew for every frame.
    """

    def __init__(self, reader: FrameReader, info: VideoInfo) -> None:
        self._reader = reader
        self._extent = info.extent
        self._end = _clamped(info.duration, info)
        self._last: Fraction | None = None
        self._planned: list[Fraction] = []
        self._number = 0
        self._shots: Iterator[Shot] = iter(())

    def shot(self, moment: Fraction) -> Shot:
        """The same as `read([moment])` of the reader."""
        self._number += 1
        if not self._is_planned(moment):
            self._plan(moment)
        self._last = moment
        shot = next(self._shots, None)
        if shot is None or shot.place != self._number:  # damage put the answers out of order
            self.stop()
            (shot,) = self._reader.read([moment])
        return shot

    def stop(self) -> None:
        """Give up what was planned, so that the reader can be used for something else."""
        self._planned = []
        self._shots = iter(())  # closes the reader's generator

    def _is_planned(self, moment: Fraction) -> bool:
        if self._number >= len(self._planned):
            return False
        planned = self._planned[self._number]
        return limit_pts(planned, self._extent) == limit_pts(moment, self._extent)

    def _plan(self, moment: Fraction) -> None:
        self.stop()
        step = moment - self._last if self._last is not None else Fraction(0)
        steps = _MOST_PLANNED if 0 < step <= _LARGEST_STEP_S else 1
        following = (moment + number * step for number in range(1, steps))
        self._planned = [moment, *(ahead for ahead in following if ahead <= self._end)]
        self._shots = self._reader.read(self._planned, in_order=True)
        self._number = 0


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
    one None the ratio is kept. What is known of the file (`info`, `index`) is not looked up
    again. Raises `VideoError` for a file that is refused.
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


def _target_size(shown: Size, target: tuple[int | None, int | None] | None) -> tuple[int, int]:
    width, height = target or shown
    if width and height:
        return width, height
    if width:
        return width, scaled(width, shown.height, shown.width)
    if height:
        return scaled(height, shown.width, shown.height), height
    return shown


def _clamped(moment: Fraction, info: VideoInfo) -> Fraction:
    """Within what can be decoded: MoviePy's verbs ask for t = duration, and a little beyond."""
    extent = info.extent
    whole = extent.data_end_pts >= extent.end_pts
    last = info.duration if whole else (extent.last_pts - extent.start_pts) * extent.time_base
    return min(max(moment, Fraction(0)), last)
