"""Videos fetched by their address: PullUpload."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import Task
from ...services.tasks import procedures, pulls
from ..conversions import Shape
from ..schema import Field, Integer, Params, Structure, Text, ignored, refused, required
from .actions import ACTIONS, SUB_APP
from .media_shapes import NEVER


@ACTIONS.add(
    "PullUpload",
    schema=Structure(
        {
            "MediaUrl": required(Text(pulls.MAX_URL, bad="MediaUrl")),
            "MediaName": Field(Text(255), default=""),
            "MediaType": ignored(Text(64)),  # told by its first bytes
            "CoverUrl": Field(Text(pulls.MAX_URL, bad="CoverUrl"), default=""),
            "Procedure": Field(Text(64), default=""),
            "ExpireTime": refused(NEVER),
            "StorageRegion": ignored(Text(64)),
            "ClassId": ignored(Integer()),
            "TasksPriority": Field(Integer(-10, 10), default=0),
            "SessionContext": Field(Text(1000, bad="SessionContextTooLong"), default=""),
            "SessionId": Field(Text(50, bad="SessionIdTooLong"), default=""),
            "ExtInfo": ignored(Text(10_000)),
            "SourceContext": ignored(Text(250)),
            "MediaStoragePath": refused(),
            **SUB_APP,
        }
    ),
    right="add_media",
    is_once=True,
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
