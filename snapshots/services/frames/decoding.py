"""Decoding a media item in the sandbox: its source file, stored metadata and child limits."""

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
from ...video.types import Failure, Picture, Request
from ..library import media as media_service

Result = Picture | Failure | sandbox.Tick

_GONE = _("The source file is gone or cannot be read. Restore it, or delete this media item.")


def extract(
    *,
    media: Media,
    requests: Sequence[Request],
    limits: sandbox.ChildLimits,
    while_fetching: Callable[[], None],
) -> Generator[Result, None, None]:
    """One result for each request, and ticks, as from `sandbox.extract`.

    Raises also as `readable_source`.
    """
    with readable_source(media, while_fetching) as path:
        yield from sandbox.extract(
            path,
            requests,
            info=stored_info(media),
            index=bytes(media.frame_index or b"") if _needs_index(requests) else b"",
            limits=limits,
        )


def _needs_index(requests: Sequence[Request]) -> bool:
    """Whether the frame index, which can be large, is of use: for frame numbers, or several points.

    With it the longest runs are decoded first.
    """
    return len(requests) > 1 or any(request.at.kind == "frame" for request in requests)


def stored_info(media: Media) -> VideoInfo | None:
    """The metadata from probing, `None` before that."""
    return VideoInfo.from_json(media.probe) if media.probe else None


def frame_index(media: Media) -> FrameIndex | None:
    """The frame index from probing; costs a query if the column was deferred."""
    return FrameIndex.from_bytes(bytes(media.frame_index)) if media.frame_index else None


@contextmanager
def readable_source(media: Media, while_fetching: Callable[[], None]) -> Iterator[Path]:
    """The path of the source on this machine's disk, held for the block.

    `while_fetching` is called while it is copied there. Raises `VideoError` `unreadable` if it
    cannot be opened, `Busy`, `StorageFull`.
    """
    with ExitStack() as stack:
        try:
            source = media_service.source_on_disk(media=media, while_fetching=while_fetching)
            path = stack.enter_context(source)
            path.open("rb").close()
        except OSError as error:
            raise VideoError("unreadable", _GONE) from error
        yield path


def child_limits(wall_s: float) -> sandbox.ChildLimits:
    """The limits of a child that may take `wall_s` seconds."""
    return sandbox.ChildLimits(wall_s=wall_s, memory_mb=settings.MEDIAHUB_CHILD_MEMORY_MB)
