"""Decoding in a disposable child process, which protects the caller from hostile files.

The child comes from a fork server with all libraries loaded, so it starts in milliseconds. A
crash, out-of-memory or timeout ends in a `VideoError` with a code.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass

from ...messages import message as _
from ..errors import VideoError
from ..info import FrameIndex, VideoInfo
from ..render.spec import RenderSpec
from ..types import CleanPicture, Failure, Picture, Request
from .forkserver import Child, SandboxError, crashed, server
from .protocol import (
    AnyMessage,
    Done,
    ExtractJob,
    Job,
    ProbeJob,
    ProbeResult,
    Refusal,
    SanitiseJob,
    Suggestions,
    SuggestJob,
    out_of_memory,
)

__all__ = [
    "ChildLimits",
    "Probed",
    "SandboxError",
    "Tick",
    "extract",
    "probe",
    "sanitise",
    "suggest",
    "warm_up",
]

_log = logging.getLogger(__name__)

_WATCH_S = 0.05  # how often the child's memory is checked


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Resource limits of a child: seconds of wall clock, MiB of resident memory."""

    wall_s: float = 60.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Probed:
    """The result of probing, and the picture proposed as a first cover."""

    info: VideoInfo
    index: FrameIndex
    cover: Picture | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Sent about every second while the child is working."""


def _path_for_child(path: str | os.PathLike[str]) -> str:
    """The absolute path as the child decodes it: as UTF-8, whatever this process's locale."""
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "surrogateescape")


def extract(
    path: str | os.PathLike[str],
    requests: Sequence[Request],
    *,
    info: VideoInfo | None = None,
    index: bytes = b"",
    limits: ChildLimits = ChildLimits(),
) -> Generator[Picture | Failure | Tick, None, None]:
    """One result for each request, as they are done, with a `Tick` about every second.

    `index` is what `FrameIndex.to_bytes` gave, or nothing.

    Raises `VideoError` when the file is refused as a whole, and `decoder_crashed`,
    `out_of_memory` or `timeout` when the child ended that way; results before that are good.
    Closing the iterator kills the child.
    """
    job = ExtractJob(
        path=_path_for_child(path),
        cpu_s=_cpu_s(limits),
        requests=tuple(requests),
        info=info,
        index=index,
    )
    for message in _run(job, limits):
        if isinstance(message, Picture | Failure | Tick):
            yield message


def probe(
    path: str | os.PathLike[str],
    *,
    cover: RenderSpec | None = None,
    limits: ChildLimits = ChildLimits(),
) -> Generator[Probed | Tick, None, None]:
    """Ticks, and at the end one `Probed`; with a `cover` spec also a proposed first cover.

    Raises as `extract` does. A file that was probed and then fails at its cover is `Probed`
    without one.
    """
    job = ProbeJob(path=_path_for_child(path), cpu_s=_cpu_s(limits), cover=cover)
    found: Probed | None = None
    try:
        for message in _run(job, limits):
            if isinstance(message, Tick):
                yield message
            elif isinstance(message, ProbeResult):
                found = Probed(message.info, FrameIndex.from_bytes(message.index), None)
            elif isinstance(message, Picture) and found:
                found = Probed(found.info, found.index, message)
    except VideoError:
        if found is None:
            raise
    if found is None:
        raise crashed("")
    yield found


def suggest(
    path: str | os.PathLike[str],
    *,
    count: int,
    info: VideoInfo | None = None,
    limits: ChildLimits = ChildLimits(),
) -> list[int]:
    """PTS of at most `count` good cover frames, in order of time. Raises as `extract`."""
    job = SuggestJob(path=_path_for_child(path), cpu_s=_cpu_s(limits), count=count, info=info)
    for message in _run(job, limits):
        if isinstance(message, Suggestions):
            return list(map(int, message.frame_pts))
    raise crashed("")


def sanitise(path: str | os.PathLike[str], *, limits: ChildLimits = ChildLimits()) -> CleanPicture:
    """An uploaded image, decoded and encoded again in a child. Raises `VideoError`."""
    job = SanitiseJob(path=_path_for_child(path), cpu_s=_cpu_s(limits))
    for message in _run(job, limits):
        if isinstance(message, CleanPicture):
            return message
    raise crashed("")


def warm_up() -> None:
    """Start the fork server now, so that the first job does not wait for it."""
    server.start()


def _cpu_s(limits: ChildLimits) -> int:
    """A CPU limit that the wall clock reaches first, even with all cores in use."""
    return math.ceil(limits.wall_s) * (os.cpu_count() or 1) + 5


def _run(job: Job, limits: ChildLimits) -> Iterator[AnyMessage | Tick]:
    """The child's messages, and ticks; kills the child when closed early."""
    child = server.fork()
    try:
        child.send(job)
        yield from _watch(child, limits)
    finally:
        child.end()


def _watch(child: Child, limits: ChildLimits) -> Iterator[AnyMessage | Tick]:
    deadline = time.monotonic() + limits.wall_s
    tick = time.monotonic() + 1.0
    while True:
        if child.ready(_WATCH_S):
            message = child.receive()
            if isinstance(message, Done):
                _log.debug("a child is done", extra=asdict(message))
                return
            if isinstance(message, Refusal):
                raise VideoError(str(message.code), message.message)
            yield message
        now = time.monotonic()
        if child.resident_mb() > limits.memory_mb:
            raise out_of_memory()
        if now > deadline:
            raise VideoError(
                "timeout",
                _(
                    "Decoding was stopped after %(seconds)s s: it took too long.",
                    seconds=f"{limits.wall_s:.0f}",
                ),
            )
        if now > tick:
            tick = now + 1.0
            yield Tick()
