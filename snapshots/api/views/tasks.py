"""Tasks: submitted, read, aborted."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ...errors import Invalid, NotFound
from ...models import Media, Task
from ...services import presentation, tasks
from ...services.library import media as media_service
from ...services.security.accounts import signed_in
from ...services.tasks import submission
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from ...translation import translate
from ..auth import missing
from ..base_view import BaseView, absolute
from ..pagination import page
from ..query_params import TaskQuery
from ..request_schemas import NewTask, Nothing
from ..response_schemas import TaskShape, page_of
from ..schema import describe, example

_POLL_S = 1
_EXAMPLE = {
    "media": "5285890784246869930",
    "snapshots": [{"template": 10, "at": ["3.5s", "10%"]}],
    "covers": [{"template": 10, "at": "50%"}],
}
_SUBMITTED = [
    OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202]),
    OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[202]),
]


class TaskList(BaseView):
    model = "task"
    rights = {"GET": "view_task", "POST": "add_task"}
    is_audited = False  # a task records who submitted it

    @describe(
        "tasks_list", "List tasks, newest first", response=page_of(TaskShape), errors=[400],
        parameters=[TaskQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query = self.query(TaskQuery)
        rows: QuerySet[Task] = Task.objects.for_reading()
        if media := query.pop("media", None):
            rows = _of_media(rows, media)
        if status := query.pop("status", None):
            rows = rows.filter(status=status)
        return Response(page(request, rows, _shape, **query))

    @describe(
        "tasks_submit", "Submit a task for snapshots and covers", response=TaskShape, status=202,
        errors=[400, 409, 413, 415, 422], idempotent=True, request=NewTask, parameters=_SUBMITTED,
        examples=example("Two snapshots and a cover", _EXAMPLE),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        body, user = self.body(NewTask), signed_in(request.user)
        task = submission.submit(
            media=_named(body.pop("media"), user),
            snapshots=[SnapshotSpec(**spec) for spec in body.pop("snapshots", [])],
            covers=[CoverSpec(**spec) for spec in body.pop("covers", [])],
            interface=Task.Interface.REST,
            user=user,
            **body,
        )
        headers = {
            "Location": absolute(reverse("api:task", args=[task.task_id])),
            "Retry-After": str(_POLL_S),
        }
        return Response(_shown(task.task_id), status=202, headers=headers)


class TaskDetail(BaseView):
    model = "task"
    rights = {"GET": "view_task"}

    @describe("tasks_get", "Get a task with all its time points", response=TaskShape, errors=[404])
    def get(self, request: Request, task_id: str) -> Response:
        return Response(_shown(task_id))


class TaskAbort(BaseView):
    model = "task"
    rights = {"POST": "change_task"}

    @describe(
        "tasks_abort", "Abort a task that has not started", response=TaskShape,
        errors=[400, 404, 409, 413, 415], idempotent=True, request=Nothing,
    )  # fmt: skip
    def post(self, request: Request, task_id: str) -> Response:
        self.body(Nothing)
        tasks.abort(task=tasks.get(task_id=task_id))
        return Response(_shown(task_id))


def _shown(task_id: str) -> dict[str, Any]:
    return _shape(tasks.get(task_id=task_id))


def _shape(row: Task) -> dict[str, Any]:
    """The task, with its errors in the reader's language."""
    return presentation.task(row, as_text=translate)


def _named(file_id: str, user: User) -> Media:
    """The media item that a body names; one that the user may not see is not found."""
    try:
        if not user.has_perm("snapshots.view_media"):
            raise missing("media", file_id)
        return media_service.get(file_id=file_id)
    except NotFound as error:
        raise Invalid.field("media", error.code, error.message) from error


def _of_media(rows: QuerySet[Task], file_id: str) -> QuerySet[Task]:
    """By the media item's key, which is indexed; if that is deleted, by the tasks' file id."""
    key = Media.objects.filter(file_id=file_id).values_list("pk", flat=True).first()
    return rows.filter(media=key) if key else rows.filter(media=None, file_id=file_id)
