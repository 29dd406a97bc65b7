"""Files out: the private source and the public pictures, whole and in parts."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils.http import http_date
from rest_framework.test import APIClient

from snapshots import storage
from snapshots.models import Media
from snapshots.services.security import signed_urls
from snapshots.storage.stored_file import LocalFile
from snapshots.web.ranges import file_response
from tests.api.problem_json import refused

DATA = bytes(range(256)) * 4  # 1024 bytes
PICTURE = "1500000001-procedurev2-0/0-0-ab_12.jpg"


@pytest.fixture
def media(make_media):
    row = make_media("Holiday é.mp4", source="99/holiday")
    storage.save_source(row.source, ContentFile(DATA))
    return row


@pytest.fixture
def path(media):
    return f"/api/v1/media/{media.file_id}/file/"


@pytest.fixture
def picture(client):
    storage.save_picture(PICTURE, DATA)
    return f"/pictures/{PICTURE}"


@pytest.fixture(params=["source", "picture"])
def served(request, api, path, picture):
    """`get(**headers)` of either kind of file."""
    url = path if request.param == "source" else picture

    def get(method="get", **headers):
        names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return getattr(api, method)(url, **names)

    return get


# --- Both ----------------------------------------------------------------------------------------


def test_a_file_comes_whole(served):
    response = served()
    assert response.status_code == 200
    assert response.getvalue() == DATA
    assert response["Content-Length"] == "1024"
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["ETag"].startswith('"')
    assert response["Last-Modified"].endswith("GMT")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=1000-", 1000, 1023),
     ("bytes=-24", 1000, 1023), ("bytes=-5000", 0, 1023), ("bytes=0-", 0, 1023),
     ("bytes=1000-99999", 1000, 1023), ("bytes=0-" + "9" * 40, 0, 1023),
     ("Bytes= 5-6 ", 5, 6)],
)  # fmt: skip
def test_one_range_comes_as_a_part(served, asked, start, end):
    response = served(range=asked)
    assert response.status_code == 206
    assert response.getvalue() == DATA[start : end + 1]
    assert response["Content-Range"] == f"bytes {start}-{end}/1024"
    assert response["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=2000-3000", "bytes=-0",
                                   "bytes=" + "9" * 40 + "-"])  # fmt: skip
def test_a_range_outside_the_file_is_refused(served, asked):
    response = served(range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", "", "bytes=1-2,4-5", "bytes=٣-٤",
     "bytes=" + "9" * 9999 + "-"],
)  # fmt: skip
def test_what_is_no_single_range_gets_the_whole(served, asked):
    response = served(range=asked)
    assert response.status_code == 200
    assert response.getvalue() == DATA


def test_head_tells_the_same_without_the_bytes(served):
    whole, head = served(), served("head")
    assert whole.getvalue() == DATA
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head[name] == whole[name]
    assert served("head", range="bytes=0-1").status_code == 200


def test_what_is_known_is_not_sent_again(served):
    first = served()
    assert first.getvalue() == DATA
    known = served(if_none_match=first["ETag"])
    assert known.status_code == 304
    assert known.content == b""
    assert known["ETag"] == first["ETag"]
    assert served(if_modified_since=first["Last-Modified"]).status_code == 304
    assert served(if_match='"other"').status_code == 412


def test_if_range_gives_a_part_of_the_same_file_only(served):
    first = served()
    assert first.getvalue() == DATA
    part = {"range": "bytes=0-9"}
    for good in (first["ETag"], first["Last-Modified"]):
        response = served(**part, if_range=good)
        assert response.status_code == 206
        assert response.getvalue() == DATA[:10]
    for stale in ('"other"', f"W/{first['ETag']}", http_date(0), "nonsense"):
        response = served(**part, if_range=stale)
        assert response.status_code == 200
        assert response.getvalue() == DATA


@pytest.mark.parametrize(
    ("method", "headers"),
    [("get", {}), ("get", {"Range": "bytes=1-2"}), ("get", {"Range": "bytes=9999-"}),
     ("get", {"If-None-Match": '"e"'}), ("head", {})],
)  # fmt: skip
def test_a_response_that_is_never_read_leaves_no_file_open(db, rf, tmp_path, method, headers):
    (tmp_path / "file").write_bytes(DATA)
    file = (tmp_path / "file").open("rb")
    request = getattr(rf, method)("/", headers=headers)
    file_response(request, LocalFile(file), etag='"e"', headers={}).close()
    assert file.closed


# --- Handed over to nginx ------------------------------------------------------------------------


@pytest.fixture
def accel(settings):
    settings.MEDIAHUB_ACCEL_PREFIX = "/protected/"


def test_nginx_gets_the_path_and_the_type_of_a_file(served, accel):
    plain = {"Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control"}
    response = served()
    assert response.status_code == 200
    assert response.content == b""
    assert plain <= set(response.headers)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "ETag" not in response
    places = {"video/mp4": "sources/99/holiday", "image/jpeg": f"pictures/{PICTURE}"}
    assert response["X-Accel-Redirect"] == "/protected/" + places[response["Content-Type"]]


def test_nginx_gets_no_path_with_an_error(api, path, api_as, accel, client):
    responses = [APIClient().get(path), api_as().get(path), client.get("/pictures/covers/none.jpg")]
    Media.objects.update(source="99/gone")
    responses.append(api.get(path))
    assert [response.status_code for response in responses] == [401, 404, 404, 404]
    assert all("X-Accel-Redirect" not in response for response in responses)


def test_a_linked_file_is_sent_by_us(api, path, tmp_path, accel):
    (tmp_path / "linked.mp4").write_bytes(b"linked")
    Media.objects.update(source="", link=str(tmp_path / "linked.mp4"))
    response = api.get(path)
    assert response.getvalue() == b"linked"
    assert "X-Accel-Redirect" not in response


# --- Sources -------------------------------------------------------------------------------------


def test_a_source_is_shown_as_the_video_it_is(api, path):
    response = api.get(path, HTTP_ACCEPT="video/mp4")
    assert response.getvalue() == DATA
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''Holiday%20%C3%A9.mp4"
    assert response["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("container", "name", "offered"),
    [("mp4", "Lesson 3. Introduction", "Lesson 3. Introduction.mp4"),
     ("mp4", "Holiday", "Holiday.mp4"),
     ("mp4", "Holiday.mp4", "Holiday.mp4"),
     ("mp4", "HOLIDAY.MP4", "HOLIDAY.MP4"),
     ("mp4", "Holiday.m4v", "Holiday.m4v"),
     ("mp4", "Holiday.mov", "Holiday.mov.mp4"),
     ("mp4", "v1.2", "v1.2.mp4"),
     ("mp4", ".mp4", ".mp4"),
     ("mov", "Take 2.1", "Take 2.1.mov"),
     ("mkv", "a.b", "a.b.mkv"),
     ("webm", "a.b", "a.b.webm"),
     ("mpegts", "a.b", "a.b.ts"),
     ("mpegts", "00001.MTS", "00001.MTS"),
     ("mpegps", "a.b", "a.b.mpg"),
     ("avi", "a.b", "a.b.avi"),
     ("flv", "a.b", "a.b.flv"),
     ("ogg", "a.b", "a.b.ogv"),
     ("wmv", "a.b", "a.b.wmv"),
     ("mp4", "x" * 255, "x" * 251 + ".mp4")],
)  # fmt: skip
def test_a_source_is_offered_with_its_containers_extension(api, path, container, name, offered):
    Media.objects.update(container=container, name=name)
    response = api.get(path)
    response.close()
    assert response["Content-Disposition"] == f'inline; filename="{offered}"'


def test_an_offered_name_that_is_cut_keeps_its_extension(api, path):
    Media.objects.update(name="é" * 200 + ".mp4")
    response = api.get(path)
    response.close()
    _, _, offered = response["Content-Disposition"].partition("filename*=utf-8''")
    assert unquote(offered) == "é" * 125 + ".mp4"


@pytest.mark.parametrize("name", ["x.mp4\n", "a\r\nb", "\N{RIGHT-TO-LEFT OVERRIDE}4pm.exe", "\x7f"])
def test_a_name_from_before_the_rule_is_offered_without_its_control_characters(api, path, name):
    Media.objects.update(name=name)
    response = api.get(path)
    response.close()
    assert response.status_code == 200
    offered = unquote(response["Content-Disposition"])
    assert offered.endswith(".mp4")
    assert offered.isprintable()
    assert "\N{REPLACEMENT CHARACTER}" in offered


def test_what_is_not_known_to_be_a_video_is_only_downloaded(api, path):
    Media.objects.update(container="", name="page.html")
    response = api.get(path)
    response.close()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_source_is_private(path, api_as):
    refused(APIClient().get(path), 401, "not_authenticated")
    refused(APIClient().get(f"{path}?token=x"), 403, "permission_denied")
    refused(api_as().get(path), 404, "media_not_found")


def test_a_signed_link_opens_one_source_until_it_expires(media, make_media):
    client = APIClient()
    good = signed_urls.url(file_id=media.file_id)
    response = client.get(good)
    assert response.status_code == 200
    assert response.getvalue() == DATA
    late = signed_urls.url(file_id=media.file_id, lifetime=timedelta(seconds=-1))
    refused(client.get(late), 403, "permission_denied")
    refused(client.get(f"{good}x"), 403, "permission_denied")
    query = urlsplit(good).query
    other = f"/api/v1/media/{make_media().file_id}/file/?{query}"
    refused(client.get(other), 403, "permission_denied")
    refused(client.delete(good), 405, "method_not_allowed")


def test_a_linked_file_is_served_where_it_lies(api, path, tmp_path):
    file = tmp_path / "linked.mp4"
    file.write_bytes(b"linked")
    Media.objects.update(source="", link=str(file))
    assert api.get(path).getvalue() == b"linked"
    file.unlink()
    refused(api.get(path), 404, "media_not_found")


def test_a_source_not_yet_here_is_not_found(api, path):
    Media.objects.update(source="", status="pulling")
    refused(api.get(path), 404, "media_not_found")


def test_an_empty_source_is_served(api, path, media):
    storage.save_source(media.source, ContentFile(b""))
    assert api.get(path).getvalue() == b""
    refusal = api.get(path, HTTP_RANGE="bytes=0-")
    assert (refusal.status_code, refusal["Content-Range"]) == (416, "bytes */0")


# --- Pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [("jpg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp"), ("avif", "image/avif")],
)
def test_a_picture_is_public_and_good_for_ever(client, suffix, kind):
    name = f"covers/1234567890123456789-{'a' * 32}.{suffix}"
    storage.save_picture(name, DATA)
    response = client.get(storage.picture_url(name))
    assert response.getvalue() == DATA
    assert response["Content-Type"] == kind
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "name",
    ["nothing/0-0-ab_1.jpg", "covers/", "", "covers/../secret_key", "../secret_key",
     "%2e%2e/secret_key", "covers/..%2f..%2fsecret_key", "..%5csecret_key", "covers/a%00.jpg",
     "covers/.part-abc.jpg", "covers/a.svg", "covers/a.html", "covers/a.jpg/", "//etc/passwd",
     "a/b/c.jpg", "covers/%ff.jpg", "covers/" + "a" * 5000 + ".jpg", "covers/a.jpg%0a"],
)  # fmt: skip
def test_nothing_else_is_found(client, picture, name):
    assert client.get(f"/pictures/{name}").status_code == 404


def test_pictures_are_only_read(client, picture):
    assert client.post(picture).status_code == 405
    assert client.delete(picture).status_code == 405
