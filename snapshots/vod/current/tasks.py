"""Tasks watched and aborted: DescribeTaskDetail, DescribeTasks, ManageTask."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services import tasks
from ...services.tasks import listing
from ..conversions import Shape, moment
from ..schema import Choice, Field, Integer, Params, Structure, Text, required
from .actions import ACTIONS, SUB_APP
from .task_shapes import task_detail, task_in_list

_TASK_ID = required(Text(128, bad="TaskId"))
_STATUSES = {
    "WAITING": ("waiting",),
    "PROCESSING": ("processing",),
    "FINISH": ("finished", "failed"),
    "ABORTED": ("aborted",),
}
_FIELDS = {"CreateTime": "created_at", "FinishTime": "finished_at"}
_SPAN = Structure({"After": Field(Text(64)), "Before": Field(Text(64))})
_SORT = Structure(
    {
        "Field": required(Choice(tuple(_FIELDS))),
        "Order": Field(Choice(("Asc", "Desc")), default="Desc"),
    }
)


@ACTIONS.add(
    "DescribeTaskDetail",
    schema=Structure({"TaskId": _TASK_ID, **SUB_APP}),
    right="view_task",
)
def describe_task_detail(user: User, params: Params) -> Shape:
    found = listing.detail(task_id=params["TaskId"])
    return task_detail(found.task, found.media)


@ACTIONS.add(
    "DescribeTasks",
    schema=Structure(
        {
            "Status": Field(Choice((*_STATUSES, ""), bad="Status"), default=""),
            "FileId": Field(Text(64), default=""),
            "CreateTime": Field(_SPAN),
            "FinishTime": Field(_SPAN),
            "Sort": Field(_SORT),
            "Limit": Field(Integer(1, 100), default=10),
            "ScrollToken": Field(Text(64), default=""),
            **SUB_APP,
        }
    ),
    right="view_task",
)
def describe_tasks(user: User, params: Params) -> Shape:
    sort = params.get("Sort", {"Field": "CreateTime", "Order": "Desc"})
    page = listing.listed(
        statuses=_STATUSES.get(params["Status"], ()),
        file_id=params["FileId"],
        created=span(params.get("CreateTime"), "CreateTime"),
        finished=span(params.get("FinishTime"), "FinishTime"),
        order=_FIELDS[sort["Field"]],
        descending=sort["Order"] == "Desc",
        limit=params["Limit"],
        token=params["ScrollToken"],
    )
    return {"TaskSet": [task_in_list(row) for row in page.tasks], "ScrollToken": page.token}


@ACTIONS.add(
    "ManageTask",
    schema=Structure(
        {
            "TaskId": _TASK_ID,
            "OperationType": required(Choice(("Abort",), bad="InvalidOperationType")),
            **SUB_APP,
        }
    ),
    right="change_task",
    is_once=True,
)
def manage_task(user: User, params: Params) -> Shape:
    tasks.abort(task=listing.get(task_id=params["TaskId"]))
    return {}


def span(given: Params | None, field: str) -> listing.Span:
    """TimeRange as a span of moments. Raises VodError."""
    ends = {name: moment(text, f"{field}.{name}") for name, text in (given or {}).items() if text}
    return listing.Span(ends.get("After"), ends.get("Before"))
