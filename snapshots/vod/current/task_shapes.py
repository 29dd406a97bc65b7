"""Tasks in the form of the current generation, from `presentation.task`."""

from __future__ import annotations

from collections.abc import Callable

from ...models import Task
from ...services import presentation
from .. import conversions
from ..conversions import Shape
from .media_shapes import basic_info, meta_data, pictures, source_url, time

RESULT_MEMBERS = (
    "TranscodeTask",
    "AnimatedGraphicTask",
    "SnapshotByTimeOffsetTask",
    "SampleSnapshotTask",
    "ImageSpriteTask",
    "CoverBySnapshotTask",
    "AdaptiveDynamicStreamingTask",
)
_STATUS = {
    "waiting": "WAITING",
    "processing": "PROCESSING",
    "finished": "FINISH",
    "failed": "FINISH",
    "aborted": "ABORTED",
}
_STEP_STATUS = {"succeeded": "SUCCESS", "partial": "SUCCESS", "failed": "FAIL"}
_NOTIFY = {"finish": "Finish", "change": "Change", "none": "None"}


def task_detail(task: Shape, media: Shape | None) -> Shape:
    kind = task_type(task)
    filled: dict[str, Callable[[], Shape]] = {
        "Procedure": lambda: procedure_task(task, media),
        "SnapshotByTimeOffset": lambda: snapshot_task_2017(task),
        "PullUpload": lambda: pull_task(task, media),
    }
    return {
        "TaskType": kind,
        "Status": _STATUS[task["status"]],
        **_times(task, "CreateTime"),
        **{f"{name}Task": shape() if name == kind else None for name, shape in filled.items()},
        "EditMediaTask": None,
        "TranscodeTask": None,
    }


def task_in_list(row: Task) -> Shape:
    """One of DescribeTasks."""
    return {
        "TaskId": row.task_id,
        "Status": _STATUS[row.status],
        "FileId": row.file_id,
        "TaskType": task_type(conversions.outline(row)),
        "CreateTime": time(presentation.time(row.created_at)),
        "BeginProcessTime": time(presentation.time(row.started_at)),
        "FinishTime": time(presentation.time(row.finished_at)),
        "SessionId": row.session_id,
        "SessionContext": row.session_context,
    }


def task_type(task: Shape) -> str:
    if conversions.is_pull(task):
        return "PullUpload"
    return "SnapshotByTimeOffset" if conversions.is_legacy_snapshot(task) else "Procedure"


def procedure_task(task: Shape, media: Shape | None) -> Shape:
    """ProcedureTask: of DescribeTaskDetail and of the event ProcedureStateChanged."""
    return {
        "TaskId": task["task_id"],
        "Status": "FINISH" if task["finished_at"] else "PROCESSING",
        "ErrCode": 0,
        "Message": "",
        "FileId": task["media"],
        "FileName": media["name"] if media else "",
        "FileUrl": source_url(media) if media else "",
        "MetaData": meta_data(media) if media else None,
        "MediaProcessResultSet": [_result(task, step) for step in task["operations"]],
        "AiContentReviewResultSet": [],
        "AiAnalysisResultSet": [],
        "AiRecognitionResultSet": [],
        "TasksPriority": task["priority"],
        "TasksNotifyMode": _NOTIFY[task["notify_mode"]],
        "SessionContext": task["session_context"],
        "SessionId": task["session_id"],
        "Operator": "",
        "OperationType": "",
    }


def pull_task(task: Shape, media: Shape | None) -> Shape:
    """PullUploadTask: of DescribeTaskDetail and of the event PullComplete."""
    failed = conversions.error_codes(task["error"]) if task["error"] else None
    return {
        "TaskId": task["task_id"],
        "Status": "FINISH" if task["finished_at"] else "PROCESSING",
        "ErrCode": failed.number if failed else 0,
        "Message": task["error"]["message"] if failed else "",
        "FileId": task["media"],
        "MediaBasicInfo": basic_info(media) if media and "description" in media else None,
        "MetaData": meta_data(media) if media else None,
        "FileUrl": source_url(media) if media else "",
        "ProcedureTaskId": task["pull"].get("procedure_task_id", "") if not failed else "",
        "ReviewAudioVideoTaskId": "",
        "SessionContext": task["session_context"],
        "SessionId": task["session_id"],
        "Progress": task["progress"],
    }


