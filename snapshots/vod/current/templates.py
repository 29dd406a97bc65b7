"""Time-point templates: Create-, Modify-, Delete-, DescribeSnapshotByTimeOffsetTemplate(s)."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import SnapshotTemplate
from ...services import presentation, templates
from ..conversions import Shape
from ..param_types import ChoiceParam, IntegerParam, ListParam, TextParam
from ..schema import Param, Params, Structure, required
from .actions import ACTIONS, SUB_APP
from .media_shapes import time

_DEFINITION = IntegerParam(1, 2**31 - 1)
_ADAPTIVE = {"open": True, "close": False}
_NAMES = {
    "Name": "name",
    "Comment": "comment",
    "Format": "format",
    "Width": "width",
    "Height": "height",
    "ResolutionAdaptive": "resolution_adaptive",
    "FillType": "fill_type",
}
_LOOK = {
    "Name": Param(TextParam(64, code="Name")),
    "Width": Param(IntegerParam(0, 4096, code="Width")),
    "Height": Param(IntegerParam(0, 4096, code="Height")),
    "ResolutionAdaptive": Param(ChoiceParam(tuple(_ADAPTIVE), code="ResolutionAdaptive")),
    "Format": Param(ChoiceParam(tuple(SnapshotTemplate.Format.values), code="Format")),
    "Comment": Param(TextParam(256, code="Comment")),
    "FillType": Param(ChoiceParam(tuple(SnapshotTemplate.Fill.values), code="FillType")),
    **SUB_APP,
}


@ACTIONS.add(
    "CreateSnapshotByTimeOffsetTemplate",
    schema=Structure(_LOOK),
    right="add_snapshottemplate",
    is_write=True,
)
def create(user: User, params: Params) -> Shape:
    return {"Definition": templates.create(values=_values(params)).definition}


@ACTIONS.add(
    "ModifySnapshotByTimeOffsetTemplate",
    schema=Structure({"Definition": required(_DEFINITION), **_LOOK}),
    right="change_snapshottemplate",
    is_write=True,
    errors={"preset_read_only": "InvalidParameterValue.ModifyDefaultTemplate"},
)
def modify(user: User, params: Params) -> Shape:
    row = templates.get(definition=params["Definition"])
    templates.update(template=row, values=_values(params))
    return {}


@ACTIONS.add(
    "DeleteSnapshotByTimeOffsetTemplate",
    schema=Structure({"Definition": required(_DEFINITION), **SUB_APP}),
    right="delete_snapshottemplate",
    is_write=True,
    errors={"preset_read_only": "InvalidParameterValue.DeleteDefaultTemplate"},
)
def delete(user: User, params: Params) -> Shape:
    templates.delete(template=templates.get(definition=params["Definition"]))
    return {}


@ACTIONS.add(
    "DescribeSnapshotByTimeOffsetTemplates",
    schema=Structure(
        {
            "Definitions": Param(ListParam(IntegerParam(), 100, code="Definitions")),
            "Type": Param(ChoiceParam(("Preset", "Custom", ""), code="Type")),
            "Offset": Param(IntegerParam(0, 2**31 - 1), default=0),
            "Limit": Param(IntegerParam(1, 100, code="Limit"), default=10),
            **SUB_APP,
        }
    ),
    right="view_snapshottemplate",
)
def describe(user: User, params: Params) -> Shape:
    rows = templates.listed(
        definitions=params.get("Definitions", ()), type_=params.get("Type", "").lower()
    )
    page = rows[params["Offset"] : params["Offset"] + params["Limit"]]
    return {
        "TotalCount": rows.count(),
        "SnapshotByTimeOffsetTemplateSet": [_shape(presentation.template(row)) for row in page],
    }


def _values(params: Params) -> Shape:
    found = {ours: params[theirs] for theirs, ours in _NAMES.items() if theirs in params}
    if "resolution_adaptive" in found:
        found["resolution_adaptive"] = _ADAPTIVE[found["resolution_adaptive"]]
    return found


def _shape(row: Shape) -> Shape:
    return {
        "Definition": row["definition"],
        "Type": row["type"].capitalize(),
        "Name": row["name"],
        "Comment": row["comment"],
        "Width": row["width"],
        "Height": row["height"],
        "ResolutionAdaptive": "open" if row["resolution_adaptive"] else "close",
        "Format": row["format"],
        "CreateTime": time(row["created_at"]),
        "UpdateTime": time(row["updated_at"]),
        "FillType": row["fill_type"],
    }
