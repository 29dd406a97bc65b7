"""Decoding a media item: its source file and probed facts, handed to the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from ...messages import message as _
from ...models import Media
from ...video.errors import VideoError
from ...video.info import FrameIndex, VideoInfo
from ...video.sandbox import parent as sandbox
from ...video.timepoints import parse
from ...video.types import Failure, Picture, Request
from ..library import media as media_service

Result = Picture | Failure | sandbox.Tick

_GONE = _("The source file is gone or cannot be read. Restore it, or delete this media item.")


def extract(
    *,
    media: Media,
    requests: Sequence[Request],
    wall_s: float,
    while_fetching: Callable[[], None],
) -> Generator[Result, None, None]:
    """One result for each request and ticks, as `sandbox.extract`, using the probed facts.

    Raises also as `readable_source`.
    """
    with readable_source(media, while_fetching) as path:
        yield from sandbox.extract(
            path,
            requests,
            info=facts(media),
            index=bytes(media.frame_index or b"") if _needs_index(requests) else b"",
            limits=limits(wall_s),
        )


def _needs_index(requests: Sequence[Request]) -> bool:
    """The index, which can be large, is needed for frame numbers and to plan several points."""
    return len(requests) > 1 or any(parse(request.at).kind == "frame" for request in requests)


def facts(media: Media) -> VideoInfo | None:
    """The probed facts, `None` before probing."""
    return VideoInfo.from_json(media.probe) if media.probe else None


def frame_index(media: Media) -> FrameIndex | None:
    """The probed frame index; costs a query if the column is deferred."""
    return FrameIndex.from_bytes(bytes(media.frame_index)) if media.frame_index else None


@contextmanager
def readable_source(media: Media, while_fetching: Callable[[], None]) -> Iterator[Path]:
    """The source as a local file while the context is open.

    `while_fetching` is called while it is downloaded. Raises `VideoError` `unreadable` when it
    cannot be opened, `Busy`, `StorageFull`.
    """
    with ExitStack() as stack:
        try:
            found = media_service.source_on_disk(media=media, while_fetching=while_fetching)
            path = stack.enter_context(found)
            path.open("rb").close()
        except OSError as error:
            raise VideoError("unreadable", _GONE) from error
        yield path


def limits(wall_s: float) -> sandbox.Limits:
    return sandbox.Limits(wall_s=wall_s, memory_mb=settings.MEDIAHUB_CHILD_MEMORY_MB)
