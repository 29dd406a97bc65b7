"""Tasks read and rerun: GetTaskInfo, GetTaskList, TaskStatusStat, RedoTask."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import Task
from ...services import presentation
from ...services.tasks import listing, submission
from ..conversions import Shape, outline, unix
from ..param_types import ChoiceParam, IntegerParam, TextParam
from ..schema import Param, Params, Structure, required
from .actions import ACTIONS
from .task_shapes import task_info, task_type

_TASK_ID = required(TextParam(128, code="TaskId"))
_STATUSES = {
    "WAITING": ("waiting",),
    "PROCESSING": ("processing",),
    "FINISHED": ("finished", "failed", "aborted"),
}
_STATUS = Param(ChoiceParam((*_STATUSES, "")), default="")
_NEXT = Param(TextParam(64), default="")


@ACTIONS.add("GetTaskInfo", schema=Structure({"vodTaskId": _TASK_ID}), right="view_task")
def get_task_info(user: User, params: Params) -> Shape:
    found = listing.detail(task_id=params["vodTaskId"])
    return task_info(found.task, found.media)


@ACTIONS.add(
    "GetTaskList",
    schema=Structure(
        {
            "fileId": Param(TextParam(64), default=""),
            "status": _STATUS,
            "maxCount": Param(IntegerParam(10, 100), default=10),
            "nextForWaiting": _NEXT,
            "nextForProcessing": _NEXT,
            "nextForFinished": _NEXT,
        }
    ),
    right="view_task",
)
def get_task_list(user: User, params: Params) -> Shape:
    return {"data": [_listed(status, params) for status in _asked(params["status"])]}


@ACTIONS.add("TaskStatusStat", schema=Structure({"status": _STATUS}), right="view_task")
def task_status_stat(user: User, params: Params) -> Shape:
    counts = listing.counts()
    return {
        "data": [
            {
                "status": status,
                "totalCount": sum(counts.get(ours, 0) for ours in _STATUSES[status]),
            }
            for status in _asked(params["status"])
        ]
    }


@ACTIONS.add("RedoTask", schema=Structure({"vodTaskId": _TASK_ID}), right="add_task", is_write=True)
def rerun_task(user: User, params: Params) -> Shape:
    row = listing.get(task_id=params["vodTaskId"])
    again = submission.rerun(task=row, interface=Task.Interface.VOD_LEGACY, user=user)
    return {"vodTaskId": again.task_id}


def _asked(status: str) -> list[str]:
    return [status] if status else list(_STATUSES)


def _listed(status: str, params: Params) -> Shape:
    page = listing.listed(
        statuses=_STATUSES[status],
        file_id=params["fileId"],
        limit=params["maxCount"],
        token=params[f"nextFor{status.capitalize()}"],
    )
    return {
        "status": status,
        "next": page.token,
        "taskList": [
            {
                "vodTaskId": row.task_id,
                "type": task_type(outline(row)),
                "createTime": unix(presentation.time(row.created_at)),
                "beginProcessTime": unix(presentation.time(row.started_at)),
                "finishTime": unix(presentation.time(row.finished_at)),
            }
            for row in page.tasks
        ],
    }
