"""Previews: one frame as a picture, and cover suggestions, without storing anything."""

from __future__ import annotations

import hashlib
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
from ...video.render.spec import RenderSpec
from ...video.sandbox import parent as sandbox
from ...video.timepoints import TimePoint
from ...video.types import Failure, Picture, PointKey, Request
from .. import templates
from ..security import rate_limits
from ..tasks.specs import require_ready
from . import concurrency, decoding, listing

log = structlog.get_logger()

TEMPLATE_FIELDS = ("format", "width", "height", "resolution_adaptive", "fill_type", "quality")

_RENDERING_VERSION = "1"  # part of the tag: raised when the same request gives another picture


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that can be made. Its `tag` identifies the picture."""

    media: Media
    at: TimePoint
    spec: RenderSpec
    mode: str
    tag: str


def prepare(
    *,
    media: Media,
    at: str,
    mode: str = "exact",
    template: int | None = None,
    values: Mapping[str, Any],
) -> Preview:
    """A validated preview; nothing is decoded yet.

    It is rendered by a template, or by the template fields in `values`. Raises `Invalid` field by
    field, `TooLarge`, and `Conflict` and `Unprocessable` as `specs.require_ready`.
    """
    point = listing.parse_point("at", at)
    spec = _spec(template, values)
    require_ready(media)
    templates.check_output_size(media=media, spec=spec)
    identity = (_RENDERING_VERSION, media.sha256, at, mode, repr(spec))
    tag = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:32]
    return Preview(media, point, spec, mode, tag)


def render(
    *, preview: Preview, user: User, is_wanted: Callable[[], bool] = lambda: True
) -> Picture:
    """Decode and render the picture; nothing is stored.

    MEDIAHUB_PREVIEWS run at once in a process, each for MEDIAHUB_PREVIEW_S at most; the child ends
    soon after `is_wanted` returns false. Rate limited for the `user`. Raises `Busy`, also for a
    picture no longer wanted, `Throttled`, and `Unprocessable` with the code of the point or of the
    media.
    """
    with _translated_errors(preview.media, preview.at.text):
        _check_inside(preview)
        rate_limits.hit(kind="preview", who=str(user.pk))
        with concurrency.previews.slot():
            return _decode(preview, is_wanted)


def suggest(*, media: Media, user: User, count: int = 6) -> list[int]:
    """Numbers of frames that may make a good cover, in order; none if nothing can be seen.

    Counts as a preview. Raises as `render`, and as `specs.require_ready`.
    """
    info, index = listing.probed(media)
    rate_limits.hit(kind="preview", who=str(user.pk))
    with _translated_errors(media, "suggestions"), concurrency.previews.slot():
        limits = decoding.child_limits(settings.MEDIAHUB_PREVIEW_S)
        with decoding.readable_source(media, _deadline(lambda: True)) as path:
            found = sandbox.suggest(path, count=count, info=info, limits=limits)
    return [index.at_or_before(pts) or 0 for pts in found]


def _spec(template: int | None, values: Mapping[str, Any]) -> RenderSpec:
    if template is None:
        return templates.spec(templates.unsaved(values=values).as_values())
    if values:
        why = _("Name a template or %(fields)s, not both.", fields=", ".join(values))
        raise Invalid.field("template", "invalid_combination", why)
    try:
        return templates.spec(templates.get(definition=template).as_values())
    except NotFound as error:
        raise Invalid.field("template", error.code, error.message) from error


def _check_inside(preview: Preview) -> None:
    """Raises `VideoError` for a point outside the video, as far as no decoder is needed."""
    info = decoding.stored_info(preview.media)
    if info and preview.at.kind != "frame":
        preview.at.resolve(info.extent, None)


def _decode(preview: Preview, is_wanted: Callable[[], bool]) -> Picture:
    request = Request(PointKey(0, 0), preview.at, preview.spec, preview.mode)
    results = decoding.extract(
        media=preview.media,
        requests=[request],
        limits=decoding.child_limits(settings.MEDIAHUB_PREVIEW_S),
        while_fetching=_deadline(is_wanted),
    )
    with closing(results):  # a client that has left stops the child
        for result in results:
            if isinstance(result, Picture):
                return result
            if isinstance(result, Failure):
                raise VideoError(result.code, result.message)
            if not is_wanted():
                raise _unwanted()
    raise VideoError("frame_unavailable", _("There is no frame at this time."))


def _deadline(is_wanted: Callable[[], bool]) -> Callable[[], None]:
    """A check that lets the source be fetched for MEDIAHUB_PREVIEW_S; a next preview resumes it."""
    late = time.monotonic() + settings.MEDIAHUB_PREVIEW_S

    def check() -> None:
        if time.monotonic() > late:
            raise Busy(
                "unavailable", _("The video is being copied to this server. Try again in a moment.")
            )
        if not is_wanted():
            raise _unwanted()

    return check


def _unwanted() -> Busy:
    return Busy("unavailable", _("The picture is no longer wanted."))


@contextmanager
def _translated_errors(media: Media, what: str) -> Iterator[None]:
    """Raises errors of decoding as domain errors."""
    try:
        yield
    except VideoError as error:
        log.info("no preview", media=media.file_id, at=what, code=error.code)
        raise _domain_error(error) from error
    except sandbox.SandboxError as error:
        log.exception("no decoder", media=media.file_id)
        raise Busy("unavailable", _("No decoder can be started now. Try again.")) from error


def _domain_error(error: VideoError) -> DomainError:
    if error.code == "too_large":
        return TooLarge(error.code, error.message)
    message = error.message
    if error.code == "timeout":
        message = _("%(sentence)s Submit a task for it, which has more time.", sentence=message)
    return Unprocessable(error.code, message)
