"""Tasks submitted: CreateSnapshotByTimeOffset, ProcessFile(ByProcedure), RunProcedure."""

from __future__ import annotations

import re

from django.contrib.auth.models import User

from ...models import Task
from ...services.library import media
from ...services.tasks import procedures, submission
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from ..conversions import POSITIONS, Shape, cover_spec
from ..errors import VodError
from ..param_types import ChoiceParam, IntegerParam, ListParam, NumberParam, TextParam
from ..schema import Param, Params, Structure, refused, required
from ..task_ids import new_legacy_snapshot_id
from .actions import ACTIONS, FILE_ID

_DEFINITION = IntegerParam(1, 2**31 - 1)
_OFFSETS = required(ListParam(IntegerParam(-(2**53), 2**53), 10_000))
_NOTIFY = Param(ChoiceParam(("Finish", "Change", "None", "")), default="Finish")
_ERRORS = {
    "media_not_found": "InvalidParameterValue.FileId",
    "template_not_found": "InvalidParameterValue",
}
_NOTHING = "InvalidParameter.ProcedureNameNotExist"
_NUMBER = re.compile(r"[0-9]{1,10}")
_SIMPLE = re.compile(r"QCVB_SimpleProcessFile\(([^()]*)\)")


@ACTIONS.add(
    "CreateSnapshotByTimeOffset",
    schema=Structure(
        {"fileId": FILE_ID, "definition": required(_DEFINITION), "timeOffset": _OFFSETS}
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS,
)
def create_snapshot_by_time_offset(user: User, params: Params) -> Shape:
    spec = SnapshotSpec(template=params["definition"], at=_points(params["timeOffset"]))
    return _submit(user, params["fileId"], [spec], [], task_id=new_legacy_snapshot_id())


@ACTIONS.add(
    "ProcessFile",
    schema=Structure(
        {
            "fileId": FILE_ID,
            "transcode": refused(),
            "sampleSnapshot": refused(),
            "imageSprite": refused(),
            "animatedGraphics": refused(),
            "snapshotByTimeOffset": Param(
                Structure(
                    {
                        "definition": required(_DEFINITION),
                        "timeOffset": _OFFSETS,
                        "watermarkDefinition": refused(),
                    }
                )
            ),
            "coverBySnapshot": Param(
                Structure(
                    {
                        "definition": required(_DEFINITION),
                        "positionType": required(ChoiceParam(POSITIONS)),
                        "position": required(NumberParam()),
                        "watermarkDefinition": refused(),
                    }
                )
            ),
            "notifyMode": _NOTIFY,
        }
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS,
)
def process_file(user: User, params: Params) -> Shape:
    snapshots = [
        SnapshotSpec(template=step["definition"], at=_points(step["timeOffset"]))
        for step in _given(params, "snapshotByTimeOffset")
    ]
    covers = [
        cover_spec(step, template="definition", kind="positionType", position="position")
        for step in _given(params, "coverBySnapshot")
    ]
    return _submit(user, params["fileId"], snapshots, covers, notify=params["notifyMode"])


@ACTIONS.add(
    "ProcessFileByProcedure",
    schema=Structure(
        {"fileId": FILE_ID, "procedure": required(TextParam(128)), "notifyMode": _NOTIFY}
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS,
)
def process_file_by_procedure(user: User, params: Params) -> Shape:
    return _run(user, params["fileId"], params["procedure"], params["notifyMode"])


@ACTIONS.add(
    "RunProcedure",
    schema=Structure(
        {
            "inputType": required(ChoiceParam(("SingleFile",))),
            "file": required(Structure({"id": FILE_ID})),
            "procedure": required(TextParam(128)),
            "notifyMode": _NOTIFY,
        }
    ),
    right="add_task",
    is_write=True,
    errors=_ERRORS,
)
def run_procedure(user: User, params: Params) -> Shape:
    return _run(user, params["file"]["id"], params["procedure"], params["notifyMode"])


def _run(user: User, file_id: str, procedure: str, notify: str) -> Shape:
    simple = _SIMPLE.fullmatch(procedure.replace(" ", ""))
    if simple:
        return _submit(user, file_id, [], [_simple_cover(simple[1])], notify=notify)
    specs = procedures.specs(procedures.get(name=procedure))
    return _submit(user, file_id, specs.snapshots, specs.covers, notify=notify)


def _simple_cover(arguments: str) -> CoverSpec:
    """Of QCVB_SimpleProcessFile(transcode, watermark, coverBySnapshot, sampleSnapshot)."""
    given = [text.strip("'\"{}") for text in arguments.split(",")]
    transcode, watermark, cover, sampled = [*given, "0", "0", "0"][:4]
    if len(given) > 4:
        raise VodError(_NOTHING, "QCVB_SimpleProcessFile takes four arguments at most.")
    if {transcode or "0", watermark or "0", sampled or "0"} != {"0"}:
        raise VodError(
            "UnsupportedOperation",
            "MediaHub takes QCVB_SimpleProcessFile(0, 0, TEMPLATE): a cover of the first frame.",
        )
    if not (_NUMBER.fullmatch(cover) and 0 < int(cover) < 2**31):
        raise VodError(_NOTHING, "The procedure makes nothing.")
    return CoverSpec(template=int(cover), at="0s")


def _given(params: Params, name: str) -> list[Params]:
    return [params[name]] if name in params else []


def _points(offsets: list[int]) -> list[str]:
    return [f"{offset}ms" for offset in offsets]


def _submit(
    user: User,
    file_id: str,
    snapshots: list[SnapshotSpec],
    covers: list[CoverSpec],
    *,
    notify: str = "Finish",
    task_id: str = "",
) -> Shape:
    task = submission.submit(
        media=media.get(file_id=file_id),
        snapshots=snapshots,
        covers=covers,
        interface=Task.Interface.VOD_LEGACY,
        user=user,
        notify_mode=(notify or "Finish").lower(),
        task_id=task_id,
    )
    return {"vodTaskId": task.task_id}
