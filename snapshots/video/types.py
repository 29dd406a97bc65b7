"""What is asked of an extraction, and what comes back: values light enough for every process."""

from __future__ import annotations

from dataclasses import dataclass

from ..messages import Message
from .render.spec import RenderSpec


@dataclass(frozen=True, slots=True)
class Request:
    """One picture wanted: the time point as written, how it is to look, `exact` or `keyframe`.

    `key` is the caller's own name for it and comes back with the result.
    """

    key: str
    at: str
    spec: RenderSpec
    mode: str = "exact"


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture with its receipt.

    `time_ms` is the moment `at` was resolved to, `pts` × `time_base` the frame's presentation
    time as the container has it, `frame_time` the same in seconds from the first frame shown.
    """

    key: str
    at: str
    time_ms: float
    pts: int
    time_base: str
    frame_time: float
    key_frame: bool
    format: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one request has no picture."""

    key: str
    at: str
    code: str
    message: Message


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Encoded bytes and their format, `jpg` or, where there is transparency, `png`."""

    format: str
    data: bytes
