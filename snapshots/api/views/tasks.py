"""Tasks: asked for, watched, aborted."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ...errors import Invalid, NotFound
from ...models import Media, Task
from ...services import presentation, tasks
from ...services.library import media as media_service
from ...services.tasks import submission
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from ...translation import translate
from ..auth import missing
from ..base_view import Endpoint, absolute
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


class TaskList(Endpoint):
    model = "task"
    rights = {"GET": "view_task", "POST": "add_task"}
    is_noted = False  # a task itself knows who asked for it

    @describe(
        "tasks_list", "List tasks, newest first", answer=page_of(TaskShape), refuses=[400],
        parameters=[TaskQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.query(TaskQuery)
        rows = Task.objects.for_reading()
        if media := asked.pop("media", None):
            rows = _of_media(rows, media)
        if status := asked.pop("status", None):
            rows = rows.filter(status=status)
        return Response(page(request, rows, _shape, **asked))

    @describe(
        "tasks_submit", "Ask for snapshots and covers", answer=TaskShape, status=202,
        refuses=[400, 409, 413, 415, 422], once=True, request=NewTask, parameters=_SUBMITTED,
        examples=example("Two snapshots and a cover", _EXAMPLE),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        asked = self.body(NewTask)
        task = submission.submit(
            media=_named(asked.pop("media"), request.user),
            snapshots=[SnapshotSpec(**wish) for wish in asked.pop("snapshots", [])],
            covers=[CoverSpec(**wish) for wish in asked.pop("covers", [])],
            interface=Task.Interface.REST,
            user=request.user,
            **asked,
        )
        headers = {
            "Location": absolute(reverse("api:task", args=[task.task_id])),
            "Retry-After": str(_POLL_S),
        }
        return Response(_shown(task.task_id), status=202, headers=headers)


class TaskDetail(Endpoint):
    model = "task"
    rights = {"GET": "view_task"}

    @describe("tasks_get", "One task with all its points", answer=TaskShape, refuses=[404])
    def get(self, request: Request, task_id: str) -> Response:
        return Response(_shown(task_id))


class TaskAbort(Endpoint):
    model = "task"
    rights = {"POST": "change_task"}

    @describe(
        "tasks_abort", "End a task that nobody has begun", answer=TaskShape,
        refuses=[400, 404, 409, 413, 415], once=True, request=Nothing,
    )  # fmt: skip
    def post(self, request: Request, task_id: str) -> Response:
        self.body(Nothing)
        tasks.abort(task=tasks.get(task_id=task_id))
        return Response(_shown(task_id))


def _shown(task_id: str) -> dict[str, Any]:
    return _shape(tasks.get(task_id=task_id))


def _shape(row: Task) -> dict[str, Any]:
    """The task with its reasons in the reader's language."""
    return presentation.task(row, as_text=translate)


def _named(file_id: str, user: Any) -> Media:
    """The media that a body names; one that the user may not see is not there."""
    try:
        if not user.has_perm("snapshots.view_media"):
            raise missing("media", file_id)
        return media_service.get(file_id=file_id)
    except NotFound as error:
        raise Invalid.field("media", error.code, error.message) from error


def _of_media(rows: QuerySet[Task], file_id: str) -> QuerySet[Task]:
    """By the media's key, which has an index; a deleted media's tasks by the id they kept."""
    key = Media.objects.filter(file_id=file_id).values_list("pk", flat=True).first()
    return rows.filter(media=key) if key else rows.filter(media=None, file_id=file_id)