def snapshot_task_2017(task: Shape) -> Shape:
    """SnapshotByTimeOffsetTask2017: of tasks that the legacy call launched."""
    (operation,) = task["operations"]
    return {
        "TaskId": task["task_id"],
        "FileId": task["media"],
        "Definition": operation["template"]["definition"],
        "SnapshotInfoSet": [
            _snapshot_2017(task, point)
            for point in operation["points"]
            if point["status"] != "waiting"
        ],
    }


def _snapshot_2017(task: Shape, point: Shape) -> Shape:
    snapshot = point["snapshot"]
    if snapshot:
        return {"ErrCode": 0, "TimeOffset": round(snapshot["time_ms"]), "Url": snapshot["url"]}
    number = conversions.error_codes(point["error"] or task["error"]).picture
    return {"ErrCode": number, "TimeOffset": conversions.requested_ms(point), "Url": ""}


def _result(task: Shape, operation: Shape) -> Shape:
    """MediaProcessTaskResult: the member of its type filled, all others null."""
    shape = dict.fromkeys(RESULT_MEMBERS)
    is_cover = operation["type"] == "cover"
    kind = "CoverBySnapshot" if is_cover else "SnapshotByTimeOffset"
    filled = _cover_step(task, operation) if is_cover else _snapshot_step(task, operation)
    return {"Type": kind, **shape, f"{kind}Task": filled}


def _snapshot_step(task: Shape, operation: Shape) -> Shape:
    definition, at = operation["template"]["definition"], [p["at"] for p in operation["points"]]
    offsets = [text for text in at if text.lower().endswith("ms")]
    done = [point for point in operation["points"] if point["status"] != "waiting"]
    return {
        **_step(task, operation, len(done) / max(1, len(at))),
        "Input": {
            "Definition": definition,
            "ExtTimeOffsetSet": [text for text in at if text not in offsets],
            "TimeOffsetSet": [float(text[:-2]) for text in offsets],
            "WatermarkSet": [],
        },
        "Output": _when_done(
            operation,
            lambda: {
                "Definition": definition,
                "PicInfoSet": pictures(conversions.pictures(operation)),
            },
        ),
    }


def _cover_step(task: Shape, operation: Shape) -> Shape:
    kind, value = conversions.position(operation)
    return {
        **_step(task, operation, 1.0 if operation["cover_url"] else 0.0),
        "Input": {
            "Definition": operation["template"]["definition"],
            "PositionType": kind,
            "PositionValue": value,
            "WatermarkSet": [],
        },
        "Output": _when_done(operation, lambda: {"CoverUrl": operation["cover_url"] or ""}),
    }


def _when_done(operation: Shape, output: Callable[[], Shape]) -> Shape | None:
    return output() if _STEP_STATUS.get(operation["status"]) == "SUCCESS" else None


def _step(task: Shape, operation: Shape, share: float) -> Shape:
    status = _STEP_STATUS.get(operation["status"], "PROCESSING")
    error = conversions.error_of(task, operation) or {"code": "", "message": "It failed."}
    failed = conversions.error_codes(error) if status == "FAIL" else None
    messages = {"SUCCESS": "SUCCESS", "FAIL": error["message"], "PROCESSING": ""}
    return {
        "Status": status,
        "ErrCodeExt": failed.ext if failed else "",
        "ErrCode": failed.number if failed else 0,
        "Message": messages[status],
        "Progress": 100 if status != "PROCESSING" else min(99, int(100 * share)),
        "BeginProcessTime": time(task["started_at"]),
        "FinishTime": time(task["finished_at"]),
    }


def _times(task: Shape, first: str) -> Shape:
    return {
        first: time(task["created_at"]),
        "BeginProcessTime": time(task["started_at"]),
        "FinishTime": time(task["finished_at"]),
    }
