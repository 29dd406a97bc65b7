"""media/{file_id}/cover/: a snapshot, a picture of one's own, or none."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from snapshots.models import CoverChange, Media
from tests.support import storage_paths

from .problem_json import fields, refused


@pytest.fixture
def path(ready_media):
    return f"/api/v1/media/{ready_media.file_id}/cover/"


def picture(kind="PNG", size=(64, 48), name="cover.png"):
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return SimpleUploadedFile(name, data.getvalue())


def test_a_snapshot_becomes_the_cover(api, path, ready_media, make_snapshot):
    snapshot = make_snapshot(ready_media, at="1.5s")
    response = api.put(path, {"snapshot": snapshot.pk})
    assert response.status_code == 200, response.content
    cover = response.json()["cover"]
    assert cover["url"].endswith(snapshot.picture)
    assert (cover["snapshot"], cover["at"], cover["template"]) == (snapshot.pk, "1.5s", 10)
    assert cover["set_by"] == "user"
    assert cover["set_at"]
    assert Media.objects.get().cover_user == api.user.username


def test_a_picture_becomes_the_cover(api, path, client):
    response = api.put(path, {"image": picture()}, format="multipart")
    assert response.status_code == 200, response.content
    cover = response.json()["cover"]
    assert (cover["snapshot"], cover["at"], cover["set_by"]) == (None, None, "user")
    served = client.get(cover["url"])
    assert served.status_code == 200
    with Image.open(io.BytesIO(served.getvalue())) as image:
        assert image.size == (64, 48)
        assert image.convert("RGB").getpixel((5, 5))[0] > 240


def test_the_cover_goes(api, path, client, django_capture_on_commit_callbacks):
    url = api.put(path, {"image": picture()}, format="multipart").json()["cover"]["url"]
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(path).status_code == 204
    assert api.get(path.removesuffix("cover/")).json()["cover"] is None
    assert client.get(url).status_code == 404
    assert not CoverChange.objects.exclude(picture="").exists()
    assert api.delete(path).status_code == 204


def test_a_new_cover_leaves_the_old_one_to_be_brought_back(
    api, path, ready_media, make_snapshot, django_capture_on_commit_callbacks
):
    api.put(path, {"image": picture()}, format="multipart")
    old = Media.objects.get().cover_picture
    with django_capture_on_commit_callbacks(execute=True):
        api.put(path, {"snapshot": make_snapshot(ready_media).pk})
    assert storage_paths.pictures().exists(old)
    (previous,) = CoverChange.objects.exclude(picture="")
    assert previous.picture == old


def test_a_cover_is_one_of_the_medias_own_snapshots(api, path, make_media, make_snapshot):
    foreign = make_snapshot(make_media())
    for pk in (foreign.pk, 0, -1, 2**63, 2**70):
        assert fields(api.put(path, {"snapshot": pk})) == {"snapshot": "snapshot_not_found"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [({}, {"snapshot": "required"}), ({"snapshot": "1"}, {"snapshot": "invalid"}),
     ({"snapshot": None}, {"snapshot": "null"}), ({"snapshot": [1]}, {"snapshot": "invalid"}),
     ({"snapshot": 1.5}, {"snapshot": "invalid"}),
     ({"snapshot": 1, "x": 1}, {"x": "unknown_field"})],
)  # fmt: skip
def test_wrong_bodies_are_refused(api, path, body, expected):
    assert fields(api.put(path, body)) == expected


def test_a_picture_is_sent_as_image(api, path):
    send = {"format": "multipart"}
    assert fields(api.put(path, {}, **send)) == {"image": "required"}
    assert fields(api.put(path, {"image": "x"}, **send)) == {"image": "invalid"}
    two = {"image": picture(), "at": "1s"}
    assert fields(api.put(path, two, **send)) == {"at": "unknown_field"}


@pytest.mark.parametrize(
    "data", [b"", b"words", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 50]
)
def test_what_is_no_picture_is_refused(api, path, data):
    sent = api.put(path, {"image": SimpleUploadedFile("a.png", data)}, format="multipart")
    assert sent.status_code in (400, 415, 422)
    refused(sent, sent.status_code, sent.json()["code"])
    assert Media.objects.get().cover_picture == ""


def test_a_picture_has_a_largest_size(api, path):
    response = api.generic("PUT", path, b"", "multipart/form-data; boundary=b",
                           CONTENT_LENGTH=str(2**30))  # fmt: skip
    refused(response, 413, "too_large")
