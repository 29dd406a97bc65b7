"""Tasks in the form of the legacy generation, from `presentation.task`."""

from __future__ import annotations

from collections.abc import Callable

from .. import conversions
from ..conversions import Shape
from .media_shapes import image, meta_data

_STEP_STATUS = {"succeeded": "SUCCESS", "partial": "SUCCESS", "failed": "FAIL"}
STATUS = {"succeeded": "SUCCESS", "partial": "SUCCESS", "failed": "FAIL"}
_NEVER = 4294967295
_UNFILED = "其他"
STATUS = {
    "waiting": "WAITING",
    "processing": "PROCESSING",
    "finished": "FINISHED",
    "failed": "FINISHED",
    "aborted": "FINISHED",
}


def task_type(task: Shape) -> str:
    if conversions.is_pull(task):
        return "PullUpload"
    return "SnapshotByTimeOffset" if conversions.is_legacy_snapshot(task) else "procedure"


def task_info(task: Shape, media: Shape | None) -> Shape:
    """GetTaskInfo: the task's state, and the same data as in its event."""
    data = {
        "PullUpload": lambda: pull_data(task, media),
        "SnapshotByTimeOffset": lambda: snapshot_data(task),
        "procedure": lambda: procedure_data(task, media),
    }
    kind = task_type(task)
    return {
        "status": STATUS[task["status"]],
        "type": kind,
        "createTime": conversions.unix(task["created_at"]),
        "beginProcessTime": conversions.unix(task["started_at"]),
        "finishTime": conversions.unix(task["finished_at"]),
        "data": data[kind](),
    }


def pull_data(task: Shape, media: Shape | None) -> Shape:
    """The data of PullComplete."""
    failed = task["error"]
    return {
        "vodTaskId": task["task_id"],
        "status": conversions.error_codes(failed).number if failed else 0,
        "message": failed["message"] if failed else "",
        "fileId": task["media"],
        "fileUrl": conversions.source_url(task["media"]) if media else "",
        **({"metaData": meta_data(media)} if media and media["status"] == "ready" else {}),
    }


def snapshot_data(task: Shape) -> Shape:
    """The data of CreateSnapshotByTimeOffsetComplete."""
    (operation,) = task["operations"]
    return {
        "vodTaskId": task["task_id"],
        "fileId": task["media"],
        "definition": operation["template"]["definition"],
        "picInfo": [
            _picture(task, point) for point in operation["points"] if point["status"] != "waiting"
        ],
    }


def _picture(task: Shape, point: Shape) -> Shape:
    snapshot = point["snapshot"]
    if snapshot:
        return {"status": 0, "timeOffset": round(snapshot["time_ms"]), "url": snapshot["url"]}
    number = conversions.error_codes(point["error"] or task["error"]).picture
    return {"status": number, "timeOffset": conversions.requested_ms(point)}


def procedure_data(task: Shape, media: Shape | None) -> Shape:
    """The data of ProcedureStateChanged."""
    return {
        "vodTaskId": task["task_id"],
        "status": "FINISH" if task["finished_at"] else "PROCESSING",
        "message": "",
        "errCode": 0,
        "fileId": task["media"],
        **({"metaData": meta_data(media)} if media and media["status"] == "ready" else {}),
        "processTaskList": [
            _cover(task, step) if step["type"] == "cover" else _snapshots(task, step)
            for step in task["operations"]
        ],
    }


def _snapshots(task: Shape, operation: Shape) -> Shape:
    snapshots = conversions.pictures(operation)
    return {
        "taskType": "SnapshotByTimeOffset",
        **_step(task, operation),
        "input": {
            "definition": operation["template"]["definition"],
            "timeOffset": [conversions.requested_ms(point) for point in operation["points"]],
            "watermarkDefinition": [],
        },
        **_output(operation, lambda: {"imgInfo": [image(snapshot) for snapshot in snapshots]}),
    }


def _cover(task: Shape, operation: Shape) -> Shape:
    kind, position = conversions.position(operation)
    url = operation["cover_url"]  # none once its picture was deleted
    return {
        "taskType": "CoverBySnapshot",
        **_step(task, operation),
        "input": {
            "definition": operation["template"]["definition"],
            "positionType": kind,
            "position": int(position) if position.is_integer() else position,
        },
        **(_output(operation, lambda: {"imageUrl": url}) if url else {}),
    }


def _step(task: Shape, operation: Shape) -> Shape:
    status = _STEP_STATUS.get(operation["status"], "PROCESSING")
    if status != "FAIL":
        return {"status": status, "errCode": 0, "message": "SUCCESS" if status == "SUCCESS" else ""}
    error = conversions.error_of(task, operation) or {"code": "", "message": "It failed."}
    return {
        "status": status,
        "errCode": conversions.error_codes(error).legacy,
        "message": error["message"],
    }


def _output(operation: Shape, output: Callable[[], Shape]) -> Shape:
    is_done = _STEP_STATUS.get(operation["status"]) == "SUCCESS"
    return {"output": output()} if is_done else {}
