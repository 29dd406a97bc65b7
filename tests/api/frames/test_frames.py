"""media/{file_id}/frames/: the index of probing, from one point to another, page by page."""

from __future__ import annotations

import time
from fractions import Fraction
from urllib.parse import parse_qs, urlsplit

import pytest

from snapshots.models import Media
from snapshots.video.info import FrameIndex
from tests.support.processes import decode_children
from tests.video.made import numbered

from ..problem_json import fields, refused

UNEVEN = [0, 33, 67, 100, 167, 207, 257, 290, 390, 423]  # milliseconds


def path(media: Media) -> str:
    return f"/api/v1/media/{media.file_id}/frames/"


def listed(api, media, **query):
    response = api.get(path(media), query)
    assert response.status_code == 200, response.content
    page = response.json()
    assert list(page) == ["next", "results"]
    return [row["index"] for row in page["results"]]


def test_every_frame_has_the_containers_pts(api, shown):
    page = api.get(path(shown)).json()
    assert page["next"] is None
    assert page["results"] == [
        {
            "index": number,
            "pts": number * 512,
            "time_base": "1/15360",
            "frame_time": round(number / 30, 6),
            "key_frame": number in (0, 30),
        }
        for number in range(60)
    ]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("0s", "100%", 0, 59),
        ("0.5s", "1s", 15, 30),
        ("510ms", "1019ms", 15, 30),  # the frames on screen then, which began before
        ("499ms", "499ms", 14, 14),
        ("f7", "f7", 7, 7),
        ("33.333ms", "66.667ms", 1, 2),
        ("25%", "50%", 15, 30),
        ("00:00:01.5", "00:01.6", 45, 48),
        ("F58", "99s", 58, 59),
        ("f58", "f99", 58, 59),
        ("f58", "101%", 58, 59),
        ("2s", "", 59, 59),
        ("", "f2", 0, 2),
    ],
)
def test_both_ends_belong_to_the_list(api, shown, start, end, first, last):
    assert listed(api, shown, **{"from": start, "to": end}) == list(range(first, last + 1))


def test_frames_at_a_variable_rate_have_their_own_times(api, presets, make_probed, tmp_path):
    media = make_probed(
        numbered.make(tmp_path / "vfr.mkv", pts=UNEVEN, time_base=Fraction(1, 1000), start_s=6)
    )
    rows = api.get(path(media), {"from": "166ms", "to": "0.3s"}).json()["results"]
    assert [(row["index"], row["pts"], row["frame_time"]) for row in rows] == [
        (3, 6100, 0.1), (4, 6167, 0.167), (5, 6207, 0.207), (6, 6257, 0.257), (7, 6290, 0.29),
    ]  # fmt: skip


def test_pages_follow_one_another(api, shown):
    url, seen = f"{path(shown)}?from=0.5s&to=f44&limit=12", []
    while url:
        page = api.get(url).json()
        seen.append([row["index"] for row in page["results"]])
        url = page["next"]
        if url:
            assert url.startswith(f"http://127.0.0.1:8000{path(shown)}?")
            assert parse_qs(urlsplit(url).query) == {
                "from": [f"f{seen[-1][-1] + 1}"], "to": ["f44"], "limit": ["12"],
            }  # fmt: skip
    assert seen == [list(range(15, 27)), list(range(27, 39)), list(range(39, 45))]


def test_a_page_that_ends_with_the_list_is_the_last(api, shown):
    page = api.get(path(shown), {"from": "f50", "limit": 10}).json()
    assert (len(page["results"]), page["next"]) == (10, None)


def test_two_hours_are_listed_page_by_page_without_delay(api, shown):
    count = 432_000
    index = FrameIndex(Fraction(1, 60), range(count), [n % 250 == 0 for n in range(count)])
    extent = {**shown.probe["extent"], "time_base": "1/60", "last_pts": count - 1}
    extent |= {"data_end_pts": count, "end_pts": count}
    Media.objects.update(probe={**shown.probe, "extent": extent}, frame_index=index.to_bytes())
    began = time.process_time()
    page = api.get(path(shown), {"from": "01:59:00"}).json()
    spent = time.process_time() - began
    assert [row["index"] for row in page["results"]] == list(range(428_400, 428_600))
    assert page["results"][-1]["frame_time"] == 7143.316667
    assert "from=f428600" in page["next"]
    assert spent < 0.5


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"from": "3"}, {"from": "invalid_time_point"}),
        ({"to": "soon"}, {"to": "invalid_time_point"}),
        ({"from": "1s", "to": "0.5s"}, {"to": "out_of_range"}),
        ({"from": "f0", "to": "-1s"}, {"to": "out_of_range"}),
        ({"limit": "0"}, {"limit": "out_of_range"}),
        ({"limit": "2001"}, {"limit": "out_of_range"}),
        ({"limit": "many"}, {"limit": "invalid"}),
        ({"start": "1s"}, {"start": "unknown_field"}),
        ({"cursor": "1", "at": "1s"}, {"cursor": "unknown_field", "at": "unknown_field"}),
    ],
)
def test_what_makes_no_sense_is_refused(api, shown, query, wrong):
    assert fields(api.get(path(shown), query)) == wrong


@pytest.mark.parametrize("start", ["2.1s", "-1s", "f60", "f-1", "101%"])
def test_a_start_outside_the_video_is_refused(api, shown, start):
    refused(api.get(path(shown), {"from": start}), 422, "time_out_of_range")


def test_a_start_in_the_truncated_part_has_its_own_code(api, make_probed, tmp_path):
    whole = numbered.make(tmp_path / "cut.mp4", frames=90, container={"movflags": "faststart"})
    media = make_probed(numbered.cut(whole, 0.6))
    refused(api.get(path(media), {"from": "2.9s"}), 422, "frame_unavailable")
    held = listed(api, media, **{"from": "0s", "to": "2.9s"})
    assert 30 < len(held) < 90


def test_a_video_that_is_not_ready_says_when_to_come_back(api, clip_being_probed):
    response = api.get(path(clip_being_probed))
    refused(response, 409, "media_not_ready")
    assert response["Retry-After"] == "2"


def test_a_video_that_failed_says_why(api, make_media):
    media = make_media(status="failed", error_code="no_video", error_message="Only sound.")
    refused(api.get(path(media)), 422, "no_video")


def test_who_may_not_see_media_finds_none(api, api_as, client, shown):
    refused(api_as().get(path(shown)), 404, "media_not_found")
    refused(api.get("/api/v1/media/1234567890123456789/frames/"), 404, "media_not_found")
    refused(client.get(path(shown)), 401, "not_authenticated")
    assert api_as("Viewer").get(path(shown)).status_code == 200
    refused(api.post(path(shown), {}), 405, "method_not_allowed")


def test_nothing_is_opened(api, make_probed, tmp_path):
    video = numbered.make(tmp_path / "gone.mp4")
    media = make_probed(video)
    video.unlink()
    assert listed(api, media, to="f3") == [0, 1, 2, 3]
    assert decode_children() == []


@pytest.mark.parametrize("limit", [1, 60])
def test_a_list_asks_the_database_a_fixed_number_of_times(
    api, shown, django_assert_num_queries, limit
):
    api.get(path(shown))
    with django_assert_num_queries(7):  # key, user, 2 × rights, media, tags, frames
        assert len(listed(api, shown, limit=limit)) == limit
