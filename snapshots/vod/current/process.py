"""Tasks submitted: ProcessMedia, ProcessMediaByProcedure, and the steps of procedures."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import Task
from ...services.library import media
from ...services.tasks import procedures, submission
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from ..conversions import POSITIONS, Shape, cover_spec, milliseconds
from ..errors import VodError
from ..param_types import ChoiceParam, IntegerParam, ListParam, NumberParam, TextParam
from ..schema import Param, Params, Structure, ignored, refused, required
from .actions import ACTIONS, FILE_ID, SUB_APP

_SETS = 100  # no more than there may be points
_DEFINITION = IntegerParam(1, 2**31 - 1)
_SNAPSHOTS = Structure(
    {
        "Definition": required(_DEFINITION),
        "ExtTimeOffsetSet": Param(ListParam(TextParam(64), 1000)),
        "TimeOffsetSet": Param(ListParam(NumberParam(), 1000)),
        "WatermarkSet": refused(),
    }
)
_COVER = Structure(
    {
        "Definition": required(_DEFINITION),
        "PositionType": required(ChoiceParam(POSITIONS)),
        "PositionValue": required(NumberParam()),
        "WatermarkSet": refused(),
    }
)
STEPS = Structure(
    {
        "TranscodeTaskSet": refused(),
        "AnimatedGraphicTaskSet": refused(),
        "SnapshotByTimeOffsetTaskSet": Param(ListParam(_SNAPSHOTS, _SETS)),
        "SampleSnapshotTaskSet": refused(),
        "ImageSpriteTaskSet": refused(),
        "CoverBySnapshotTaskSet": Param(ListParam(_COVER, _SETS)),
        "AdaptiveDynamicStreamingTaskSet": refused(),
    }
)
_MANNER = {
    "TasksPriority": Param(IntegerParam(-10, 10), default=0),
    "TasksNotifyMode": Param(ChoiceParam(("Finish", "Change", "None", "")), default="Finish"),
    "SessionContext": Param(TextParam(1000, code="SessionContextTooLong"), default=""),
    "SessionId": Param(TextParam(50, code="SessionIdTooLong"), default=""),
    "ExtInfo": ignored(TextParam(10_000)),
    **SUB_APP,
}
_ERRORS = {
    "media_not_found": "InvalidParameterValue.FileId",
    "template_not_found": "InvalidParameterValue",
}


@ACTIONS.add(
    "ProcessMedia",
    schema=Structure(
        {
            "FileId": Param(TextParam(64, code="FileId")),
            "MediaStoragePath": refused(),
            "Url": refused(),
            "MediaProcessTask": Param(STEPS),
            "AiContentReviewTask": refused(),
            "AiAnalysisTask": refused(),
            "AiRecognitionTask": refused(),
            "OutputAsIndependentMedia": ignored(ChoiceParam(("ON", "OFF", ""))),
            **_MANNER,
        }
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS,
)
def process_media(user: User, params: Params) -> Shape:
    if not params.get("FileId"):
        raise VodError("MissingParameter", "The parameter FileId is missing.")
    steps = params.get("MediaProcessTask", {})
    return _submit(user, params, snapshot_specs(steps), cover_specs(steps))


@ACTIONS.add(
    "ProcessMediaByProcedure",
    schema=Structure(
        {
            "FileId": FILE_ID,
            "MediaStoragePath": refused(),
            "ProcedureName": required(TextParam(64)),
            **_MANNER,
        }
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS | {"procedure_not_found": "InvalidParameterValue.ProcedureName"},
)
def process_media_by_procedure(user: User, params: Params) -> Shape:
    specs = procedures.specs(procedures.get(name=params["ProcedureName"]))
    return _submit(user, params, specs.snapshots, specs.covers)


def snapshot_specs(steps: Params) -> list[SnapshotSpec]:
    """From SnapshotByTimeOffsetTaskSet: points in seconds and percent first, then those in ms."""
    return [
        SnapshotSpec(
            template=step["Definition"],
            at=[
                *map(_with_suffix, step.get("ExtTimeOffsetSet", [])),
                *map(milliseconds, step.get("TimeOffsetSet", [])),
            ],
        )
        for step in steps.get("SnapshotByTimeOffsetTaskSet", [])
    ]


def cover_specs(steps: Params) -> list[CoverSpec]:
    return [
        cover_spec(step, template="Definition", kind="PositionType", position="PositionValue")
        for step in steps.get("CoverBySnapshotTaskSet", [])
    ]


def _with_suffix(text: str) -> str:
    if text[-1:] not in ("s", "S", "%") or text[-2:].lower() == "ms":
        raise VodError(
            "InvalidParameterValue", f"A time point ends in s or %, such as 3.5s: {text} does not."
        )
    return text


def _submit(
    user: User, params: Params, snapshots: list[SnapshotSpec], covers: list[CoverSpec]
) -> Shape:
    task = submission.submit(
        media=media.get(file_id=params["FileId"]),
        snapshots=snapshots,
        covers=covers,
        interface=Task.Interface.VOD_CURRENT,
        user=user,
        priority=params["TasksPriority"],
        notify_mode=(params["TasksNotifyMode"] or "Finish").lower(),
        session_id=params["SessionId"],
        session_context=params["SessionContext"],
    )
    return {"TaskId": task.task_id}
