"""What decoding takes from a media: where its bytes lie, and what probing found."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from django.conf import settings

from ..models import Media
from ..video import sandbox
from ..video.errors import VideoError
from ..video.info import FrameIndex, VideoInfo
from ..video.results import Failure, Picture, Request
from ..video.timepoints import parse
from . import media as media_service

Result = Picture | Failure | sandbox.Tick

_GONE = "The source file is gone or cannot be read. Restore it, or delete this media."


def extract(
    *, media: Media, requests: Sequence[Request], wall_s: float
) -> Generator[Result, None, None]:
    """One result for each request and ticks, as `sandbox.extract` has them, from what is known.

    Raises `VideoError` `unreadable` at once when the source cannot be opened.
    """
    return sandbox.extract(
        readable_source(media),
        requests,
        info=facts(media),
        index=bytes(media.frame_index or b"") if _needs_index(requests) else b"",
        limits=limits(wall_s),
    )


def _needs_index(requests: Sequence[Request]) -> bool:
    """For points that number frames, and to plan the work of several; it can be large."""
    return len(requests) > 1 or any(parse(request.at).kind == "frame" for request in requests)


def facts(media: Media) -> VideoInfo | None:
    """What probing found, `None` before."""
    return VideoInfo.from_json(media.probe) if media.probe else None


def frame_index(media: Media) -> FrameIndex | None:
    """The frames that probing counted; costs a query where the column was left out."""
    return FrameIndex.from_bytes(bytes(media.frame_index)) if media.frame_index else None


def readable_source(media: Media) -> str:
    """Where the source lies. Raises `VideoError` `unreadable` when it cannot be opened."""
    path = media_service.source_path(media)
    try:
        open(path, "rb").close()
    except OSError as error:
        raise VideoError("unreadable", _GONE) from error
    return path


def limits(wall_s: float) -> sandbox.Limits:
    return sandbox.Limits(wall_s=wall_s, memory_mb=settings.MEDIAHUB_CHILD_MEMORY_MB)
