"""ProcessFile, ProcessFileByProcedure, RunProcedure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from snapshots.models import Media, Procedure, Task

from ..conftest import Refused, Vod

SNAPSHOTS = {"definition": 10, "timeOffset": [300, 400]}
COVER = {"definition": 10, "positionType": "Percent", "position": 10}
NOWHERE = "5285890784246869930"


def refusal(vod: Vod, action: str, **values: Any) -> int:
    with pytest.raises(Refused) as caught:
        vod.legacy(action, **values)
    return int(caught.value.code)


def steps() -> list[tuple[str, int, list[str]]]:
    """What the one task there is was asked for."""
    return [(o.type, o.definition, o.at) for o in Task.objects.get().operations.all()]


@pytest.fixture
def flow(presets: None) -> str:
    Procedure.objects.create(
        name="流程",
        snapshots=[{"template": 10, "at": ["1s", "50%"]}],
        covers=[{"template": 31, "at": "10%"}],
    )
    return "流程"


# --- ProcessFile ---------------------------------------------------------------------------------


def test_snapshots_and_a_cover(vod: Vod, ready_media: Media) -> None:
    answer = vod.legacy(
        "ProcessFile",
        fileId=ready_media.file_id, snapshotByTimeOffset=SNAPSHOTS, coverBySnapshot=COVER,
        notifyMode="Change",
    )  # fmt: skip
    task = Task.objects.get()
    assert answer == {"vodTaskId": task.task_id}
    assert task.task_id.startswith("1500000001-procedurev2-")
    assert task.task_id.endswith("t0")
    assert (task.interface, task.requested_by, task.notify_mode) == (
        "vod_legacy",
        vod.user,
        "change",
    )
    assert steps() == [("snapshot", 10, ["300ms", "400ms"]), ("cover", 10, ["10.0%"])]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"snapshotByTimeOffset": SNAPSHOTS}, [("snapshot", 10, ["300ms", "400ms"])]),
        (
            {"snapshotByTimeOffset": {"definition": 31, "timeOffset": {"1": 7, "9": 8}}},
            [("snapshot", 31, ["7ms", "8ms"])],
        ),
        ({"coverBySnapshot": {**COVER, "positionType": "Time", "position": 2}},
         [("cover", 10, ["2.0s"])]),
        ({"coverBySnapshot": {**COVER, "position": "12.5"}}, [("cover", 10, ["12.5%"])]),
        ({"coverBySnapshot_definition": 10, "coverBySnapshot_positionType": "Time",
          "coverBySnapshot_position": 0}, [("cover", 10, ["0.0s"])]),
        ({"coverBySnapshot": COVER, "notifyMode": ""}, [("cover", 10, ["10.0%"])]),
    ],
)  # fmt: skip
def test_one_of_them(
    vod: Vod, ready_media: Media, values: dict[str, Any], wanted: list[tuple[str, int, list[str]]]
) -> None:
    vod.legacy("ProcessFile", fileId=ready_media.file_id, **values)
    assert steps() == wanted
    assert Task.objects.get().notify_mode == "finish"


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({}, 1000),
        ({"snapshotByTimeOffset": {"definition": 10}}, 1000),
        ({"snapshotByTimeOffset": {"timeOffset": [1]}}, 1000),
        ({"snapshotByTimeOffset": {"definition": 4711, "timeOffset": [1]}}, 1000),
        ({"snapshotByTimeOffset": {"definition": 10, "timeOffset": list(range(101))}}, 1000),
        (
            {"snapshotByTimeOffset": {"definition": 10, "timeOffset": list(range(100))},
             "coverBySnapshot": COVER},
            1000,
        ),
        ({"snapshotByTimeOffset": "10"}, 1000),
        ({"coverBySnapshot": {**COVER, "positionType": "percent"}}, 1000),
        ({"coverBySnapshot": {**COVER, "position": "x"}}, 1000),
        ({"coverBySnapshot": {"definition": 10, "positionType": "Time"}}, 1000),
        ({"coverBySnapshot": {**COVER, "definition": 4711}}, 1000),
        ({"coverBySnapshot": COVER, "notifyMode": "finish"}, 1000),
        ({"coverBySnapshot": {**COVER, "watermarkDefinition": [1]}}, 6100),
        ({"snapshotByTimeOffset": {**SNAPSHOTS, "watermarkDefinition": [1]}}, 6100),
        ({"coverBySnapshot": COVER, "transcode": {"definition": [20]}}, 6100),
        ({"coverBySnapshot": COVER, "sampleSnapshot": {"definition": 10}}, 6100),
        ({"coverBySnapshot": COVER, "imageSprite": {"definition": 10}}, 6100),
        ({"coverBySnapshot": COVER, "animatedGraphics": {"definition": 20000}}, 6100),
        ({"coverBySnapshot": COVER, "fileId": NOWHERE}, 10008),
        ({"coverBySnapshot": COVER, "coverByPicture": 1}, 1000),
    ],
)  # fmt: skip
def test_it_refuses(vod: Vod, ready_media: Media, values: dict[str, Any], number: int) -> None:
    asked = {"fileId": ready_media.file_id, **values}
    assert refusal(vod, "ProcessFile", **asked) == number
    assert not Task.objects.exists()


# --- Saved flows ---------------------------------------------------------------------------------


def test_a_saved_flow(vod: Vod, ready_media: Media, flow: str) -> None:
    answer = vod.legacy(
        "ProcessFileByProcedure", fileId=ready_media.file_id, procedure=flow, notifyMode="None"
    )
    assert answer == {"vodTaskId": Task.objects.get().task_id}
    assert steps() == [("snapshot", 10, ["1s", "50%"]), ("cover", 31, ["10%"])]
    assert Task.objects.get().notify_mode == "none"


@pytest.mark.parametrize("dotted", [True, False])
def test_a_saved_flow_run(vod: Vod, ready_media: Media, flow: str, dotted: bool) -> None:
    file = {"file.id" if dotted else "file_id": ready_media.file_id}
    answer = vod.legacy("RunProcedure", inputType="SingleFile", procedure=flow, **file)
    assert answer == {"vodTaskId": Task.objects.get().task_id}
    assert steps() == [("snapshot", 10, ["1s", "50%"]), ("cover", 31, ["10%"])]


def run(vod: Vod, media: Media, action: str, procedure: str) -> dict[str, Any]:
    if action == "RunProcedure":
        return vod.legacy(
            action, inputType="SingleFile", file={"id": media.file_id}, procedure=procedure
        )
    return vod.legacy(action, fileId=media.file_id, procedure=procedure)


@pytest.mark.parametrize("action", ["RunProcedure", "ProcessFileByProcedure"])
@pytest.mark.parametrize(
    ("arguments", "definition"),
    [("0, 0, 10", 10), ("0,0,10,0", 10), ("0, 0, 31, 0", 31), (" '0' , \"0\", {10} ", 10),
     (",,10", 10)],
)  # fmt: skip
def test_the_first_frame_as_cover(
    vod: Vod, ready_media: Media, action: str, arguments: str, definition: int
) -> None:
    run(vod, ready_media, action, f"QCVB_SimpleProcessFile({arguments})")
    assert steps() == [("cover", definition, ["0s"])]


@pytest.mark.parametrize("action", ["RunProcedure", "ProcessFileByProcedure"])
@pytest.mark.parametrize(
    ("procedure", "number"),
    [
        ("none", 50007),
        ("x" * 128, 50007),
        ("", 50007),
        ("QCVB_SimpleProcessFile", 50007),
        ("QCVB_SimpleProcessFile()", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 0)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, ten)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, -10)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, ١٠)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 2147483648)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 10000000000000000000000)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 00000000001000000000000000000000)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 10, 0, 1)", 50007),
        ("QCVB_SimpleProcessFile(0, 0, 4711)", 1000),
        ("QCVB_SimpleProcessFile(20, 0, 10)", 6100),
        ("QCVB_SimpleProcessFile(0, 1, 10)", 6100),
        ("QCVB_SimpleProcessFile(0, 0, 10, 10)", 6100),
        ("x" * 129, 1000),
    ],
)
def test_flows_that_cannot_be_run(
    vod: Vod, ready_media: Media, action: str, procedure: str, number: int
) -> None:
    with pytest.raises(Refused) as caught:
        run(vod, ready_media, action, procedure)
    assert caught.value.code == number
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("action", "values", "number"),
    [
        ("RunProcedure", {"inputType": "MultiFile"}, 1000),
        ("RunProcedure", {"inputType": "Stream"}, 1000),
        ("RunProcedure", {"inputType": None}, 1000),
        ("RunProcedure", {"file": None}, 1000),
        ("RunProcedure", {"file": {"name": "x"}}, 1000),
        ("RunProcedure", {"procedure": None}, 1000),
        ("RunProcedure", {"file": {"id": NOWHERE}}, 10008),
        ("ProcessFileByProcedure", {"fileId": NOWHERE}, 10008),
        ("ProcessFileByProcedure", {"fileId": None}, 1000),
        ("ProcessFileByProcedure", {"procedure": None}, 1000),
    ],
)
def test_runs_that_are_refused(
    vod: Vod, ready_media: Media, flow: str, action: str, values: dict[str, Any], number: int
) -> None:
    by_action: dict[str, dict[str, Any]] = {
        "RunProcedure": {"inputType": "SingleFile", "file": {"id": ready_media.file_id}},
        "ProcessFileByProcedure": {"fileId": ready_media.file_id},
    }
    asked = {**by_action[action], "procedure": flow, **values}
    given = {name: value for name, value in asked.items() if value is not None}
    assert refusal(vod, action, **given) == number
    assert not Task.objects.exists()


def test_media_that_cannot_be_used(vod: Vod, make_media: Callable[..., Media], flow: str) -> None:
    probing = make_media(status="probing", probe=None)
    broken = make_media(status="failed", error_code="unreadable", error_message="Broken.")
    for media in (probing, broken):
        for action in ("RunProcedure", "ProcessFileByProcedure"):
            with pytest.raises(Refused) as caught:
                run(vod, media, action, flow)
            assert caught.value.code == 10009
        number = refusal(vod, "ProcessFile", fileId=media.file_id, coverBySnapshot=COVER)
        assert number == 10009


@pytest.mark.parametrize("group", ["", "Viewer"])
def test_rights(vod_as: Callable[[str], Vod], ready_media: Media, flow: str, group: str) -> None:
    nobody = vod_as(group)
    for action in ("RunProcedure", "ProcessFileByProcedure"):
        with pytest.raises(Refused) as caught:
            run(nobody, ready_media, action, flow)
        assert caught.value.code == 4300
    asked = {"fileId": ready_media.file_id, "coverBySnapshot": COVER}
    assert refusal(nobody, "ProcessFile", **asked) == 4300
