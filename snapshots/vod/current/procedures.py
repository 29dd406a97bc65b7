"""Procedures: Create-, Reset-, Delete-, DescribeProcedureTemplate(s)."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services.tasks import procedures
from ..conversions import Shape
from ..param_types import ChoiceParam, IntegerParam, ListParam, TextParam
from ..schema import Param, Params, Structure, refused, required
from .actions import ACTIONS, SUB_APP
from .procedure_shapes import procedure
from .process import STEPS, cover_specs, snapshot_specs

_NAME = required(TextParam(20, code="ProcedureName"))
_CONTENT = Structure(
    {
        "Name": _NAME,
        "Comment": Param(TextParam(256, code="Comment"), default=""),
        "MediaProcessTask": Param(STEPS),
        "AiContentReviewTask": refused(),
        "AiAnalysisTask": refused(),
        "AiRecognitionTask": refused(),
        "AiRecognitionTaskSet": refused(),
        "ImportMediaKnowledgeTaskSet": refused(),
        "MiniProgramPublishTask": refused(),
        "ReviewAudioVideoTask": refused(),
        **SUB_APP,
    }
)
_ERRORS = {
    "invalid_name": "InvalidParameterValue.ProcedureName",
    "template_not_found": "InvalidParameterValue",
}


@ACTIONS.add(
    "CreateProcedureTemplate",
    schema=_CONTENT,
    right="add_procedure",
    is_write=True,
    errors=_ERRORS,
)
def create(user: User, params: Params) -> Shape:
    steps = params.get("MediaProcessTask", {})
    procedures.create(
        name=params["Name"],
        comment=params["Comment"],
        snapshots=snapshot_specs(steps),
        covers=cover_specs(steps),
    )
    return {}


@ACTIONS.add(
    "ResetProcedureTemplate",
    schema=_CONTENT,
    right="change_procedure",
    is_write=True,
    errors=_ERRORS,
)
def reset(user: User, params: Params) -> Shape:
    steps = params.get("MediaProcessTask", {})
    procedures.replace(
        row=procedures.get(name=params["Name"]),
        comment=params["Comment"],
        snapshots=snapshot_specs(steps),
        covers=cover_specs(steps),
    )
    return {}


@ACTIONS.add(
    "DeleteProcedureTemplate",
    schema=Structure({"Name": _NAME, **SUB_APP}),
    right="delete_procedure",
    is_write=True,
)
def delete(user: User, params: Params) -> Shape:
    procedures.delete(name=params["Name"])
    return {}


@ACTIONS.add(
    "DescribeProcedureTemplates",
    schema=Structure(
        {
            "Names": Param(ListParam(TextParam(64), 100)),
            "Type": Param(ChoiceParam(("Preset", "Custom", ""))),
            "Offset": Param(IntegerParam(0, 2**31 - 1), default=0),
            "Limit": Param(IntegerParam(1, 100), default=10),
            "SortBy": refused(),
            **SUB_APP,
        }
    ),
    right="view_procedure",
)
def describe(user: User, params: Params) -> Shape:
    rows = procedures.listed(names=params.get("Names", ()))
    if params.get("Type") == "Preset":
        rows = rows.none()
    page = rows[params["Offset"] : params["Offset"] + params["Limit"]]
    return {"TotalCount": rows.count(), "ProcedureTemplateSet": [procedure(row) for row in page]}
