"""media/{file_id}/frame/: one frame as a picture, with its receipt, and nothing left behind."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from snapshots.models import Media
from tests.support.processes import decode_children
from tests.video.made import numbered

from ..problem_json import fields, refused

RECEIPT = {
    "X-Frame-At": "1.02s",
    "X-Frame-Time-Ms": "1020",
    "X-Frame-Pts": "15360",
    "X-Frame-Time-Base": "1/15360",
    "X-Frame-Frame-Time": "1",
    "X-Frame-Key-Frame": "true",
    "X-Frame-Format": "jpg",
    "X-Frame-Width": "160",
    "X-Frame-Height": "96",
}
LOOKS = [
    ({}, "image/jpeg", (160, 96)),
    ({"width": "320"}, "image/jpeg", (320, 192)),
    ({"width": "0", "height": "192"}, "image/jpeg", (320, 192)),
    ({"width": "320", "height": "320", "format": "png", "fill_type": "transparent"},
     "image/png", (320, 320)),
    ({"width": "128", "height": "256", "resolution_adaptive": "false", "format": "webp",
      "quality": "70", "fill_type": "stretch"}, "image/webp", (128, 256)),
    ({"format": "avif"}, "image/avif", (160, 96)),
    ({"template": "40"}, "image/png", (1280, 720)),
]  # fmt: skip


def path(media: Media) -> str:
    return f"/api/v1/media/{media.file_id}/frame/"


def picture(response) -> Image.Image:
    assert response.status_code == 200, response.content
    return Image.open(io.BytesIO(response.content))


def number(response) -> int:
    return numbered.read_number(np.asarray(picture(response).convert("RGB")))


@pytest.mark.parametrize(
    ("at", "frame"),
    [
        ("0s", 0), ("0.1s", 3), ("33.367ms", 1), ("1.02s", 30), ("00:01.5", 45), ("25%", 15),
        ("f7", 7), ("F59", 59), ("100%", 59), ("2s", 59), (" 1s ", 30),
    ],
)  # fmt: skip
def test_the_frame_on_screen_is_shown(api, shown, at, frame):
    assert number(api.get(path(shown), {"at": at, "format": "png"})) == frame


def test_the_receipt_comes_in_headers(api, shown):
    response = api.get(path(shown), {"at": "1.02s"})
    assert number(response) == 30
    headers = {name: value for name, value in response.items() if name.startswith("X-Frame-")}
    assert headers.pop("X-Frame-Options")
    assert headers == RECEIPT
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, no-cache"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_keyframe_mode_shows_the_key_frame_before(api, shown):
    response = api.get(path(shown), {"at": "1.9s", "mode": "keyframe"})
    assert number(response) == 30
    assert response["X-Frame-Key-Frame"] == "true"
    exact = api.get(path(shown), {"at": "1.9s", "mode": "exact"})
    assert (number(exact), exact["X-Frame-Key-Frame"]) == (57, "false")


@pytest.mark.parametrize(("look", "kind", "size"), LOOKS)
def test_it_looks_as_asked(api, shown, look, kind, size):
    response = api.get(path(shown), {"at": "1s", **look})
    image = picture(response)
    assert (response["Content-Type"], image.size) == (kind, size)
    assert (response["X-Frame-Width"], response["X-Frame-Height"]) == tuple(map(str, size))
    if size[0] * 96 == size[1] * 160:
        assert number(response) == 30
    if image.mode == "RGBA":
        assert image.getpixel((size[0] // 2, 0))[3] in (0, 255)


def test_a_template_of_ones_own_is_as_good(api, shown):
    values = {"format": "png", "width": 480, "height": 480, "fill_type": "white"}
    made = api.post("/api/v1/templates/", values).json()["definition"]
    image = picture(api.get(path(shown), {"at": "1s", "template": made})).convert("RGB")
    assert image.size == (480, 480)
    assert image.getpixel((240, 3)) == (255, 255, 255)
    assert image.getpixel((240, 240)) != (255, 255, 255)


def test_a_browser_may_ask_for_pictures_only(api, shown):
    response = api.get(path(shown), {"at": "1s"}, HTTP_ACCEPT="image/avif,image/webp")
    assert number(response) == 30
    refused(api.get(path(shown), {"at": "1"}, HTTP_ACCEPT="image/webp"), 400, "invalid")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({}, {"at": "required"}),
        ({"at": ""}, {"at": "required"}),
        ({"at": "3"}, {"at": "invalid_time_point"}),
        ({"at": "3\ns"}, {"at": "invalid_time_point"}),
        ({"at": "1s", "mode": "near"}, {"mode": "invalid_choice"}),
        ({"at": "1s", "width": "127"}, {"width": "out_of_range"}),
        ({"at": "1s", "width": "4097"}, {"width": "out_of_range"}),
        ({"at": "1s", "height": "wide"}, {"height": "invalid"}),
        ({"at": "1s", "quality": "0"}, {"quality": "out_of_range"}),
        ({"at": "1s", "format": "gif"}, {"format": "invalid_choice"}),
        ({"at": "1s", "fill_type": "transparent"}, {"fill_type": "invalid_combination"}),
        ({"at": "1s", "resolution_adaptive": "maybe"}, {"resolution_adaptive": "invalid"}),
        ({"at": "1s", "template": "77"}, {"template": "template_not_found"}),
        ({"at": "1s", "template": "-1"}, {"template": "invalid"}),
        ({"at": "1s", "template": "9" * 18}, {"template": "template_not_found"}),
        ({"at": "1s", "template": "10", "width": "320"}, {"template": "invalid_combination"}),
        ({"at": "1s", "name": "mine"}, {"name": "unknown_field"}),
        ({"at": "1s", "time": "2s"}, {"time": "unknown_field"}),
    ],
)
def test_what_makes_no_sense_is_refused(api, shown, query, wrong):
    assert fields(api.get(path(shown), query)) == wrong


@pytest.mark.parametrize("at", ["2.1s", "-1s", "f60", "100.1%"])
def test_a_point_outside_the_video_is_refused(api, shown, at):
    refused(api.get(path(shown), {"at": at}), 422, "time_out_of_range")


def test_what_was_cut_off_has_no_picture(api, make_probed, tmp_path):
    whole = numbered.make(tmp_path / "cut.mp4", frames=90, container={"movflags": "faststart"})
    media = make_probed(numbered.cut(whole, 0.6))
    refused(api.get(path(media), {"at": "2.9s"}), 422, "frame_unavailable")
    assert number(api.get(path(media), {"at": "0.5s"})) == 15


def test_a_picture_too_large_is_refused_at_once(api, shown):
    Media.objects.update(width=160, height=16000)
    query = {"at": "1s", "width": "4096", "resolution_adaptive": "false"}
    refused(api.get(path(shown), query), 413, "too_large")
    assert decode_children() == []


def test_a_video_that_is_not_ready_says_when_to_come_back(api, clip_being_probed):
    response = api.get(path(clip_being_probed), {"at": "1s"})
    refused(response, 409, "media_not_ready")
    assert response["Retry-After"] == "2"


def test_a_video_that_failed_says_why(api, make_media):
    media = make_media(status="failed", error_code="no_video", error_message="Only sound.")
    refused(api.get(path(media), {"at": "1s"}), 422, "no_video")


def test_a_missing_source_is_an_error(api, make_probed, tmp_path):
    video = numbered.make(tmp_path / "gone.mp4")
    media = make_probed(video)
    video.unlink()
    refused(api.get(path(media), {"at": "1s"}), 422, "unreadable")


def test_who_may_not_see_media_finds_none(api, api_as, client, shown):
    refused(api_as().get(path(shown), {"at": "1s"}), 404, "media_not_found")
    nowhere = "/api/v1/media/1234567890123456789/frame/"
    refused(api.get(nowhere, {"at": "1s"}), 404, "media_not_found")
    refused(client.get(path(shown), {"at": "1s"}), 401, "not_authenticated")
    assert number(api_as("Viewer").get(path(shown), {"at": "1s"})) == 30


def test_so_many_in_a_while_and_no_more(api, shown, settings):
    settings.MEDIAHUB_LIMITS = {**settings.MEDIAHUB_LIMITS, "preview": (2, 60.0)}
    answers = [api.get(path(shown), {"at": at}) for at in ("0s", "1s", "0.5s")]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused(answers[2], 429, "throttled")
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    again = api.get(path(shown), {"at": "1s"}, headers={"If-None-Match": answers[1]["ETag"]})
    assert again.status_code == 304  # what is kept already costs nothing
