"""The library looked into: DescribeMediaInfos, SearchMedia."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tencentcloud.vod.v20180717 import models

from snapshots import storage
from snapshots.models import Media, Snapshot, Task

from ..conftest import Refused, Vod
from ..support.fake_worker import done

DESCRIBE, SEARCH, MODIFY = "DescribeMediaInfos", "SearchMedia", "ModifyMediaInfo"
NOWHERE = "5285890784246869930"
PARTS = (
    "BasicInfo", "MetaData", "TranscodeInfo", "AnimatedGraphicsInfo", "ImageSpriteInfo",
    "SnapshotByTimeOffsetInfo", "SampleSnapshotInfo", "KeyFrameDescInfo",
    "AdaptiveDynamicStreamingInfo", "MiniProgramReviewInfo", "SubtitleInfo", "ReviewInfo",
)  # fmt: skip


def refusal(vod: Vod, action: str, **values: Any) -> str:
    with pytest.raises(Refused) as caught:
        vod.current(action, **values)
    return str(caught.value.code)


def info(vod: Vod, media: Media, *filters: str) -> dict[str, Any]:
    answer = vod.current(DESCRIBE, FileIds=[media.file_id], Filters=list(filters))
    assert answer["NotExistFileIdSet"] == []
    (row,) = answer["MediaInfoSet"]
    return dict(row)


def run(vod: Vod, media: Media, *at: str, definition: int = 10, **errors: str) -> Task:
    """A task of the points `at` that ran."""
    vod.current(
        "ProcessMedia",
        FileId=media.file_id,
        MediaProcessTask={
            "SnapshotByTimeOffsetTaskSet": [{"Definition": definition, "ExtTimeOffsetSet": at}]
        },
    )
    return done(errors)


def urls(vod: Vod, media: Media) -> dict[int, list[str]]:
    """By definition, the URLs of the current set."""
    found = info(vod, media, "snapshotByTimeOffsetInfo")["SnapshotByTimeOffsetInfo"]
    return {
        row["Definition"]: [picture["Url"] for picture in row["PicInfoSet"]]
        for row in (found or {"SnapshotByTimeOffsetSet": []})["SnapshotByTimeOffsetSet"]
    }


def made(task: Task) -> list[str]:
    rows = Snapshot.objects.filter(operation__task=task).order_by("operation__index", "index")
    return [storage.picture_url(row.picture) for row in rows if row.picture]


# --- DescribeMediaInfos --------------------------------------------------------------------------


def test_all_of_a_video(vod: Vod, make_media: Callable[..., Media]) -> None:
    media = make_media("sea.mp4", description="Waves.")
    vod.current(MODIFY, FileId=media.file_id, AddTags=["sea"])
    run(vod, media, "0.5s")
    row = info(vod, media)
    assert sorted(row) == sorted(name.removeprefix("_") for name in vars(models.MediaInfo()))
    assert {part for part in PARTS if row[part] is not None} == {
        "BasicInfo", "MetaData", "SnapshotByTimeOffsetInfo",
    }  # fmt: skip
    assert row["FileId"] == media.file_id
    assert row["BasicInfo"] == {
        "Name": "sea.mp4", "Description": "Waves.", "CreateTime": ANY, "UpdateTime": ANY,
        "ExpireTime": "9999-12-31T23:59:59Z", "ClassId": 0, "ClassName": "其他",
        "ClassPath": "其他", "StoragePath": "", "CoverUrl": "", "Type": "mp4", "MediaUrl": ANY,
        "SourceInfo": {"SourceType": "Upload", "SourceContext": ""}, "TagSet": ["sea"],
        "Vid": "", "Category": "Video", "Status": "Normal", "StorageClass": "STANDARD",
        "StorageRegion": "",
    }  # fmt: skip
    created = datetime.strptime(row["BasicInfo"]["CreateTime"], "%Y-%m-%dT%H:%M:%SZ")
    assert created.replace(tzinfo=UTC) == media.created_at.replace(microsecond=0)
    assert f"/api/v1/media/{media.file_id}/file/?token=" in row["BasicInfo"]["MediaUrl"]
    assert row["MetaData"] == {
        "Size": 1000, "Container": "mp4", "Bitrate": 200_000, "Height": 96, "Width": 160,
        "Duration": 2.0, "Rotate": 0, "VideoDuration": 2.0, "AudioDuration": 0.0, "Md5": "",
        "VideoStreamSet": [
            {"Bitrate": 200_000, "Height": 96, "Width": 160, "Codec": "h264", "Fps": 30,
             "CodecTag": ""},
        ],
        "AudioStreamSet": [],
    }  # fmt: skip
    assert row["SnapshotByTimeOffsetInfo"] == {
        "SnapshotByTimeOffsetSet": [
            {
                "Definition": 10,
                "PicInfoSet": [
                    {"TimeOffset": 512.5, "Url": made(Task.objects.get())[0],
                     "WaterMarkDefinition": []},
                ],
            }
        ]
    }  # fmt: skip


def test_tracks_of_sound(vod: Vod, make_media: Callable[..., Media]) -> None:
    media = make_media()
    track = {"codec": "aac", "sampling_rate": 48000, "bitrate": 50_000}
    media.probe |= {"has_audio": True, "audio": [track]}
    media.save()
    meta = info(vod, media, "metaData")["MetaData"]
    assert meta["AudioStreamSet"] == [{"Bitrate": 50_000, "SamplingRate": 48000, "Codec": "aac"}]
    assert meta["VideoStreamSet"][0]["Bitrate"] == 150_000
    assert meta["AudioDuration"] == 2.0


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (["basicInfo"], {"BasicInfo"}),
        (["metaData", "snapshotByTimeOffsetInfo"], {"MetaData", "SnapshotByTimeOffsetInfo"}),
        (["transcodeInfo", "reviewInfo"], set()),
        (["somethingNew", "metaData"], {"MetaData"}),
        (["somethingNew"], set()),
    ],
)
def test_only_what_is_asked_for(
    vod: Vod, ready_media: Media, filters: list[str], wanted: set[str]
) -> None:
    run(vod, ready_media, "0.5s")
    row = info(vod, ready_media, *filters)
    assert {part for part in PARTS if row[part] is not None} == wanted


def test_what_is_not_known_yet_is_null(vod: Vod, make_media: Callable[..., Media]) -> None:
    media = make_media(status="probing", probe=None, duration_s=None, container="")
    row = info(vod, media)
    assert row["MetaData"] is None
    assert row["SnapshotByTimeOffsetInfo"] is None
    assert (row["BasicInfo"]["Type"], row["BasicInfo"]["Status"]) == ("", "Normal")


def test_ids_keep_their_order_and_unknown_ones_are_listed(
    vod: Vod, make_media: Callable[..., Media]
) -> None:
    first, second = make_media("a").file_id, make_media("b").file_id
    asked = [second, "nothing", first, second, NOWHERE, "nothing"]
    answer = vod.current(DESCRIBE, FileIds=asked)
    assert [row["FileId"] for row in answer["MediaInfoSet"]] == [second, first]
    assert answer["NotExistFileIdSet"] == ["nothing", NOWHERE]


def test_nothing_known(vod: Vod) -> None:
    answer = vod.current(DESCRIBE, FileIds=[NOWHERE])
    assert answer == {"MediaInfoSet": [], "NotExistFileIdSet": [NOWHERE]}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, "MissingParameter"),
        ({"FileIds": []}, "InvalidParameterValue.FileIdsEmpty"),
        ({"FileIds": [NOWHERE] * 21}, "InvalidParameterValue.FileIds"),
        ({"FileIds": NOWHERE}, "InvalidParameter"),
        ({"FileIds": [5285890784246869930]}, "InvalidParameter"),
        ({"FileIds": [NOWHERE], "Filters": "basicInfo"}, "InvalidParameter"),
        ({"FileIds": [NOWHERE], "FileId": NOWHERE}, "UnknownParameter"),
    ],
)
def test_infos_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    assert refusal(vod, DESCRIBE, **values) == wanted


def test_a_later_task_replaces_the_set_of_its_definition(vod: Vod, ready_media: Media) -> None:
    first = run(vod, ready_media, "1s", "0.5s")
    other = run(vod, ready_media, "1s", definition=31)
    assert urls(vod, ready_media) == {10: made(first), 31: made(other)}
    second = run(vod, ready_media, "0.2s", "9s", "0.1s", **{"9s": "time_out_of_range"})
    assert len(made(second)) == 2
    assert urls(vod, ready_media) == {10: made(second), 31: made(other)}
    run(vod, ready_media, "9s", **{"9s": "time_out_of_range"})
    assert urls(vod, ready_media) == {10: made(second), 31: made(other)}


def test_the_cover_of_a_task(vod: Vod, ready_media: Media) -> None:
    position = {"Definition": 10, "PositionType": "Time", "PositionValue": 1}
    vod.current(
        "ProcessMedia",
        FileId=ready_media.file_id, MediaProcessTask={"CoverBySnapshotTaskSet": [position]},
    )  # fmt: skip
    (url,) = made(done())
    assert info(vod, ready_media)["BasicInfo"]["CoverUrl"] == url
    assert info(vod, ready_media)["SnapshotByTimeOffsetInfo"] is None


def test_twenty_cost_as_many_queries_as_one(vod: Vod, make_media: Callable[..., Media]) -> None:
    ids = []
    for number in range(20):
        media = make_media(f"{number}")
        ids.append(media.file_id)
        vod.current(MODIFY, FileId=media.file_id, AddTags=["a", "b"])
        run(vod, media, "0.5s", "1s")
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as captured:
            assert len(vod.current(DESCRIBE, FileIds=some)["MediaInfoSet"]) == len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


# --- SearchMedia ---------------------------------------------------------------------------------


@pytest.fixture
def library(vod: Vod, make_media: Callable[..., Media]) -> dict[str, str]:
    """Names by file id: four media, made a minute apart."""
    names = {}
    start = timezone.now() - timedelta(minutes=10)
    for number, (name, tags) in enumerate(
        [("Sea at dawn", ["sea"]), ("sea by night", ["sea", "night"]), ("100%_sure", []),
         ("Mountains", ["night"])]
    ):  # fmt: skip
        media = make_media(name)
        names[media.file_id] = name
        if tags:
            vod.current(MODIFY, FileId=media.file_id, AddTags=tags)
        made = {"created_at": start + timedelta(minutes=number), "description": f"About {name}."}
        Media.objects.filter(pk=media.pk).update(**made)
    return names


def found(vod: Vod, library: dict[str, str], **values: Any) -> list[str]:
    answer = vod.current(SEARCH, **values)
    return [library[row["FileId"]] for row in answer["MediaInfoSet"]]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, ["Mountains", "100%_sure", "sea by night", "Sea at dawn"]),
        ({"Names": ["sea"]}, ["sea by night", "Sea at dawn"]),
        ({"Names": ["dawn", "mount"]}, ["Mountains", "Sea at dawn"]),
        ({"Names": ["0%_s"]}, ["100%_sure"]),
        ({"Names": ["_"]}, ["100%_sure"]),
        ({"NamePrefixes": ["SEA", "10"]}, ["100%_sure", "sea by night", "Sea at dawn"]),
        ({"NamePrefixes": ["dawn"]}, []),
        ({"Tags": ["night"]}, ["Mountains", "sea by night"]),
        ({"Tags": ["night", "sea"]}, ["Mountains", "sea by night", "Sea at dawn"]),
        ({"Tags": ["Night"]}, []),
        ({"Tags": ["night"], "Names": ["sea"]}, ["sea by night"]),
        ({"FileIds": [NOWHERE]}, []),
        (
            {"Sort": {"Field": "CreateTime", "Order": "Asc"}},
            ["Sea at dawn", "sea by night", "100%_sure", "Mountains"],
        ),
        ({"Sort": {"Field": "CreateTime"}, "Limit": 1}, ["Mountains"]),
        ({"Offset": 1, "Limit": 2}, ["100%_sure", "sea by night"]),
        ({"Offset": 4}, []),
        ({"Descriptions": ["NIGHT", "none"]}, ["sea by night"]),
        ({"Status": ["Forbidden"]}, []),
        ({"SourceTypes": ["Record"]}, []),
        ({"StorageClasses": ["ARCHIVE"]}, []),
        ({"Categories": ["Audio"]}, []),
        ({"Status": ["Forbidden", "Normal"], "SourceTypes": ["Upload"], "Names": ["mount"],
          "StorageClasses": ["STANDARD"], "Categories": []}, ["Mountains"]),
        ({"Categories": ["Video"], "SubAppId": 1, "Text": ""}, ["Mountains", "100%_sure",
         "sea by night", "Sea at dawn"]),
    ],
)  # fmt: skip
def test_media_are_found(
    vod: Vod, library: dict[str, str], values: dict[str, Any], wanted: list[str]
) -> None:
    assert found(vod, library, **values) == wanted


def test_media_are_found_by_id_and_by_age(vod: Vod, library: dict[str, str]) -> None:
    ids = list(library)
    assert found(vod, library, FileIds=[ids[0], ids[2], ids[0]]) == ["100%_sure", "Sea at dawn"]
    moments = [Media.objects.get(file_id=ids[n]).created_at.isoformat() for n in (1, 2)]
    within = {"After": moments[0], "Before": moments[1]}
    assert found(vod, library, CreateTime=within) == ["100%_sure", "sea by night"]
    assert found(vod, library, CreateTime={"After": moments[1]}) == ["Mountains", "100%_sure"]
    assert found(vod, library, CreateTime={"After": "", "Before": moments[0]}) == [
        "sea by night", "Sea at dawn",
    ]  # fmt: skip


def test_a_page_tells_how_many_there_are(vod: Vod, library: dict[str, str]) -> None:
    answer = vod.current(SEARCH, Tags=["sea"], Limit=1, Filters=["basicInfo"])
    assert answer["TotalCount"] == 2
    (row,) = answer["MediaInfoSet"]
    assert row["BasicInfo"]["TagSet"] == ["sea", "night"]
    assert row["MetaData"] is None
    assert vod.current(SEARCH, Offset=4999, Limit=1) == {"TotalCount": 4, "MediaInfoSet": []}


def test_large_counts_end_at_5001(vod: Vod, presets: None) -> None:
    Media.objects.bulk_create([Media(name="n") for _ in range(5002)], batch_size=500)
    assert vod.current(SEARCH, Limit=1)["TotalCount"] == 5001


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"Offset": 4991}, "InvalidParameterValue.Limit"),
        ({"Limit": 5001}, "InvalidParameterValue.Limit"),
        ({"Limit": 0}, "InvalidParameterValue.Limit"),
        ({"Offset": -1}, "InvalidParameterValue.Offset"),
        ({"FileIds": [NOWHERE] * 11}, "InvalidParameterValue.FileIds"),
        ({"Names": ["x"] * 11}, "InvalidParameterValue.Names"),
        ({"Names": ["x" * 101]}, "InvalidParameterValue.Names"),
        ({"NamePrefixes": ["x" * 101]}, "InvalidParameterValue.NamePrefixes"),
        ({"NamePrefixes": ["x"] * 11}, "InvalidParameterValue.NamePrefixes"),
        ({"Tags": ["x"] * 17}, "InvalidParameterValue.Tags"),
        ({"Sort": {"Field": "Name"}}, "InvalidParameterValue.Sort"),
        ({"Sort": {"Order": "Asc"}}, "MissingParameter"),
        ({"CreateTime": {"After": "yesterday"}}, "InvalidParameterValue"),
        ({"CreateTime": {"After": "2018-10-01T10:00:00"}}, "InvalidParameterValue"),
        ({"Text": "sea"}, "UnsupportedOperation"),
        ({"ClassIds": [1]}, "UnsupportedOperation"),
        ({"Name": "sea"}, "UnknownParameter"),
    ],
)
def test_searches_that_are_refused(vod: Vod, values: dict[str, Any], wanted: str) -> None:
    assert refusal(vod, SEARCH, **values) == wanted


# --- Rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [DESCRIBE, SEARCH])
def test_rights(vod_as: Callable[[str], Vod], ready_media: Media, action: str) -> None:
    asked = {"FileIds": [ready_media.file_id]}
    assert refusal(vod_as(""), action, **asked) == "UnauthorizedOperation"
    for group in ("Viewer", "Editor"):
        assert len(vod_as(group).current(action, **asked)["MediaInfoSet"]) == 1
