"""Answers and events of the legacy generation, from the neutral shapes of `presentation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .. import conversions
from ..conversions import Shape

_STEP_STATUS = {"succeeded": "SUCCESS", "partial": "SUCCESS", "failed": "FAIL"}
_NEVER = 4294967295
_UNFILED = "其他"
STATUS = {
    "waiting": "WAITING",
    "processing": "PROCESSING",
    "finished": "FINISHED",
    "failed": "FINISHED",
    "aborted": "FINISHED",
}


# --- Tasks ---------------------------------------------------------------------------------------


def task_type(task: Shape) -> str:
    if conversions.is_pull(task):
        return "PullUpload"
    return "SnapshotByTimeOffset" if conversions.is_legacy_snapshot(task) else "procedure"


def task_info(task: Shape, media: Shape | None) -> Shape:
    """GetTaskInfo: the task's state, and the same data as in its event."""
    data = {
        "PullUpload": lambda: _pulled(task, media),
        "SnapshotByTimeOffset": lambda: _snapshots_made(task),
        "procedure": lambda: _procedure(task, media),
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


def _pulled(task: Shape, media: Shape | None) -> Shape:
    """The data of PullComplete."""
    failed = task["error"]
    return {
        "vodTaskId": task["task_id"],
        "status": conversions.fault(failed).number if failed else 0,
        "message": failed["message"] if failed else "",
        "fileId": task["media"],
        "fileUrl": conversions.source_url(task["media"]) if media else "",
        **({"metaData": meta_data(media)} if media and media["status"] == "ready" else {}),
    }


def _snapshots_made(task: Shape) -> Shape:
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
    shot = point["snapshot"]
    if shot:
        return {"status": 0, "timeOffset": round(shot["time_ms"]), "url": shot["url"]}
    number = conversions.fault(point["error"] or task["error"]).picture
    return {"status": number, "timeOffset": conversions.asked_ms(point)}


def _procedure(task: Shape, media: Shape | None) -> Shape:
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
    shots = conversions.pictures(operation)
    return {
        "taskType": "SnapshotByTimeOffset",
        **_step(task, operation),
        "input": {
            "definition": operation["template"]["definition"],
            "timeOffset": [conversions.asked_ms(point) for point in operation["points"]],
            "watermarkDefinition": [],
        },
        **_output(operation, lambda: {"imgInfo": [_image(shot) for shot in shots]}),
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
        "errCode": conversions.fault(error).legacy,
        "message": error["message"],
    }


def _output(operation: Shape, output: Callable[[], Shape]) -> Shape:
    is_done = _STEP_STATUS.get(operation["status"]) == "SUCCESS"
    return {"output": output()} if is_done else {}


def _image(shot: Shape) -> Shape:
    return {"timeOffset": round(shot["time_ms"]), "url": shot["url"]}


# --- Media ---------------------------------------------------------------------------------------


def basic_info(media: Shape) -> Shape:
    return {
        "name": media["name"],
        "size": media["size_bytes"],
        "duration": round(media["duration_s"] or 0),
        "description": media["description"],
        "status": "normal",
        "createTime": conversions.unix(media["created_at"]),
        "updateTime": conversions.unix(media["updated_at"]),
        "expireTime": _NEVER,
        "classificationId": 0,
        "classificationName": _UNFILED,
        "playerId": "",
        "coverUrl": media["cover"]["url"] if media["cover"] else "",
        "type": media["container"] or "",
        "sourceVideoUrl": conversions.source_url(media["file_id"]),
    }


def meta_data(media: Shape) -> Shape:
    """Of a media that is ready."""
    audio = media.get("audio", [])
    sound = sum(track["bitrate"] for track in audio)
    return {
        "size": media["size_bytes"],
        "container": media["container"],
        "bitrate": media["bitrate"],
        "height": media["height"],
        "width": media["width"],
        "md5": "",
        "duration": round(media["duration_s"]),
        "rotate": media["rotation"],
        "videoStreamList": [
            {
                "bitrate": max(0, media["bitrate"] - sound),
                "height": media["height"],
                "width": media["width"],
                "codec": media["codec"],
                "fps": round(media["fps"]),
            }
        ],
        "audioStreamList": [
            {
                "codec": track["codec"],
                "samplingRate": track["sampling_rate"],
                "bitrate": track["bitrate"],
            }
            for track in audio
        ],
    }


def snapshot_sets(sets: Mapping[int, Sequence[Shape]]) -> Shape:
    """snapshotByTimeOffsetInfo of receipts by definition."""
    return {
        "snapshotByTimeOffsetList": [
            {"definition": definition, "picInfoList": [_image(shot) for shot in shots]}
            for definition, shots in sets.items()
        ]
    }


# --- Events --------------------------------------------------------------------------------------


def event(kind: str, payload: Shape) -> Shape:
    """eventContent of PullEvent."""
    name, data = _event(kind, payload)
    return {"version": "4.0", "eventType": name, "data": data}


def _event(kind: str, payload: Shape) -> tuple[str, Shape]:
    task, media = conversions.told_of(payload)
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
        return "PullComplete", _pulled(task, media)
    if conversions.is_legacy_snapshot(task):
        return f"{conversions.LEGACY_CALL}Complete", _snapshots_made(task)
    return "ProcedureStateChanged", _procedure(task, media)
