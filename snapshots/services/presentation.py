"""Presentation: media, tasks and snapshots as plain values, for REST, events and commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from ..messages import Message
from ..messages import message as _
from ..models import Media, Operation, Pull, Snapshot, SnapshotTemplate, Task
from ..storage import picture_url
from ..video.info import FrameIndex

Shape = dict[str, Any]
AsText = Callable[[Message], str]
Steps = Iterable[tuple[Operation, Iterable[Snapshot]]]  # in their order
_TEMPLATE_FIELDS = tuple(SnapshotTemplate().as_values())


def error(code: str, message: Message, as_text: AsText) -> Shape | None:
    """`{"code", "message"}`, or `None` where there is no error."""
    return {"code": code, "message": as_text(message)} if code else None


def media(row: Media, *, as_text: AsText = str) -> Shape:
    """The media as REST shows it. Needs `Media.objects.for_reading()`.

    Errors are in English unless `as_text` translates them.
    """
    facts = _facts(row)
    return {
        "file_id": facts.pop("file_id"),
        "name": facts.pop("name"),
        "description": row.description,
        "tags": row.tags,
        "status": facts.pop("status"),
        "error": error(row.error_code, row.error, as_text),
        "source_type": row.source_type,
        **facts,
        "cover": cover(row),
        "created_at": time(row.created_at),
        "updated_at": time(row.updated_at),
    }


def media_facts(row: Media) -> Shape:
    """Facts of the file, with its audio tracks, which REST does not show. Runs no query."""
    return {**_facts(row), "audio": audio(row)}


def audio(row: Media) -> list[Shape]:
    """Its audio tracks: codec, bitrate, sampling rate."""
    tracks: list[Shape] = (row.probe or {}).get("audio", [])
    return tracks


def media_whole(row: Media) -> Shape:
    """All of `media` and of `media_facts`. Needs `Media.objects.for_reading()`."""
    return media(row) | media_facts(row)


def _facts(row: Media) -> Shape:
    """The facts in the order of REST."""
    probe = row.probe or {}
    return {
        "file_id": row.file_id,
        "name": row.name,
        "status": row.status,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256 or None,
        "container": row.container or None,
        "duration_s": row.duration_s,
        "width": row.width,
        "height": row.height,
        "rotation": probe.get("rotation"),
        "codec": row.codec or None,
        "fps": round(float(Fraction(probe["fps"])), 6) if probe else None,
        "bitrate": probe.get("bitrate"),
        "has_audio": probe.get("has_audio"),
        "is_vfr": probe.get("is_vfr"),
        "is_hdr": probe.get("is_hdr"),
        "has_alpha": probe.get("has_alpha"),
    }


def cover(row: Media) -> Shape | None:
    """The cover and its origin, `None` if there is none."""
    name = row.cover_snapshot.picture if row.cover_snapshot else row.cover_picture
    if not name:
        return None
    snapshot = row.cover_snapshot
    return {
        "url": picture_url(name),
        "snapshot": snapshot.pk if snapshot else None,
        "at": snapshot.at if snapshot else row.cover_at or None,
        "template": snapshot.definition if snapshot else None,
        "set_by": row.cover_by,
        "set_at": time(row.cover_set_at),
    }


def template(row: SnapshotTemplate) -> Shape:
    return {
        **row.as_values(),
        "created_at": time(row.created_at),
        "updated_at": time(row.updated_at),
    }


def snapshot(row: Snapshot) -> Shape:
    """A picture with its receipt. Needs `operation__task` and `media` selected."""
    return {
        "id": row.pk,
        "media": row.media.file_id,
        "task": row.operation.task.task_id,
        "template": row.definition,
        "is_current": row.is_current,
        "created_at": time(row.created_at),
        **receipt(row),
    }


def receipt(row: Snapshot) -> Shape:
    """URL and properties of the picture, and the frame it shows."""
    return {
        "url": picture_url(row.picture),
        "at": row.at,
        "format": row.format,
        "width": row.width,
        "height": row.height,
        "bytes": row.size_bytes,
        "sha256": row.sha256,
        "time_ms": plain_number(row.time_ms),
        "pts": row.pts,
        "time_base": row.time_base,
        "frame_time": row.frame_time,
        "key_frame": row.key_frame,
    }


def frame(index: FrameIndex, number: int) -> Shape:
    """One frame of the index, named as in a receipt."""
    return {
        "index": number,
        "pts": index.pts[number],
        "time_base": f"{index.time_base.numerator}/{index.time_base.denominator}",
        "frame_time": float(round(index.seconds(number), 6)),
        "key_frame": bool(index.key_frames[number]),
    }


def task(row: Task, *, as_text: AsText = str) -> Shape:
    """The task as `GET tasks/{task_id}/` shows it. Needs `Task.objects.for_reading()`.

    Errors are in English unless `as_text` translates them.
    """
    steps = [(step, step.snapshots.all()) for step in row.operations.all()]
    return task_with(row, steps, as_text=as_text)


def task_with(row: Task, steps: Steps, *, as_text: AsText = str) -> Shape:
    """The same from operations and snapshots that were read separately."""
    return {
        "task_id": row.task_id,
        "media": row.file_id,
        "status": row.status,
        "progress": row.progress,
        "priority": row.priority,
        "notify_mode": row.notify_mode,
        "session_id": row.session_id,
        "session_context": row.session_context,
        "created_at": time(row.created_at),
        "started_at": time(row.started_at),
        "finished_at": time(row.finished_at),
        "error": error(row.error_code, row.error, as_text),
        "operations": [_operation(row, operation, each, as_text) for operation, each in steps],
        **({"pull": pull(row.pull, as_text=as_text)} if row.kind == Task.Kind.PULL else {}),
    }


def pull(row: Pull, *, as_text: AsText = str) -> Shape:
    """Source, progress and last error of a pull."""
    return {
        "url": row.shown_url,
        "received_bytes": row.received_bytes,
        "total_bytes": row.total_bytes,
        "tries": row.tries,
        "error": error("download_failed" if row.last_error else "", row.error, as_text),
        "procedure_task_id": row.procedure_task_id,
    }


def _operation(
    row: Task, operation: Operation, snapshots: Iterable[Snapshot], as_text: AsText
) -> Shape:
    shape: Shape = {
        "type": operation.type,
        "template": _frozen(operation.template),
        "mode": operation.mode,
        "status": operation.status,
        "error": error(operation.error_code, operation.error, as_text),
    }
    points = _points(row, operation, snapshots, as_text)
    if operation.type == Operation.Type.SNAPSHOT:
        return {**shape, "points": points}
    cover_snapshot = points[0]["snapshot"]
    cover_url = cover_snapshot["url"] if cover_snapshot else None
    return {**shape, "at": operation.at[0], "cover_url": cover_url}


def _frozen(template: Shape) -> Shape:
    """A frozen template in the order of its fields, which PostgreSQL does not preserve."""
    return {name: template[name] for name in _TEMPLATE_FIELDS if name in template}


def _points(
    row: Task, operation: Operation, snapshots: Iterable[Snapshot], as_text: AsText
) -> list[Shape]:
    by_index = {snapshot.index: snapshot for snapshot in snapshots}
    return [
        _point(row, operation, at, by_index.get(index), as_text)
        for index, at in enumerate(operation.at)
    ]


def _point(
    row: Task, operation: Operation, at: str, found: Snapshot | None, as_text: AsText
) -> Shape:
    if found is None:
        return {"at": at, **_point_without_row(row, operation, as_text), "snapshot": None}
    if found.picture:
        picture = {"id": found.pk, **receipt(found)}
        return {"at": at, "status": "done", "error": None, "snapshot": picture}
    reason = error(found.error_code, found.error, as_text)
    return {"at": at, "status": "failed", "error": reason, "snapshot": None}


def _point_without_row(row: Task, operation: Operation, as_text: AsText) -> Shape:
    """A point without a row: waiting, or failed with its task, or deleted with its media."""
    if not row.is_ended:
        return {"status": "waiting", "error": None}
    code, message = operation.error_code or row.error_code, operation.error or row.error
    if not code:
        code, message = "media_not_found", _("The video was deleted, and its snapshots with it.")
    return {"status": "failed", "error": error(code, message, as_text)}


def time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`."""
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain_number(value: Any) -> float | int | None:
    """A decimal as a JSON number without a needless `.0`."""
    if value is None:
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def snapshots_for_reading(rows: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """With everything that `snapshot` needs, in one query."""
    return rows.select_related("operation__task", "media").defer("media__frame_index")
