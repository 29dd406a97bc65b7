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
from typing import Any

from ..errors import VideoError
from ..info import FrameIndex, VideoInfo
from ..types import CleanPicture, Failure, Picture, Request
from .forkserver import Child, SandboxError, crashed, server

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


Message = tuple[dict[str, Any], bytes]


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
    job = {
        "name": "extract",
        "path": os.path.abspath(path),
        "requests": [asdict(request) for request in requests],
        "info": info.to_json() if info else None,
    }
    for message in _run(job, limits, payload=index):
        if message is None:
            yield Tick()
        elif message[0]["type"] == "picture":
            yield _picture(message)
        elif message[0]["type"] == "failure":
            yield Failure(**_without_type(message[0]))


def probe(
    path: str | os.PathLike[str],
    *,
    cover: Any = None,
    limits: ChildLimits = ChildLimits(),
) -> Generator[Probed | Tick, None, None]:
    """Ticks, and at the end one `Probed`; with a `cover` spec also a proposed first cover.

    Raises as `extract` does. A file that was probed and then fails at its cover is `Probed`
    without one.
    """
    job = {
        "name": "probe",
        "path": os.path.abspath(path),
        "cover": asdict(cover) if cover else None,
    }
    info: VideoInfo | None = None
    index = FrameIndex.from_bytes
    found: Probed | None = None
    try:
        for message in _run(job, limits):
            if message is None:
                yield Tick()
            elif message[0]["type"] == "info":
                info = VideoInfo.from_json(message[0]["info"])
                found = Probed(info, index(message[1]), None)
            elif message[0]["type"] == "picture" and found:
                found = Probed(found.info, found.index, _picture(message))
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
    """PTS of at most `count` frames worth looking at, in order of time. Raises as `extract`."""
    job = {
        "name": "suggest",
        "path": os.path.abspath(path),
        "count": count,
        "info": info.to_json() if info else None,
    }
    for message in _run(job, limits):
        if message is not None and message[0]["type"] == "suggested":
            return [int(pts) for pts in message[0]["pts"]]
    raise crashed("")


def sanitise(path: str | os.PathLike[str], *, limits: ChildLimits = ChildLimits()) -> CleanPicture:
    """A picture that a user sent, read and written anew in a child. Raises `VideoError`."""
    for message in _run({"name": "sanitise", "path": os.path.abspath(path)}, limits):
        if message is not None and message[0]["type"] == "image":
            return CleanPicture(message[0]["format"], message[1])
    raise crashed("")


def warm_up() -> None:
    """Start the fork server now, so that the first job does not wait for it."""
    server.start()


def _picture(message: Message) -> Picture:
    return Picture(**_without_type(message[0]), data=message[1])


def _without_type(head: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in head.items() if name != "type"}


def _run(
    job: dict[str, Any], limits: ChildLimits, *, payload: bytes = b""
) -> Iterator[Message | None]:
    """The child's messages, `None` about every second; kills the child when left early."""
    child = server.fork()
    try:
        # CPU time runs on as many cores as there are; the wall clock is the limit that counts.
        cpu_s = math.ceil(limits.wall_s) * (os.cpu_count() or 1) + 5
        child.send({**job, "cpu_s": cpu_s}, payload)
        yield from _watch(child, limits)
    finally:
        child.end()


def _watch(child: Child, limits: ChildLimits) -> Iterator[Message | None]:
    deadline = time.monotonic() + limits.wall_s
    tick = time.monotonic() + 1.0
    while True:
        if child.ready(_WATCH_S):
            message = child.receive()
            if message[0]["type"] == "done":
                _log.debug("a child is done", extra=_without_type(message[0]))  # cpu_s, peak_mb
                return
            if message[0]["type"] == "refused":
                raise VideoError(str(message[0]["code"]), str(message[0]["message"]))
            yield message
        now = time.monotonic()
        if child.resident_mb() > limits.memory_mb:
            raise VideoError(
                "out_of_memory", "Decoding this file takes more memory than is allowed."
            )
        if now > deadline:
            raise VideoError(
                "timeout", f"Decoding was stopped after {limits.wall_s:.0f} s: it took too long."
            )
        if now > tick:
            tick = now + 1.0
            yield None
