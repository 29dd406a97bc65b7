"""Conversions that both generations share: times, positions and error codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ..models import Task
from ..services.security import signed_urls
from ..services.tasks.specs import CoverSpec
from ..video.errors import VideoError
from ..video.timepoints import TimePoint, parse
from .errors import VodError

Shape = dict[str, Any]

LEGACY_CALL = "CreateSnapshotByTimeOffset"
POSITIONS = ("Time", "Percent")


class ErrorCodes(NamedTuple):
    """The codes of a task's error in the VOD API.

    `ext` is ErrCodeExt, `number` the ErrCode beside it, `legacy` the legacy errCode of a step,
    `picture` the legacy status of one picture.
    """

    ext: str
    number: int
    legacy: int
    picture: int


# Of results, not of calls. 266/50368 has the words, 266/9642 the legacy numbers.
_INPUT, _FILE, _INTERNAL = 40000, 60000, 70000
_BAD_FILE, _UNKNOWN = 30009, 30010
_ERROR_CODES = {
    "frame_unavailable": ErrorCodes("SourceFileError.ContentMalformed", _FILE, _BAD_FILE, -44029),
    "invalid_time_point": ErrorCodes("InvalidInput.InvalidTimeOffset", _INPUT, _UNKNOWN, -44099),
    "download_failed": ErrorCodes(
        "SourceFileError.DownloadNotAccessible", _FILE, _BAD_FILE, -44001
    ),
    "forbidden_url": ErrorCodes("InvalidInput.PermissionDenied", _INPUT, _UNKNOWN, -44099),
    "media_not_found": ErrorCodes("SourceFileError", _FILE, _BAD_FILE, -44001),
    "no_video": ErrorCodes("SourceFileError.NoVideoMedia", _FILE, _BAD_FILE, -47402),
    "time_out_of_range": ErrorCodes("InvalidInput.InvalidTimeOffset", _INPUT, _UNKNOWN, -44099),
    "too_large": ErrorCodes("InvalidInput.ResultFileSizeTooLarge", _INPUT, _UNKNOWN, -44029),
    "unreadable": ErrorCodes("SourceFileError.ContentMalformed", _FILE, _BAD_FILE, -44001),
    "unsupported": ErrorCodes("SourceFileError.ContentUnsupported", _FILE, _BAD_FILE, -44029),
}
_OTHER = ErrorCodes("InternalError", _INTERNAL, _UNKNOWN, -44029)


def error_codes(error: Shape | None) -> ErrorCodes:
    """The VOD codes of a task's, a step's or a point's error."""
    return _ERROR_CODES.get((error or {}).get("code", ""), _OTHER)


def is_legacy_snapshot(task: Shape) -> bool:
    """Whether the task was submitted by the legacy call, whose result has its own form."""
    return str(task["task_id"]).startswith(f"{LEGACY_CALL}-")


def is_pull(task: Shape) -> bool:
    """Whether the task downloads a video, and takes no snapshots."""
    return "pull" in task


def outline(row: Task) -> Shape:
    """The parts of a task's shape that tell its type: a list needs no operations."""
    return {"task_id": row.task_id, **({"pull": None} if row.kind == Task.Kind.PULL else {})}


def unix(moment: str | None) -> int:
    """Seconds since 1970 of one of our times; 0 for none."""
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0


def milliseconds(value: float) -> str:
    """A time point in milliseconds, without rounding."""
    return f"{Decimal(repr(value)):f}ms"


def cover_spec(step: Shape, *, template: str, kind: str, position: str) -> CoverSpec:
    """A cover from template, PositionType and PositionValue, by their names in `step`."""
    unit = "%" if step[kind] == "Percent" else "s"
    return CoverSpec(template=step[template], at=f"{Decimal(repr(step[position])):f}{unit}")


def position(operation: Shape) -> tuple[str, float]:
    """PositionType and PositionValue of a cover.

    A frame's number, submitted through another interface, cannot be expressed: `Time`, 0.
    """
    point = time_point(operation["at"])
    if point is None or point.kind == "frame":
        return "Time", 0.0
    return ("Percent" if point.kind == "percent" else "Time"), float(point.value)


def time_point(text: str) -> TimePoint | None:
    """The point as parsed; `None` for what no longer parses."""
    try:
        return parse(text)
    except VideoError:
        return None


def requested_ms(requested: Shape) -> int:
    """The requested time of a task's point in milliseconds.

    0 if the point is a percentage or a frame, and has no snapshot with a resolved time.
    """
    point = time_point(requested["at"])
    if point and point.kind == "seconds":
        return round(point.value * 1000)
    snapshot = requested["snapshot"]
    return round(snapshot["time_ms"]) if snapshot else 0


def source_url(file_id: str) -> str:
    """A signed URL of a source, which expires."""
    return signed_urls.url(file_id=file_id)


def pictures(operation: Shape) -> list[Shape]:
    """The snapshots of an operation, in the requested order."""
    return [point["snapshot"] for point in operation.get("points", ()) if point["snapshot"]]


def task_and_media(payload: Shape) -> tuple[Any, Any]:
    """The task and the media item of an event or `None`; the media item with its audio tracks."""
    media = payload["media"]
    return payload["task"], media and {**media, "audio": payload.get("audio", [])}


def error_of(task: Shape, operation: Shape) -> Shape | None:
    """The error of a failed operation: its own, else the task's."""
    error: Shape | None = operation["error"] or task["error"]
    return error


def moment(text: str, field: str) -> datetime:
    """An ISO 8601 time with its zone, in UTC. Raises VodError."""
    try:
        read = datetime.fromisoformat(text)
        found = read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):  # the latter for a time that in UTC is out of the calendar
        found = None
    if found is None:
        raise VodError(
            "InvalidParameterValue", f"{field} must be a time such as 2018-10-01T10:00:00Z."
        )
    return found


def selected_parts(parts: Sequence[str], filters: Sequence[str]) -> set[str]:
    """The parts of a response that a filter selects: all if it names none."""
    return set(filters) & set(parts) if filters else set(parts)
