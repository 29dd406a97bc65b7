"""Videos downloaded from their URL: PullUpload."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import Task
from ...services.tasks import procedures, pulls
from ..conversions import Shape
from ..param_types import IntegerParam, TextParam
from ..schema import Param, Params, Structure, ignored, refused, required
from .actions import ACTIONS, SUB_APP
from .media_shapes import NEVER


@ACTIONS.add(
    "PullUpload",
    schema=Structure(
        {
            "MediaUrl": required(TextParam(pulls.MAX_URL, code="MediaUrl")),
            "MediaName": Param(TextParam(255), default=""),
            "MediaType": ignored(TextParam(64)),  # detected from its first bytes
            "CoverUrl": Param(TextParam(pulls.MAX_URL, code="CoverUrl"), default=""),
            "Procedure": Param(TextParam(64), default=""),
            "ExpireTime": refused(NEVER),
            "StorageRegion": ignored(TextParam(64)),
            "ClassId": ignored(IntegerParam()),
            "TasksPriority": Param(IntegerParam(-10, 10), default=0),
            "SessionContext": Param(TextParam(1000, code="SessionContextTooLong"), default=""),
            "SessionId": Param(TextParam(50, code="SessionIdTooLong"), default=""),
            "ExtInfo": ignored(TextParam(10_000)),
            "SourceContext": ignored(TextParam(250)),
            "MediaStoragePath": refused(),
            **SUB_APP,
        }
    ),
    right="add_media",
    is_write=True,
    errors={
        "forbidden_url": "InvalidParameterValue.MediaUrl",
        "forbidden_cover": "InvalidParameterValue.CoverUrl",
    },
)
def pull_upload(user: User, params: Params) -> Shape:
    if params["Procedure"]:
        procedures.get(name=params["Procedure"])
    task = pulls.create(
        url=params["MediaUrl"],
        name=params["MediaName"],
        interface=Task.Interface.VOD_CURRENT,
        user=user,
        options=pulls.TaskOptions(
            priority=params["TasksPriority"],
            session_id=params["SessionId"],
            session_context=params["SessionContext"],
        ),
        follow_up=pulls.FollowUp(cover_url=params["CoverUrl"], procedure=params["Procedure"]),
    )
    return {"TaskId": task.task_id}
