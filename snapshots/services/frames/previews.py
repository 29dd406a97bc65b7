"""Frames for whoever picks one: listed from the index, and shown without keeping anything."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User

from ...errors import Busy, DomainError, Invalid, NotFound, TooLarge, Unprocessable
from ...messages import message as _
from ...models import Media
from ...video.errors import VideoError
from ...video.info import Extent, FrameIndex, VideoInfo
from ...video.render.geometry import Size
from ...video.render.spec import RenderSpec
from ...video.sandbox import parent as sandbox
from ...video.timepoints import TimePoint, cutoff_pts, parse
from ...video.types import Failure, Picture, PointKey, Request
from .. import templates
from ..security import rate_limits
from ..tasks.specs import require_ready
from . import decoding

log = structlog.get_logger()

LOOK = ("format", "width", "height", "resolution_adaptive", "fill_type", "quality")

_EDITION = "1"  # of the pictures: raised when what was asked before comes to look different
_MOST_WAITING = 4  # they hold threads of the web server, which has others to serve
_WAIT_S = 2.0
_PAST = ("time_out_of_range", "frame_unavailable")


# --- The frames of a media -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FramePage:
    """Numbers of frames in `index`, and the first number that did not fit, `None` at the end."""

    index: FrameIndex
    numbers: range
    following: int | None


def frames(*, media: Media, start: str = "", end: str = "", limit: int) -> FramePage:
    """The frames on screen from the time point `start` to `end`, both included, `limit` at most.

    Left out, they mean the first and the last frame; an `end` past the video means its last one.
    Nothing is decoded or opened. Raises `Invalid` for the field `from` or `to`, `Conflict` and
    `Unprocessable` as `wishes.require_ready`, and `Unprocessable` for a `start` outside the video.
    """
    from_point = _parse("from", start) if start else None
    to_point = _parse("to", end) if end else None
    info, index = _probed(media)
    first = 0 if from_point is None else _on_screen(from_point, info.extent, index)
    last = len(index) - 1 if to_point is None else _last(to_point, info.extent, index)
    if last < first:
        why = _("%(end)s is before the start, %(start)s.", end=end, start=start or "0s")
        raise Invalid.field("to", "out_of_range", why)
    numbers = range(first, min(last + 1, first + limit))
    return FramePage(index, numbers, numbers.stop if numbers.stop <= last else None)


def _parse(field: str, text: str) -> TimePoint:
    try:
        return parse(text)
    except VideoError as error:
        raise Invalid.field(field, error.code, error.message) from error


def _probed(media: Media) -> tuple[VideoInfo, FrameIndex]:
    require_ready(media)
    info, index = decoding.stored_info(media), decoding.frame_index(media)
    if info is None or not index:
        raise Unprocessable("frame_unavailable", _("This video's frames have not been counted."))
    return info, index


def _on_screen(point: TimePoint, extent: Extent, index: FrameIndex) -> int:
    """Number of the frame shown at `point`. Raises `Unprocessable` outside the video."""
    try:
        moment = point.resolve(extent, index)
    except VideoError as error:
        raise Unprocessable(error.code, error.message) from error
    return index.at_or_before(cutoff_pts(moment, extent)) or 0


def _last(point: TimePoint, extent: Extent, index: FrameIndex) -> int:
    """The same for an end, which may lie outside: -1 before the video."""
    try:
        return _on_screen(point, extent, index)
    except Unprocessable as error:
        if error.code not in _PAST:
            raise
        return -1 if point.value < 0 else len(index) - 1


def suggest(*, media: Media, user: User, count: int = 6) -> list[int]:
    """Numbers of frames that may make a good cover, in order; none where nothing can be seen.

    Takes its turn among the previews. Raises as `take`, and as `wishes.require_ready`.
    """
    info, index = _probed(media)
    rate_limits.take(kind="preview", who=str(user.pk))
    with _in_turn(media, "suggestions"), _gate.passed():
        limits = decoding.child_limits(settings.MEDIAHUB_PREVIEW_S)
        with decoding.readable_source(media, _patience(lambda: True)) as path:
            found = sandbox.suggest(path, count=count, info=info, limits=limits)
    return [index.at_or_before(pts) or 0 for pts in found]


# --- One frame as a picture ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that could be made. `tag` is the same for the same picture, and only for it."""

    media: Media
    at: TimePoint
    spec: RenderSpec
    mode: str
    tag: str


