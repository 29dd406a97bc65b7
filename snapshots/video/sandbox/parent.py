"""Decoding in a throw-away child process, so that no file can harm who asked.

The child comes from a fork server that has the libraries loaded already: it starts in tens of
milliseconds. What crashes, starves or never ends becomes a `VideoError` with a code.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...messages import Message
from ...messages import message as _
from ..errors import VideoError
from ..info import FrameIndex, VideoInfo
from ..types import CleanPicture, Failure, Picture, Request
from .forkserver import Child, SandboxError, crashed, server

__all__ = [
    "Limits",
    "Probed",
    "SandboxError",
    "Tick",
    "extract",
    "normalise",
    "probe",
    "suggest",
    "warm_up",
]

_log = logging.getLogger(__name__)

_WATCH_S = 0.05  # how often the child's memory is looked at


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take: seconds of wall clock, MiB of resident memory."""

    wall_s: float = 60.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Probed:
    """What probing found, and the picture proposed as a first cover."""

    info: VideoInfo
    index: FrameIndex
    cover: Picture | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A second has passed; the child is still at work."""


Answer = tuple[dict[str, Any], bytes]


def extract(
    path: str | os.PathLike[str],
    requests: Sequence[Request],
    *,
    info: VideoInfo | None = None,
    index: bytes = b"",
    limits: Limits = Limits(),
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
    for answer in _run(job, limits, payload=index):
        if answer is None:
            yield Tick()
        elif answer[0]["type"] == "picture":
            yield _picture(answer)
        elif answer[0]["type"] == "failure":
            yield _failure(answer[0])


def probe(
    path: str | os.PathLike[str],
    *,
    cover: Any = None,
    limits: Limits = Limits(),
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
        for answer in _run(job, limits):
            if answer is None:
                yield Tick()
            elif answer[0]["type"] == "info":
                info = VideoInfo.from_json(answer[0]["info"])
                _check(*info.notes)
                found = Probed(info, index(answer[1]), None)
            elif answer[0]["type"] == "picture" and found:
                found = Probed(found.info, found.index, _picture(answer))
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
    limits: Limits = Limits(),
) -> list[int]:
    """PTS of at most `count` frames worth looking at, in order of time. Raises as `extract`."""
    job = {
        "name": "suggest",
        "path": os.path.abspath(path),
        "count": count,
        "info": info.to_json() if info else None,
    }
    for answer in _run(job, limits):
        if answer is not None and answer[0]["type"] == "suggested":
            return [int(pts) for pts in answer[0]["pts"]]
    raise crashed("")


def normalise(path: str | os.PathLike[str], *, limits: Limits = Limits()) -> CleanPicture:
    """A picture that a user sent, read and written anew in a child. Raises `VideoError`."""
    for answer in _run({"name": "normalise", "path": os.path.abspath(path)}, limits):
        if answer is not None and answer[0]["type"] == "image":
            return CleanPicture(answer[0]["format"], answer[1])
    raise crashed("")


def warm_up() -> None:
    """Start the fork server now, so that the first job does not wait for it."""
    server.start()


def _picture(answer: Answer) -> Picture:
    return Picture(**_without_type(answer[0]), data=answer[1])


def _failure(head: dict[str, Any]) -> Failure:
    return Failure(**{**_without_type(head), "message": _message(head["message"])})


def _message(data: dict[str, Any]) -> Message:
    message = Message.from_json(data)
    _check(message)
    return message


def _check(*messages: Message) -> None:
    """Raise `VideoError` `decoder_crashed` for a message that could do harm where it is shown."""
    if not all(message.is_sound() for message in messages):
        raise crashed("")


def _without_type(head: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in head.items() if name != "type"}


def _run(job: dict[str, Any], limits: Limits, *, payload: bytes = b"") -> Iterator[Answer | None]:
    """The child's messages, `None` about every second; kills the child when left early."""
    child = server.fork()
    try:
        # CPU time runs on as many cores as there are; the wall clock is the limit that counts.
        cpu_s = math.ceil(limits.wall_s) * (os.cpu_count() or 1) + 5
        child.send({**job, "cpu_s": cpu_s}, payload)
        yield from _watch(child, limits)
    finally:
        child.end()


def _watch(child: Child, limits: Limits) -> Iterator[Answer | None]:
    deadline = time.monotonic() + limits.wall_s
    tick = time.monotonic() + 1.0
    while True:
        if child.ready(_WATCH_S):
            answer = child.receive()
            if answer[0]["type"] == "done":
                _log.debug("a child is done", extra=_without_type(answer[0]))  # cpu_s, peak_mb
                return
            if answer[0]["type"] == "refused":
                raise VideoError(str(answer[0]["code"]), _message(answer[0]["message"]))
            yield answer
        now = time.monotonic()
        if child.resident_mb() > limits.memory_mb:
            raise VideoError(
                "out_of_memory", _("Decoding this file takes more memory than allowed.")
            )
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
            yield None
