"""GetVideoInfo, and DescribeVodCover, which sets a cover despite its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest

from snapshots import storage
from snapshots.models import Media, Snapshot

from ..conftest import Refused, Vod
from ..support.fake_worker import done

NOWHERE = "5285890784246869930"


def refusal(vod: Vod, action: str, **values: Any) -> int:
    with pytest.raises(Refused) as caught:
        vod.legacy(action, **values)
    return int(caught.value.code)


def shoot(vod: Vod, media: Media, *offsets: int, definition: int = 10, **errors: str) -> list[str]:
    """The URLs of the pictures of a task that ran."""
    vod.legacy(
        "CreateSnapshotByTimeOffset",
        fileId=media.file_id, definition=definition, timeOffset=list(offsets),
    )  # fmt: skip
    rows = Snapshot.objects.done().filter(operation__task=done(errors)).order_by("index")
    return [storage.picture_url(row.picture) for row in rows]


# --- GetVideoInfo --------------------------------------------------------------------------------


def test_all_of_a_video(vod: Vod, make_media: Callable[..., Media]) -> None:
    media = make_media("sea.mp4", description="Waves.", duration_s=2.4)
    track = {"codec": "aac", "sampling_rate": 48000, "bitrate": 50_000}
    media.probe |= {"has_audio": True, "audio": [track], "rotation": 90}
    media.save()
    urls = shoot(vod, media, 1500, 0)
    created = int(media.created_at.timestamp())
    answer = vod.legacy("GetVideoInfo", fileId=media.file_id)
    assert answer == {
        "basicInfo": {
            "name": "sea.mp4", "size": 1000, "duration": 2, "description": "Waves.",
            "status": "normal", "createTime": created, "updateTime": ANY,
            "expireTime": 4294967295, "classificationId": 0, "classificationName": "其他",
            "playerId": "", "coverUrl": "", "type": "mp4", "sourceVideoUrl": ANY,
        },
        "metaData": {
            "size": 1000, "container": "mp4", "bitrate": 200_000, "height": 96, "width": 160,
            "md5": "", "duration": 2, "rotate": 90,
            "videoStreamList": [
                {"bitrate": 150_000, "height": 96, "width": 160, "codec": "h264", "fps": 30}
            ],
            "audioStreamList": [{"codec": "aac", "samplingRate": 48000, "bitrate": 50_000}],
        },
        "snapshotByTimeOffsetInfo": {
            "snapshotByTimeOffsetList": [
                {
                    "definition": 10,
                    "picInfoList": [
                        {"timeOffset": 512, "url": urls[0]},
                        {"timeOffset": 514, "url": urls[1]},
                    ],
                }
            ]
        },
    }  # fmt: skip
    assert f"/api/v1/media/{media.file_id}/file/?token=" in answer["basicInfo"]["sourceVideoUrl"]
    assert isinstance(answer["basicInfo"]["updateTime"], int)


@pytest.mark.parametrize(
    ("filters", "parts"),
    [
        ({}, ["basicInfo", "metaData", "snapshotByTimeOffsetInfo"]),
        ({"infoFilter": ["basicInfo"]}, ["basicInfo"]),
        ({"infoFilter": {"1": "metaData", "7": "drm"}}, ["metaData"]),
        ({"infoFilter_1": "snapshotByTimeOffsetInfo"}, ["snapshotByTimeOffsetInfo"]),
        ({"infoFilter": ["transcodeInfo", "sampleSnapshotInfo"]}, []),
    ],
)
def test_parts_not_asked_for_are_absent(
    vod: Vod, ready_media: Media, filters: dict[str, Any], parts: list[str]
) -> None:
    shoot(vod, ready_media, 1)
    assert list(vod.legacy("GetVideoInfo", fileId=ready_media.file_id, **filters)) == parts


def test_parts_that_a_video_has_not_are_absent(vod: Vod, make_media: Callable[..., Media]) -> None:
    media = make_media(status="probing", probe=None, duration_s=None, container="")
    answer = vod.legacy("GetVideoInfo", fileId=media.file_id)
    assert list(answer) == ["basicInfo"]
    assert (answer["basicInfo"]["duration"], answer["basicInfo"]["type"]) == (0, "")


def test_one_set_of_a_definition(vod: Vod, ready_media: Media) -> None:
    shoot(vod, ready_media, 1)
    other = shoot(vod, ready_media, 2, definition=31)
    later = shoot(vod, ready_media, 3, 9000, **{"9000ms": "time_out_of_range"})
    shoot(vod, ready_media, 9000, **{"9000ms": "time_out_of_range"})
    answer = vod.legacy("GetVideoInfo", fileId=ready_media.file_id)
    assert answer["snapshotByTimeOffsetInfo"]["snapshotByTimeOffsetList"] == [
        {"definition": 10, "picInfoList": [{"timeOffset": 512, "url": later[0]}]},
        {"definition": 31, "picInfoList": [{"timeOffset": 512, "url": other[0]}]},
    ]


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({}, 1000),
        ({"fileId": NOWHERE}, 10008),
        ({"fileId": "x"}, 10008),
        ({"fileId": NOWHERE, "infoFilter": "basicInfo"}, 1000),
        ({"fileId": NOWHERE, "filter": "basicInfo"}, 1000),
    ],
)
def test_infos_that_are_refused(
    vod: Vod, presets: None, values: dict[str, Any], number: int
) -> None:
    assert refusal(vod, "GetVideoInfo", **values) == number


# --- DescribeVodCover ----------------------------------------------------------------------------


def cover(vod: Vod, media: Media) -> str:
    answer = vod.legacy("GetVideoInfo", fileId=media.file_id, infoFilter=["basicInfo"])
    return str(answer["basicInfo"]["coverUrl"])


def test_a_screenshot_becomes_the_cover(vod: Vod, ready_media: Media) -> None:
    first, second = shoot(vod, ready_media, 1, 2)
    for url in (second, first):
        asked = {"fileId": ready_media.file_id, "type": 1, "para": url}
        assert vod.legacy("DescribeVodCover", **asked) == {}
        assert cover(vod, ready_media) == url
    row = Media.objects.get(pk=ready_media.pk)
    assert (row.cover_by, row.cover_user) == ("user", vod.user.get_username())


def test_a_cover_of_a_flow(vod: Vod, ready_media: Media) -> None:
    step = {"definition": 10, "positionType": "Time", "position": 1}
    vod.legacy("ProcessFile", fileId=ready_media.file_id, coverBySnapshot=step)
    done()
    assert cover(vod, ready_media) == storage.picture_url(Snapshot.objects.get().picture)


def test_only_a_snapshot_of_this_file_becomes_its_cover(
    vod: Vod, ready_media: Media, make_media: Callable[..., Media]
) -> None:
    (url,) = shoot(vod, ready_media, 1)
    (foreign,) = shoot(vod, make_media("other"), 1)
    base = storage.picture_url("")
    for para in (
        foreign, "https://example.com/a.jpg", url.removeprefix(base), base, f"{url}x",
        f"https://example.com/{url}", "", "/",
    ):  # fmt: skip
        asked = {"fileId": ready_media.file_id, "type": 1, "para": para}
        assert refusal(vod, "DescribeVodCover", **asked) == 1000, para
    assert cover(vod, ready_media) == ""


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"type": 2}, 1000),
        ({"type": None}, 1000),
        ({"para": None}, 1000),
        ({"para": "x" * 2049}, 1000),
        ({"fileId": None}, 1000),
        ({"fileId": NOWHERE}, 10008),
    ],
)
def test_covers_that_are_refused(
    vod: Vod, ready_media: Media, values: dict[str, Any], number: int
) -> None:
    (url,) = shoot(vod, ready_media, 1)
    asked = {"fileId": ready_media.file_id, "type": 1, "para": url, **values}
    given = {name: value for name, value in asked.items() if value is not None}
    assert refusal(vod, "DescribeVodCover", **given) == number
    assert cover(vod, ready_media) == ""


def test_rights(vod_as: Callable[[str], Vod], vod: Vod, ready_media: Media) -> None:
    (url,) = shoot(vod, ready_media, 1)
    asked = {"fileId": ready_media.file_id, "type": 1, "para": url}
    viewer = vod_as("Viewer")
    assert viewer.legacy("GetVideoInfo", fileId=ready_media.file_id)
    assert refusal(viewer, "DescribeVodCover", **asked) == 4300
    assert refusal(vod_as(""), "GetVideoInfo", fileId=ready_media.file_id) == 4300
    assert vod_as("Editor").legacy("DescribeVodCover", **asked) == {}
