"""Requests and results of an extraction: plain values that need no decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..messages import Message
from .render.spec import RenderSpec
from .timepoints import TimePoint


class PointKey(NamedTuple):
    """Identifies a requested point: the index of its operation, and its own index in that."""

    operation: int
    point: int


@dataclass(frozen=True, slots=True)
class Request:
    """One requested picture: the time point, its render specification, `exact` or `keyframe`.

    `key` comes back with the result.
    """

    key: PointKey
    at: TimePoint
    spec: RenderSpec
    mode: str = "exact"


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture with its receipt.

    `at` is the time point's text and `time_ms` the moment that it was resolved to; `pts` ×
    `time_base` is the frame's presentation time on the container's clock, `frame_time` the same in
    seconds from the first frame shown.
    """

    key: PointKey
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
    """The error of one request."""

    key: PointKey
    at: str
    code: str
    message: Message


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Encoded bytes and their format: `jpg`, or `png` for pictures with transparency."""

    format: str
    data: bytes
