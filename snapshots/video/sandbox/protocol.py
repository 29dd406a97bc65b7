"""Messages between the sandbox's parent and its children.

A child says `Hello`, gets one job, sends its results and ends with `Done`; before that comes a
`Refusal` if the file cannot be used. `encode` and `decode` turn messages into JSON heads with a
binary payload, which `ipc` transports: the child has read an untrusted file, so nothing that it
sends is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any, TypeAlias

from ...messages import Message
from ...messages import message as _
from ..errors import VideoError
from ..info import VideoInfo
from ..render.spec import RenderSpec
from ..timepoints import TimePoint
from ..types import CleanPicture, Failure, Picture, PointKey, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The work of one child: `path` is the only file that it may read, `cpu_s` its CPU limit."""

    path: str
    cpu_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractJob(Job):
    """Pictures of the requested points; `index` is from `FrameIndex.to_bytes`, or empty."""

    requests: tuple[Request, ...]
    info: VideoInfo | None
    index: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeJob(Job):
    """Metadata and frame index; with a `cover` spec also a picture of the best frame."""

    cover: RenderSpec | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestJob(Job):
    """Frames that may make a good cover, at most `count`."""

    count: int
    info: VideoInfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SanitiseJob(Job):
    """An uploaded image, to be encoded again."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The child has started and waits for its job."""

    pid: int


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of probing; `index` is from `FrameIndex.to_bytes`."""

    info: VideoInfo
    index: bytes


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Times of the suggested frames, in order of time."""

    frame_pts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The file as a whole cannot be used: the child's `VideoError`."""

    code: str
    message: Message


@dataclass(frozen=True, slots=True)
class Done:
    """The job has ended: resources used by the child, and frames decoded if it extracted any."""

    cpu_s: float
    peak_mb: float
    decoded_frames: int | None


Result: TypeAlias = Picture | Failure | ProbeResult | Suggestions | CleanPicture
AnyMessage: TypeAlias = Job | Hello | Result | Refusal | Done

_TYPES: dict[str, type[AnyMessage]] = {
    kind.__name__: kind
    for kind in (
        *(ExtractJob, ProbeJob, SuggestJob, SanitiseJob),
        *(Hello, Picture, Failure, ProbeResult, Suggestions, CleanPicture, Refusal, Done),
    )
}
_PAYLOADS = {  # the field that is sent as bytes
    ExtractJob: "index",
    ProbeResult: "index",
    Picture: "data",
    CleanPicture: "data",
}


def encode(message: AnyMessage) -> tuple[dict[str, Any], bytes]:
    """The message's JSON head and its payload."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    payload = values.pop(_PAYLOADS[type(message)]) if type(message) in _PAYLOADS else b""
    head = {name: _to_json(value) for name, value in values.items()}
    return {"type": type(message).__name__, **head}, payload


def decode(head: dict[str, Any], payload: bytes) -> AnyMessage:
    """The message of a head and a payload. Raises `ValueError` for anything else."""
    try:
        message_type = _TYPES[head["type"]]
        values = {
            name: _FROM_JSON[name](value) if name in _FROM_JSON else value
            for name, value in head.items()
            if name != "type"
        }
        if message_type in _PAYLOADS:
            values[_PAYLOADS[message_type]] = payload
        return message_type(**values)
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        VideoError,
    ) as error:
        raise ValueError("not a message") from error


def out_of_memory() -> VideoError:
    """The error of a child that reaches its memory limit."""
    return VideoError("out_of_memory", _("Decoding this file takes more memory than allowed."))


def _to_json(value: Any) -> Any:
    match value:
        case VideoInfo() | Message():
            return value.to_json()
        case RenderSpec():
            return asdict(value)
        case TimePoint():
            return {"text": value.text, "kind": value.kind, "value": str(value.value)}
        case Request():
            return {field.name: _to_json(getattr(value, field.name)) for field in fields(value)}
        case tuple():
            return [_to_json(item) for item in value]
        case other:
            return other


def _request(values: dict[str, Any]) -> Request:
    return Request(
        key=PointKey(*values["key"]),
        at=TimePoint(**{**values["at"], "value": Fraction(values["at"]["value"])}),
        spec=RenderSpec(**values["spec"]),
        mode=values["mode"],
    )


def _info(data: dict[str, Any] | None) -> VideoInfo | None:
    if data is None:
        return None
    info = VideoInfo.from_json(data)
    _check(*info.notes)
    return info


def _text(data: dict[str, Any]) -> Message:
    text = Message.from_json(data)
    _check(text)
    return text


def _check(*texts: Message) -> None:
    """Raise `ValueError` for a text that could do harm where it is shown."""
    if not all(text.is_sound() for text in texts):
        raise ValueError("not a message")


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "requests": lambda values: tuple(map(_request, values)),
    "info": _info,
    "message": _text,
    "cover": lambda value: None if value is None else RenderSpec(**value),
    "key": lambda value: PointKey(*value),
    "frame_pts": tuple,
}
