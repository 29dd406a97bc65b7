"""Tasks read and aborted: DescribeTaskDetail, DescribeTasks, ManageTask."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services import tasks
from ...services.tasks import listing
from ..conversions import Shape, moment
from ..param_types import ChoiceParam, IntegerParam, TextParam
from ..schema import Param, Params, Structure, required
from .actions import ACTIONS, SUB_APP
from .task_shapes import task_detail, task_in_list

_TASK_ID = required(TextParam(128, code="TaskId"))
_STATUSES = {
    "WAITING": ("waiting",),
    "PROCESSING": ("processing",),
    "FINISH": ("finished", "failed"),
    "ABORTED": ("aborted",),
}
_FIELDS = {"CreateTime": "created_at", "FinishTime": "finished_at"}
_SPAN = Structure({"After": Param(TextParam(64)), "Before": Param(TextParam(64))})
_SORT = Structure(
    {
        "Field": required(ChoiceParam(tuple(_FIELDS))),
        "Order": Param(ChoiceParam(("Asc", "Desc")), default="Desc"),
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
            "Status": Param(ChoiceParam((*_STATUSES, ""), code="Status"), default=""),
            "FileId": Param(TextParam(64), default=""),
            "CreateTime": Param(_SPAN),
            "FinishTime": Param(_SPAN),
            "Sort": Param(_SORT),
            "Limit": Param(IntegerParam(1, 100), default=10),
            "ScrollToken": Param(TextParam(64), default=""),
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
            "OperationType": required(ChoiceParam(("Abort",), code="InvalidOperationType")),
            **SUB_APP,
        }
    ),
    right="change_task",
    is_write=True,
)
def manage_task(user: User, params: Params) -> Shape:
    tasks.abort(task=listing.get(task_id=params["TaskId"]))
    return {}


def span(given: Params | None, field: str) -> listing.Span:
    """A TimeRange as a span. Raises VodError."""
    ends = {name: moment(text, f"{field}.{name}") for name, text in (given or {}).items() if text}
    return listing.Span(ends.get("After"), ends.get("Before"))