def preview(
    *,
    media: Media,
    at: str,
    mode: str = "exact",
    template: int | None = None,
    look: Mapping[str, Any],
) -> Preview:
    """What is asked for, checked; nothing is decoded yet.

    The look is a template's, or that of the fields in `look`, each a template's own. Raises
    `Invalid` field by field, `TooLarge`, and `Conflict` and `Unprocessable` as
    `wishes.require_ready`.
    """
    point = _parse("at", at)
    spec = _spec(template, look)
    require_ready(media)
    _refuse_too_large(media, spec)
    told = (_EDITION, media.sha256, at, mode, repr(spec))
    tag = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    return Preview(media, point, spec, mode, tag)


def take(*, preview: Preview, user: User, is_wanted: Callable[[], bool] = lambda: True) -> Picture:
    """Decode and render the picture; nothing is stored.

    Some at once in one process, each for `MEDIAHUB_PREVIEW_S` at most; the child ends soon after
    `is_wanted` says no. Counted for the `user`. Raises `Busy`, also for a picture no longer wanted,
    `Throttled`, and `Unprocessable` with the code of the point or of the media.
    """
    with _in_turn(preview.media, preview.at.text):
        _refuse_outside(preview)
        rate_limits.take(kind="preview", who=str(user.pk))
        with _gate.passed():
            return _taken(preview, is_wanted)


def _spec(template: int | None, look: Mapping[str, Any]) -> RenderSpec:
    if template is None:
        return templates.spec(templates.unsaved(values=look).as_values())
    if look:
        why = _("Name a template or %(fields)s, not both.", fields=", ".join(look))
        raise Invalid.field("template", "invalid_combination", why)
    try:
        return templates.spec(templates.get(definition=template).as_values())
    except NotFound as error:
        raise Invalid.field("template", error.code, error.message) from error


def _refuse_too_large(media: Media, spec: RenderSpec) -> None:
    if not media.width or not media.height:
        return
    try:
        spec.canvas(Size(media.width, media.height))
    except VideoError as error:
        raise TooLarge(error.code, error.message) from error


def _refuse_outside(preview: Preview) -> None:
    """Refuse what needs no decoder to be known wrong."""
    info = decoding.stored_info(preview.media)
    if info and preview.at.kind != "frame":
        preview.at.resolve(info.extent, None)


def _taken(preview: Preview, is_wanted: Callable[[], bool]) -> Picture:
    request = Request(PointKey(0, 0), preview.at, preview.spec, preview.mode)
    results = decoding.extract(
        media=preview.media,
        requests=[request],
        limits=decoding.child_limits(settings.MEDIAHUB_PREVIEW_S),
        while_fetching=_patience(is_wanted),
    )
    with closing(results):  # who is no longer waited for stops the child
        for result in results:
            if isinstance(result, Picture):
                return result
            if isinstance(result, Failure):
                raise VideoError(result.code, result.message)
            if not is_wanted():
                raise _unwanted()
    raise VideoError("frame_unavailable", _("There is no frame at this time."))


def _patience(is_wanted: Callable[[], bool]) -> Callable[[], None]:
    """For as long as a preview may take, the video may be brought here; then the next goes on."""
    late = time.monotonic() + settings.MEDIAHUB_PREVIEW_S

    def wait() -> None:
        if time.monotonic() > late:
            raise Busy(
                "unavailable", _("The video is being copied to this server. Try again in a moment.")
            )
        if not is_wanted():
            raise _unwanted()

    return wait


def _unwanted() -> Busy:
    return Busy("unavailable", _("The picture is no longer wanted."))


@contextmanager
def _in_turn(media: Media, what: str) -> Iterator[None]:
    """Errors of decoding as whoever waits for it is told."""
    try:
        yield
    except VideoError as error:
        log.info("no preview", media=media.file_id, at=what, code=error.code)
        raise _told(error) from error
    except sandbox.SandboxError as error:
        log.exception("no decoder", media=media.file_id)
        raise Busy("unavailable", _("No decoder can be started now. Try again.")) from error


def _told(error: VideoError) -> DomainError:
    if error.code == "too_large":
        return TooLarge(error.code, error.message)
    message = error.message
    if error.code == "timeout":
        message = _("%(sentence)s Submit a task for it, which has more time.", sentence=message)
    return Unprocessable(error.code, message)


class _Gate:
    """Lets few through at once: the rest wait a little, in a short row, or are sent away."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._waiting = 0

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Raises `Busy`."""
        with self._changed:
            if not self._has_room() and not self._waited():
                raise Busy(
                    "unavailable", _("Too many previews are being made. Try again in a moment.")
                )
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify()

    def _has_room(self) -> bool:
        return bool(self._inside < settings.MEDIAHUB_PREVIEWS)

    def _waited(self) -> bool:
        if self._waiting >= _MOST_WAITING:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(self._has_room, _WAIT_S)
        finally:
            self._waiting -= 1


_gate = _Gate()
