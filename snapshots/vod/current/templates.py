"""Time-point templates: Create-, Modify-, Delete-, DescribeSnapshotByTimeOffsetTemplate(s)."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import SnapshotTemplate
from ...services import presentation, templates
from ..conversions import Shape
from ..schema import Choice, Field, Integer, ListOf, Params, Structure, Text, required
from .actions import ACTIONS, SUB_APP
from .media_shapes import time

_DEFINITION = Integer(1, 2**31 - 1)
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
    "Name": Field(Text(64, bad="Name")),
    "Width": Field(Integer(0, 4096, bad="Width")),
    "Height": Field(Integer(0, 4096, bad="Height")),
    "ResolutionAdaptive": Field(Choice(tuple(_ADAPTIVE), bad="ResolutionAdaptive")),
    "Format": Field(Choice(tuple(SnapshotTemplate.Format.values), bad="Format")),
    "Comment": Field(Text(256, bad="Comment")),
    "FillType": Field(Choice(tuple(SnapshotTemplate.Fill.values), bad="FillType")),
    **SUB_APP,
}


@ACTIONS.add(
    "CreateSnapshotByTimeOffsetTemplate",
    schema=Structure(_LOOK),
    right="add_snapshottemplate",
    is_once=True,
)
def create(user: User, params: Params) -> Shape:
    return {"Definition": templates.create(values=_values(params)).definition}


@ACTIONS.add(
    "ModifySnapshotByTimeOffsetTemplate",
    schema=Structure({"Definition": required(_DEFINITION), **_LOOK}),
    right="change_snapshottemplate",
    is_once=True,
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
    is_once=True,
    errors={"preset_read_only": "InvalidParameterValue.DeleteDefaultTemplate"},
)
def delete(user: User, params: Params) -> Shape:
    templates.delete(template=templates.get(definition=params["Definition"]))
    return {}


@ACTIONS.add(
    "DescribeSnapshotByTimeOffsetTemplates",
    schema=Structure(
        {
            "Definitions": Field(ListOf(Integer(), 100, bad="Definitions")),
            "Type": Field(Choice(("Preset", "Custom", ""), bad="Type")),
            "Offset": Field(Integer(0, 2**31 - 1), default=0),
            "Limit": Field(Integer(1, 100, bad="Limit"), default=10),
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
