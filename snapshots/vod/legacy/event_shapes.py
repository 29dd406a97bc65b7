"""Events in the form of the legacy generation, from an event's frozen payload."""

from __future__ import annotations

from .. import conversions
from ..conversions import Shape
from .media_shapes import meta_data
from .task_shapes import procedure_data, pull_data, snapshot_data


def event(kind: str, payload: Shape) -> Shape:
    """eventContent of PullEvent."""
    name, data = _event(kind, payload)
    return {"version": "4.0", "eventType": name, "data": data}


def _event(kind: str, payload: Shape) -> tuple[str, Shape]:
    task, media = conversions.task_and_media(payload)
    if kind == "media.ready":
        return "NewFileUpload", {
            "status": 0,
            "message": "",
            "vodTaskId": "",
            "fileId": media["file_id"],
            "fileUrl": conversions.source_url(media["file_id"]),
            "metaData": meta_data(media),
        }
    if kind == "media.deleted":
        return "FileDeleted", {"fileIdSet": [media["file_id"]]}
    if conversions.is_pull(task):
        return "PullComplete", pull_data(task, media)
    if conversions.is_legacy_snapshot(task):
        return f"{conversions.LEGACY_CALL}Complete", snapshot_data(task)
    return "ProcedureStateChanged", procedure_data(task, media)
