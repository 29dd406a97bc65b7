"""Saved flows: Create-, Reset-, Delete-, DescribeProcedureTemplate(s)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from tencentcloud.vod.v20180717 import models

from snapshots.models import Media, Procedure, Task
from snapshots.services.tasks import procedures
from tests.support.concurrency import at_once

from ..conftest import Refused, Vod

CREATE, RESET, DELETE, DESCRIBE = (
    "CreateProcedureTemplate", "ResetProcedureTemplate", "DeleteProcedureTemplate",
    "DescribeProcedureTemplates",
)  # fmt: skip
SNAPSHOTS = {"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"], "TimeOffsetSet": [1500, 0.5]}
COVER = {"Definition": 31, "PositionType": "Percent", "PositionValue": 12.5}
BOTH = {"SnapshotByTimeOffsetTaskSet": [SNAPSHOTS], "CoverBySnapshotTaskSet": [COVER]}


def refusal(vod: Vod, action: str, **values: Any) -> str:
    with pytest.raises(Refused) as caught:
        vod.current(action, **values)
    return str(caught.value.code)


def described(vod: Vod, name: str) -> dict[str, Any]:
    answer = vod.current(DESCRIBE, Names=[name])
    assert answer["TotalCount"] == 1
    (row,) = answer["ProcedureTemplateSet"]
    return dict(row)


def names(vod: Vod, **values: Any) -> list[str]:
    return [row["Name"] for row in vod.current(DESCRIBE, **values)["ProcedureTemplateSet"]]


@pytest.fixture
def flow(vod: Vod) -> str:
    vod.current(CREATE, Name="flow", Comment="Mine.", MediaProcessTask=BOTH)
    return "flow"


# --- Its life ------------------------------------------------------------------------------------


def test_the_life_of_a_flow(vod: Vod, ready_media: Media) -> None:
    made = vod.current(CREATE, Name="流程 1", Comment="c" * 256, MediaProcessTask=BOTH)
    assert made == {}
    row = described(vod, "流程 1")
    for shape, model in (
        (row, models.ProcedureTemplate), (row["MediaProcessTask"], models.MediaProcessTaskInput),
    ):  # fmt: skip
        members = [name.removeprefix("_") for name in vars(model())]
        assert sorted(shape) == sorted(members)
        for name in [name for name in members if shape[name] is None]:
            del shape[name]
    for name in ("CreateTime", "UpdateTime"):
        assert datetime.strptime(row.pop(name), "%Y-%m-%dT%H:%M:%SZ")
    assert row == {
        "Name": "流程 1", "Type": "Custom", "Comment": "c" * 256,
        "MediaProcessTask": {
            "SnapshotByTimeOffsetTaskSet": [
                {"Definition": 10, "ExtTimeOffsetSet": ["3.5s", "10%"],
                 "TimeOffsetSet": [1500.0, 0.5], "WatermarkSet": []},
            ],
            "CoverBySnapshotTaskSet": [{**COVER, "WatermarkSet": []}],
        },
    }  # fmt: skip
    answer = vod.current(
        "ProcessMediaByProcedure", FileId=ready_media.file_id, ProcedureName="流程 1"
    )
    task = Task.objects.get(task_id=answer["TaskId"])
    assert [(o.type, o.definition, o.at) for o in task.operations.all()] == [
        ("snapshot", 10, ["3.5s", "10%", "1500.0ms", "0.5ms"]),
        ("cover", 31, ["12.5%"]),
    ]
    assert vod.current(DELETE, Name="流程 1") == {}
    assert vod.current(DESCRIBE) == {"TotalCount": 0, "ProcedureTemplateSet": []}
    assert task.operations.count() == 2


def test_reset_replaces_the_whole(vod: Vod, flow: str) -> None:
    task = {"CoverBySnapshotTaskSet": [{**COVER, "PositionType": "Time", "PositionValue": 2}]}
    assert vod.current(RESET, Name=flow, MediaProcessTask=task) == {}
    row = described(vod, flow)
    assert row["Comment"] == ""
    assert row["MediaProcessTask"] == {
        **dict.fromkeys(row["MediaProcessTask"]),
        "SnapshotByTimeOffsetTaskSet": [],
        "CoverBySnapshotTaskSet": [
            {"Definition": 31, "PositionType": "Time", "PositionValue": 2.0, "WatermarkSet": []}
        ],
    }
    assert Procedure.objects.count() == 1


def test_a_flow_runs_with_the_templates_of_today(vod: Vod, ready_media: Media) -> None:
    made = vod.current("CreateSnapshotByTimeOffsetTemplate", Width=320)["Definition"]
    step = {"Definition": made, "ExtTimeOffsetSet": ["1s"]}
    vod.current(CREATE, Name="f", MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [step]})
    vod.current("ModifySnapshotByTimeOffsetTemplate", Definition=made, Width=640)
    vod.current("ProcessMediaByProcedure", FileId=ready_media.file_id, ProcedureName="f")
    assert Task.objects.get().operations.get().template["width"] == 640


def test_a_template_of_a_flow_stays_until_the_flow_goes(vod: Vod) -> None:
    made = vod.current("CreateSnapshotByTimeOffsetTemplate")["Definition"]
    step = {"Definition": made, "ExtTimeOffsetSet": ["1s"]}
    vod.current(CREATE, Name="f", MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [step]})
    delete = "DeleteSnapshotByTimeOffsetTemplate"
    assert refusal(vod, delete, Definition=made) == "ResourceInUse"
    vod.current(DELETE, Name="f")
    assert vod.current(delete, Definition=made) == {}


# --- Refusals ------------------------------------------------------------------------------------


def changed(**values: Any) -> dict[str, Any]:
    return {"Name": "flow", "MediaProcessTask": BOTH, **values}


def steps(**sets: Any) -> dict[str, Any]:
    return changed(MediaProcessTask=sets)


def snapshots_of(**values: Any) -> dict[str, Any]:
    return steps(SnapshotByTimeOffsetTaskSet=[{**SNAPSHOTS, **values}])


BAD_CONTENT = [
    (changed(Comment="x" * 257), "InvalidParameterValue.Comment"),
    (changed(MediaProcessTask={}), "InvalidParameterValue"),
    ({"Name": "flow"}, "InvalidParameterValue"),
    (snapshots_of(Definition=4711), "InvalidParameterValue"),
    (snapshots_of(ExtTimeOffsetSet=["3"]), "InvalidParameterValue"),
    (snapshots_of(ExtTimeOffsetSet=["3ms"]), "InvalidParameterValue"),
    (snapshots_of(ExtTimeOffsetSet=[], TimeOffsetSet=[]), "InvalidParameterValue"),
    (snapshots_of(ExtTimeOffsetSet=["1s"] * 99), "InvalidParameterValue"),
    (snapshots_of(WatermarkSet=[{"Definition": 1}]), "UnsupportedOperation"),
    (steps(CoverBySnapshotTaskSet=[{**COVER, "PositionType": "Frame"}]), "InvalidParameterValue"),
    (steps(CoverBySnapshotTaskSet=[{"Definition": 10}]), "MissingParameter"),
    (steps(TranscodeTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
    (steps(SampleSnapshotTaskSet=[{"Definition": 10}]), "UnsupportedOperation"),
    (changed(AiAnalysisTask={"Definition": 10}), "UnsupportedOperation"),
    (changed(Type="Custom"), "UnknownParameter"),
]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        *BAD_CONTENT,
        (changed(Name="x" * 21), "InvalidParameterValue.ProcedureName"),
        (changed(Name=""), "InvalidParameterValue.ProcedureName"),
        (changed(Name="a\nb"), "InvalidParameterValue.ProcedureName"),
        (changed(Name="a\x00"), "InvalidParameterValue.ProcedureName"),
        ({"MediaProcessTask": BOTH}, "MissingParameter"),
        (changed(Name=7), "InvalidParameter"),
    ],
)
def test_flows_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    assert refusal(vod, CREATE, **values) == wanted
    assert not Procedure.objects.exists()


@pytest.mark.parametrize(("values", "wanted"), BAD_CONTENT)
def test_resets_that_are_refused_change_nothing(
    vod: Vod, flow: str, values: dict[str, Any], wanted: str
) -> None:
    before = described(vod, flow)
    assert refusal(vod, RESET, **values) == wanted
    assert described(vod, flow) == before


def test_twenty_characters_are_not_too_many(vod: Vod) -> None:
    vod.current(CREATE, **changed(Name="名" * 20))
    assert described(vod, "名" * 20)


def test_a_name_is_taken_once(vod: Vod, flow: str) -> None:
    task = {"CoverBySnapshotTaskSet": [COVER]}
    code = refusal(vod, CREATE, Name=flow, MediaProcessTask=task)
    assert code == "InvalidParameter.ExistedProcedureName"
    assert described(vod, flow)["MediaProcessTask"]["SnapshotByTimeOffsetTaskSet"]
    vod.current(CREATE, Name=flow.upper(), MediaProcessTask=task)
    assert names(vod) == [flow, flow.upper()]


def test_the_number_of_procedures_is_limited(vod: Vod) -> None:
    Procedure.objects.bulk_create(Procedure(name=f"{number}") for number in range(49))
    vod.current(CREATE, **changed())
    assert refusal(vod, CREATE, **changed(Name="more")) == "LimitExceeded"
    assert Procedure.objects.count() == 50
    vod.current(DELETE, Name="flow")
    vod.current(CREATE, **changed(Name="more"))


@pytest.mark.parametrize("action", [RESET, DELETE])
def test_flows_that_are_not_there(vod: Vod, flow: str, action: str) -> None:
    asked = {"MediaProcessTask": BOTH} if action == RESET else {}
    for name in ("none", "FLOW", ""):
        code = refusal(vod, action, Name=name, **asked)
        assert code == "InvalidParameter.ProcedureNameNotExist"
    assert refusal(vod, action, Name="x" * 21, **asked) == "InvalidParameterValue.ProcedureName"
    assert refusal(vod, action, **asked) == "MissingParameter"
    assert names(vod) == [flow]


# --- Lists ---------------------------------------------------------------------------------------


def test_flows_are_paged_and_filtered(vod: Vod) -> None:
    for name in ("c", "a", "b"):
        vod.current(CREATE, **changed(Name=name))
    assert names(vod) == ["c", "a", "b"]
    assert names(vod, Limit=2) == ["c", "a"]
    assert names(vod, Offset=2, Limit=2) == ["b"]
    assert vod.current(DESCRIBE, Offset=3) == {"TotalCount": 3, "ProcedureTemplateSet": []}
    assert names(vod, Names=["b", "none", "c"]) == ["c", "b"]
    assert vod.current(DESCRIBE, Names=["b", "c"], Limit=1)["TotalCount"] == 2
    assert names(vod, Type="Custom") == ["c", "a", "b"]
    assert names(vod, Names=[], Type="") == ["c", "a", "b"]
    assert vod.current(DESCRIBE, Type="Preset") == {"TotalCount": 0, "ProcedureTemplateSet": []}


def test_ten_are_shown_where_no_limit_is_given(vod: Vod) -> None:
    Procedure.objects.bulk_create(Procedure(name=f"{number}") for number in range(11))
    assert names(vod) == [f"{number}" for number in range(10)]
    assert vod.current(DESCRIBE)["TotalCount"] == 11
    assert len(names(vod, Limit=100)) == 11


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"Limit": 101}, "InvalidParameterValue"),
        ({"Limit": 0}, "InvalidParameterValue"),
        ({"Offset": -1}, "InvalidParameterValue"),
        ({"Names": ["x"] * 101}, "InvalidParameterValue"),
        ({"Type": "preset"}, "InvalidParameterValue"),
        ({"SortBy": {"Field": "CreateTime"}}, "UnsupportedOperation"),
        ({"Name": "flow"}, "UnknownParameter"),
    ],
)
def test_lists_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    assert refusal(vod, DESCRIBE, **values) == wanted


# --- Rights, and two at once ---------------------------------------------------------------------


def test_rights(vod_as: Callable[[str], Vod]) -> None:
    calls = [(CREATE, changed()), (RESET, changed()), (DELETE, {"Name": "flow"})]
    for group in ("", "Viewer"):
        for action, values in calls:
            assert refusal(vod_as(group), action, **values) == "UnauthorizedOperation"
    assert refusal(vod_as(""), DESCRIBE) == "UnauthorizedOperation"
    editor = vod_as("Editor")
    for action, values in calls:
        assert editor.current(action, **values) == {}
    assert names(vod_as("Viewer")) == []


def together(count: int, call: Callable[[int], Any]) -> list[str]:
    """The codes with which `count` calls at once are refused."""
    codes = []

    def run(number: int) -> None:
        try:
            call(number)
        except Refused as refused:
            codes.append(refused.code)

    at_once(*(partial(run, number) for number in range(count)))
    return codes


@pytest.mark.django_db(transaction=True)
def test_of_two_that_take_a_name_at_once_one_gets_it(vod: Vod) -> None:
    codes = together(4, lambda number: vod.current(CREATE, **changed(Comment=f"{number}")))
    assert codes == ["InvalidParameter.ExistedProcedureName"] * 3
    assert Procedure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once(vod: Vod, monkeypatch: pytest.MonkeyPatch) -> None:
    count = procedures._check_count

    def count_slowly() -> None:
        count()
        time.sleep(0.2)  # long enough for the others to count too, were they let

    monkeypatch.setattr(procedures, "_check_count", count_slowly)
    Procedure.objects.bulk_create(Procedure(name=f"{number}") for number in range(49))
    codes = together(4, lambda number: vod.current(CREATE, **changed(Name=f"flow {number}")))
    assert codes == ["LimitExceeded"] * 3
    assert Procedure.objects.count() == 50
