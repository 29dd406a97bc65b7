"""Events in the form of the current generation, from an event's frozen payload."""

from __future__ import annotations

from .. import conversions
from ..conversions import Shape
from .media_shapes import basic_info, meta_data
from .task_shapes import procedure_task, pull_task, snapshot_task_2017

MEMBERS = (
    "ProcedureStateChangeEvent",
    "SnapshotByTimeOffsetCompleteEvent",
    "FileUploadEvent",
    "FileDeleteEvent",
    "CreateImageSpriteCompleteEvent",
    "PullCompleteEvent",
)


def pulled(handle: str, kind: str, payload: Shape) -> Shape:
    """EventContent as PullEvents gives it: one member is filled, the others are null."""
    return {"EventHandle": handle, **dict.fromkeys(MEMBERS), **event(kind, payload)}


def event(kind: str, payload: Shape) -> Shape:
    """EventContent without its handle: the type, and the one member that goes with it."""
    task, media = conversions.task_and_media(payload)
    if kind == "media.ready":
        return {"EventType": "NewFileUpload", "FileUploadEvent": _uploaded(media)}
    if kind == "media.deleted":
        file_id = media["file_id"]
        result = {"FileId": file_id, "DeleteParts": []}
        gone = {"FileIdSet": [file_id], "FileDeleteResultInfo": [result]}
        return {"EventType": "FileDeleted", "FileDeleteEvent": gone}
    if conversions.is_pull(task):
        return {"EventType": "PullComplete", "PullCompleteEvent": pull_task(task, media)}
    if conversions.is_legacy_snapshot(task):
        return {
            "EventType": f"{conversions.LEGACY_CALL}Complete",
            "SnapshotByTimeOffsetCompleteEvent": snapshot_task_2017(task),
        }
    return {
        "EventType": "ProcedureStateChanged",
        "ProcedureStateChangeEvent": procedure_task(task, media),
    }


def _uploaded(media: Shape) -> Shape:
    return {
        "FileId": media["file_id"],
        "MediaBasicInfo": basic_info(media),
        "ProcedureTaskId": "",
        "ReviewAudioVideoTaskId": "",
        "MetaData": meta_data(media),
    }
