"""What both generations say the same: times, positions, and whose fault an error is."""

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


class Fault(NamedTuple):
    """An error of a task in the dialect.

    `ext` is ErrCodeExt, `number` the ErrCode beside it, `legacy` the legacy errCode of a step,
    `picture` the legacy status of one picture.
    """

    ext: str
    number: int
    legacy: int
    picture: int


# Of results, not of calls. 266/50368 has the words, 266/9642 the legacy numbers.
_INPUT, _SOURCE, _INTERNAL = 40000, 60000, 70000
_BAD_SOURCE, _UNKNOWN = 30009, 30010
_FAULTS = {
    "frame_unavailable": Fault("SourceFileError.ContentMalformed", _SOURCE, _BAD_SOURCE, -44029),
    "invalid_time_point": Fault("InvalidInput.InvalidTimeOffset", _INPUT, _UNKNOWN, -44099),
    "download_failed": Fault("SourceFileError.DownloadNotAccessible", _SOURCE, _BAD_SOURCE, -44001),
    "forbidden_url": Fault("InvalidInput.PermissionDenied", _INPUT, _UNKNOWN, -44099),
    "media_not_found": Fault("SourceFileError", _SOURCE, _BAD_SOURCE, -44001),
    "no_video": Fault("SourceFileError.NoVideoMedia", _SOURCE, _BAD_SOURCE, -47402),
    "time_out_of_range": Fault("InvalidInput.InvalidTimeOffset", _INPUT, _UNKNOWN, -44099),
    "too_large": Fault("InvalidInput.ResultFileSizeTooLarge", _INPUT, _UNKNOWN, -44029),
    "unreadable": Fault("SourceFileError.ContentMalformed", _SOURCE, _BAD_SOURCE, -44001),
    "unsupported": Fault("SourceFileError.ContentUnsupported", _SOURCE, _BAD_SOURCE, -44029),
}
_OTHER = Fault("InternalError", _INTERNAL, _UNKNOWN, -44029)


def fault(error: Shape | None) -> Fault:
    """What the dialect calls a task's, a step's or a point's error."""
    return _FAULTS.get((error or {}).get("code", ""), _OTHER)


def is_legacy_snapshot(task: Shape) -> bool:
    """Whether the task came by the legacy call that has a result of a form of its own."""
    return str(task["task_id"]).startswith(f"{LEGACY_CALL}-")


def is_pull(task: Shape) -> bool:
    """Whether the task fetches a video, and takes no pictures."""
    return "pull" in task


def outline(row: Task) -> Shape:
    """What tells a task's type, from its row: a list needs no operations."""
    return {"task_id": row.task_id, **({"pull": None} if row.kind == Task.Kind.PULL else {})}


def unix(moment: str | None) -> int:
    """Seconds since 1970 of one of our times; 0 for none."""
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0


def milliseconds(value: float) -> str:
    """A time point of so many milliseconds, without rounding what was said."""
    return f"{Decimal(repr(value)):f}ms"


def cover_wish(step: Shape, *, template: str, kind: str, position: str) -> CoverSpec:
    """The wish of a cover's template, PositionType and PositionValue by their names in `step`."""
    unit = "%" if step[kind] == "Percent" else "s"
    return CoverSpec(template=step[template], at=f"{Decimal(repr(step[position])):f}{unit}")


def position(operation: Shape) -> tuple[str, float]:
    """PositionType and PositionValue of a cover.

    A frame's number, asked for through another interface, has no word in the dialect: `Time`, 0.
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


def asked_ms(asked: Shape) -> int:
    """The milliseconds that one of a task's points asks for.

    0 where that is a share or a frame, and no picture came of it to tell.
    """
    point = time_point(asked["at"])
    if point and point.kind == "seconds":
        return round(point.value * 1000)
    shot = asked["snapshot"]
    return round(shot["time_ms"]) if shot else 0


def source_url(file_id: str) -> str:
    """A link to a source that expires."""
    return signed_urls.url(file_id=file_id)


def pictures(operation: Shape) -> list[Shape]:
    """The snapshots that came out, in the order asked."""
    return [point["snapshot"] for point in operation.get("points", ()) if point["snapshot"]]


def told_of(payload: Shape) -> tuple[Any, Any]:
    """The task and the media of an event, `None` where it has none; the media with its sound."""
    media = payload["media"]
    return payload["task"], media and {**media, "audio": payload.get("audio", [])}


def error_of(task: Shape, operation: Shape) -> Shape | None:
    """Why an operation came to nothing: its own reason, else the task's."""
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


def only(parts: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """The parts of an answer that are asked for: all where none is named."""
    return set(wanted) & set(parts) if wanted else set(parts)
