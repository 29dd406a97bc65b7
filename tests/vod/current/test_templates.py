"""Time-point templates of the current generation."""

from __future__ import annotations

from typing import Any

import pytest

from snapshots.models import Procedure, SnapshotTemplate

from ..conftest import Refused, Vod

CREATE = "CreateSnapshotByTimeOffsetTemplate"
MODIFY = "ModifySnapshotByTimeOffsetTemplate"
DELETE = "DeleteSnapshotByTimeOffsetTemplate"
DESCRIBE = "DescribeSnapshotByTimeOffsetTemplates"


def described(vod: Vod, definition: int) -> dict[str, Any]:
    (row,) = vod.current(DESCRIBE, Definitions=[definition])["SnapshotByTimeOffsetTemplateSet"]
    return dict(row)


def test_the_life_of_a_template(vod: Vod) -> None:
    made = vod.current(CREATE, Name="t1", Width=540, Height=960, Format="jpg")
    assert made == {"Definition": made["Definition"]}
    assert made["Definition"] >= 10001
    row = described(vod, made["Definition"])
    times = row.pop("CreateTime"), row.pop("UpdateTime")
    assert all(len(text) == 20 and text.endswith("Z") for text in times)
    assert row == {
        "Definition": made["Definition"], "Type": "Custom", "Name": "t1", "Comment": "",
        "Width": 540, "Height": 960, "ResolutionAdaptive": "open", "Format": "jpg",
        "FillType": "black",
    }  # fmt: skip
    changed = vod.current(
        MODIFY,
        Definition=made["Definition"],
        ResolutionAdaptive="close",
        FillType="gauss",
        Height=0,
    )
    assert changed == {}
    row = described(vod, made["Definition"])
    assert (row["Name"], row["Width"], row["Height"]) == ("t1", 540, 0)
    assert (row["ResolutionAdaptive"], row["FillType"]) == ("close", "gauss")
    assert vod.current(DELETE, Definition=made["Definition"]) == {}
    assert vod.current(DESCRIBE, Definitions=[made["Definition"]])["TotalCount"] == 0


def test_defaults(vod: Vod) -> None:
    row = described(vod, vod.current(CREATE)["Definition"])
    assert (row["Name"], row["Width"], row["Height"], row["Format"]) == ("", 0, 0, "jpg")
    assert (row["ResolutionAdaptive"], row["FillType"]) == ("open", "black")


def test_the_preset(vod: Vod) -> None:
    row = described(vod, 10)
    assert (row["Type"], row["FillType"], row["ResolutionAdaptive"]) == (
        "Preset",
        "stretch",
        "open",
    )
    assert (row["Width"], row["Height"], row["Format"]) == (0, 0, "jpg")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"Width": 127}, "Width"),
        ({"Width": 4097}, "Width"),
        ({"Height": -1}, "Height"),
        ({"Height": 1}, "Height"),
        ({"Format": "gif"}, "Format"),
        ({"Format": "JPG"}, "Format"),
        ({"FillType": "blur"}, "FillType"),
        ({"FillType": "transparent"}, "FillType"),
        ({"ResolutionAdaptive": "true"}, "ResolutionAdaptive"),
        ({"Name": "x" * 65}, "Name"),
        ({"Name": "a\x00b"}, "Name"),
        ({"Comment": "x" * 257}, "Comment"),
    ],
)
def test_values_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    before = SnapshotTemplate.objects.count()
    with pytest.raises(Refused) as caught:
        vod.current(CREATE, **values)
    assert caught.value.code == f"InvalidParameterValue.{wanted}"
    assert SnapshotTemplate.objects.count() == before


def test_names_are_measured_in_characters(vod: Vod) -> None:
    name = "名" * 64
    assert described(vod, vod.current(CREATE, Name=name)["Definition"])["Name"] == name


def test_a_change_is_checked_as_the_whole_it_makes(vod: Vod) -> None:
    made = vod.current(CREATE, Format="png", FillType="transparent")["Definition"]
    with pytest.raises(Refused) as caught:
        vod.current(MODIFY, Definition=made, Format="jpg")
    assert caught.value.code == "InvalidParameterValue.FillType"
    assert described(vod, made)["Format"] == "png"


def test_presets_stay(vod: Vod) -> None:
    with pytest.raises(Refused) as caught:
        vod.current(MODIFY, Definition=10, Name="mine")
    assert caught.value.code == "InvalidParameterValue.ModifyDefaultTemplate"
    with pytest.raises(Refused) as caught:
        vod.current(DELETE, Definition=10)
    assert caught.value.code == "InvalidParameterValue.DeleteDefaultTemplate"
    assert described(vod, 10)["Name"] != "mine"


@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_what_is_not_there(vod: Vod, action: str) -> None:
    with pytest.raises(Refused) as caught:
        vod.current(action, Definition=99999)
    assert caught.value.code == "ResourceNotFound.TemplateNotExist"
    with pytest.raises(Refused) as caught:
        vod.current(action)
    assert caught.value.code == "MissingParameter"


def test_a_template_that_a_flow_names_stays(vod: Vod) -> None:
    made = vod.current(CREATE)["Definition"]
    Procedure.objects.create(name="flow", covers=[{"template": made, "at": "1s"}])
    with pytest.raises(Refused) as caught:
        vod.current(DELETE, Definition=made)
    assert caught.value.code == "ResourceInUse"
    assert described(vod, made)


def test_as_many_as_the_setting_says(vod: Vod, settings: Any) -> None:
    settings.MEDIAHUB_MAX_TEMPLATES = 1
    vod.current(CREATE)
    with pytest.raises(Refused) as caught:
        vod.current(CREATE)
    assert caught.value.code == "LimitExceeded.TooMuchTemplate"


def test_lists_are_paged_and_filtered(vod: Vod) -> None:
    vod.current(CREATE)
    first = vod.current(DESCRIBE, Limit=3)
    assert first["TotalCount"] == 9
    assert [row["Definition"] for row in first["SnapshotByTimeOffsetTemplateSet"]] == [10, 20, 21]
    rest = vod.current(DESCRIBE, Offset=8)["SnapshotByTimeOffsetTemplateSet"]
    assert [row["Type"] for row in rest] == ["Custom"]
    assert vod.current(DESCRIBE, Type="Custom")["TotalCount"] == 1
    assert vod.current(DESCRIBE, Definitions=[], Type="")["TotalCount"] == 9
    some = vod.current(DESCRIBE, Definitions=[10, 31, 4711])
    assert [row["Definition"] for row in some["SnapshotByTimeOffsetTemplateSet"]] == [10, 31]
    assert some["TotalCount"] == 2
