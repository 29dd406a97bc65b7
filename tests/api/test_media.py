"""media/: upload, list, change, delete."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from snapshots.models import Media, MediaTag, Task
from tests.support import storage_paths

from .problem_json import fields, refused

MEDIA = "/api/v1/media/"


def one(media):
    return f"{MEDIA}{media.file_id}/"


def upload(client, path, **more):
    with path.open("rb") as file:
        return client.post(MEDIA, {"file": file, **more}, format="multipart")


def names(response):
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


# --- Upload --------------------------------------------------------------------------------------


def test_an_upload_becomes_a_video_to_probe(api, clip):
    response = upload(api, clip)
    assert response.status_code == 201
    shape = response.json()
    assert shape["status"] == "probing"
    assert shape["name"] == "clip.mp4"
    assert shape["source_type"] == "upload"
    assert shape["size_bytes"] == clip.stat().st_size
    assert shape["cover"] is shape["duration_s"] is shape["error"] is None
    media = Media.objects.get(file_id=shape["file_id"])
    assert storage_paths.source_path(media.source).read_bytes() == clip.read_bytes()


def test_an_upload_can_be_named(api, clip):
    assert upload(api, clip, name=" Holiday ").json()["name"] == "Holiday"


def test_an_upload_needs_its_file(api):
    assert fields(api.post(MEDIA, {}, format="multipart")) == {"file": "required"}
    assert fields(api.post(MEDIA, {"file": "x"}, format="multipart")) == {"file": "invalid"}
    empty = SimpleUploadedFile("empty.mp4", b"")
    assert fields(api.post(MEDIA, {"file": empty}, format="multipart")) == {"file": "empty"}
    assert not Media.objects.exists()


def test_an_upload_takes_no_other_fields(api, clip):
    assert fields(upload(api, clip, nmae="x")) == {"nmae": "unknown_field"}
    assert fields(upload(api, clip, name="x" * 256)) == {"name": "too_long"}
    assert fields(upload(api, clip, name="a\0b")) == {"name": "invalid"}
    assert not Media.objects.exists()


@pytest.mark.parametrize("data", [b"#EXTM3U\n/etc/passwd\n", b"<svg xmlns='x'/>", b"just words"])
def test_what_is_no_video_is_unsupported(api, data):
    file = SimpleUploadedFile("clip.mp4", data)
    refused(api.post(MEDIA, {"file": file}, format="multipart"), 415, "unsupported")
    assert not Media.objects.exists()


def test_an_upload_is_multipart_or_an_address(api):
    answer = api.post(MEDIA, b"x", content_type="video/mp4")
    problem = refused(answer, 415, "unsupported")
    assert problem["detail"] == "Send this as multipart/form-data or application/json."


def test_a_broken_form_is_refused(api):
    kind = "multipart/form-data"
    assert fields(api.post(MEDIA, b"x", content_type=kind)) == {"": "invalid"}
    many = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n' % n for n in range(1100)
    )
    response = api.post(MEDIA, many + b"--b--\r\n", content_type=f"{kind}; boundary=b")
    assert fields(response) == {"": "invalid"}


def test_an_upload_has_a_largest_size(api, clip, settings):
    settings.MEDIAHUB_MAX_UPLOAD_MB = 0
    refused(upload(api, clip), 413, "too_large")
    response = api.generic("POST", MEDIA, b"", "multipart/form-data; boundary=b",
                           CONTENT_LENGTH=str(2**40))  # fmt: skip
    refused(response, 413, "too_large")


def test_a_full_disk_takes_no_upload(api, clip, monkeypatch):
    monkeypatch.setattr("snapshots.storage.free_bytes", lambda: 1000)
    refused(upload(api, clip), 507, "storage_full")
    assert not Media.objects.exists()


# --- List ----------------------------------------------------------------------------------------


def test_the_library_lists_newest_first(api, make_media):
    make_media("first"), make_media("second")
    response = api.get(MEDIA)
    assert names(response) == ["second", "first"]
    assert response.json()["next"] is response.json()["previous"] is None


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("name", "abc"), ("-name", "cba"), ("size_bytes", "bac"), ("-size_bytes", "cab"),
     ("created_at", "cba"), ("-created_at", "abc")],
)  # fmt: skip
def test_the_library_can_be_ordered(api, make_media, ordering, expected):
    for name, size in (("c", 30), ("b", 10), ("a", 20)):
        make_media(name, size_bytes=size)
    assert names(api.get(MEDIA, {"ordering": ordering})) == list(expected)


@pytest.mark.parametrize("ordering", ["name", "-created_at", "size_bytes"])
def test_ties_are_broken_by_the_id(api, make_media, ordering):
    rows = [make_media("same") for _ in range(7)]
    Media.objects.update(created_at=timezone.now())
    seen, url = [], f"{MEDIA}?limit=3&ordering={ordering}"
    while url:
        answer = api.get(url).json()
        seen += [row["file_id"] for row in answer["results"]]
        url = answer["next"]
    ids = [row.file_id for row in rows]
    assert seen == (ids[::-1] if ordering.startswith("-") else ids)


@pytest.mark.parametrize(
    ("search", "found"),
    [("lid", {"holiday"}), ("ho", {"holiday"}), ("ol", set()), ("LID", {"holiday"}),
     ("sea", {"seaside", "tagged"}), ("sun sea", set()), ("100%", set()), ("_", set())],
)  # fmt: skip
def test_the_library_can_be_searched(api, make_media, search, found):
    make_media("holiday"), make_media("seaside")
    MediaTag.objects.create(media=make_media("tagged"), name="sea")
    assert set(names(api.get(MEDIA, {"search": search}))) == found


def test_a_search_finds_a_file_id(api, make_media):
    media = make_media("one")
    make_media("two")
    assert names(api.get(MEDIA, {"search": media.file_id})) == ["one"]
    assert names(api.get(MEDIA, {"search": media.file_id[:-1]})) == []


def test_the_library_filters_by_status(api, make_media):
    make_media("good")
    make_media("bad", status="failed", error_code="no_video", error_message="No video.")
    assert names(api.get(MEDIA, {"status": "failed"})) == ["bad"]
    assert len(names(api.get(MEDIA, {"status": ""}))) == 2


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [("status=nice", "status", "invalid_choice"), ("ordering=codec", "ordering", "invalid_choice"),
     ("limit=0", "limit", "out_of_range"), ("limit=201", "limit", "out_of_range"),
     ("limit=x", "limit", "invalid"), ("limit=" + "9" * 50, "limit", "out_of_range"),
     ("cursor=x", "cursor", "invalid"), ("search=a%00b", "search", "invalid"),
     ("search=" + "x" * 300, "search", "too_long"),
     ("limit=" + "9" * 5000, "limit", "out_of_range")],
)  # fmt: skip
def test_a_wrong_query_is_refused(api, query, field, code):
    assert fields(api.get(f"{MEDIA}?{query}")) == {field: code}


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_asks_the_database_a_fixed_number_of_times(
    api, make_media, make_snapshot, django_assert_num_queries, rows
):
    for number in range(rows):
        media = make_media(f"media {number}")
        MediaTag.objects.create(media=media, name="tag")
        Media.objects.filter(pk=media.pk).update(cover_snapshot=make_snapshot(media))
    api.get(MEDIA)  # the key's last use is noted once a minute
    with django_assert_num_queries(6):  # key, user, 2 × rights, media, tags
        assert len(api.get(MEDIA).json()["results"]) == rows


# --- One -----------------------------------------------------------------------------------------


def test_one_media_tells_what_is_known(api, ready_media):
    shape = api.get(one(ready_media)).json()
    assert shape["file_id"] == ready_media.file_id
    assert (shape["width"], shape["height"], shape["fps"]) == (160, 96, 30)
    assert shape["rotation"] == 0
    assert shape["created_at"].endswith("Z")


def test_name_description_and_tags_change(api, ready_media):
    body = {"name": "New", "description": "Words.", "tags": ["a", "b", "a"]}
    shape = api.patch(one(ready_media), body).json()
    assert shape["name"] == "New"
    assert shape["description"] == "Words."
    assert shape["tags"] == ["a", "b"]
    assert shape["updated_at"] > shape["created_at"]
    assert api.patch(one(ready_media), {"tags": []}).json()["name"] == "New"
    assert api.get(one(ready_media)).json()["tags"] == []


def test_nothing_given_changes_nothing(api, ready_media):
    before = api.get(one(ready_media)).json()
    after = api.patch(one(ready_media), {}).json()
    assert {**before, "updated_at": ""} == {**after, "updated_at": ""}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": ""}, {"name": "required"}),
        ({"name": "  "}, {"name": "required"}),
        ({"name": None}, {"name": "null"}),
        ({"name": 7}, {"name": "invalid"}),
        ({"name": ["x"]}, {"name": "invalid"}),
        ({"name": "a\0b"}, {"name": "invalid"}),
        ({"name": "x" * 256}, {"name": "too_long"}),
        ({"description": "x" * 4097}, {"description": "too_long"}),
        ({"tags": "a"}, {"tags": "invalid"}),
        ({"tags": {"a": 1}}, {"tags": "invalid"}),
        ({"tags": ["a", 1, {}]}, {"tags.1": "invalid", "tags.2": "invalid"}),
        ({"tags": ["x" * 33]}, {"tags.0": "too_long"}),
        ({"tags": list("abcdefghijklmnopq")}, {"tags": "too_long"}),
        ({"file_id": "1", "status": 1}, {"file_id": "unknown_field", "status": "unknown_field"}),
        ({"tags": [None], "x": 1}, {"tags.0": "null", "x": "unknown_field"}),
    ],
)  # fmt: skip
def test_wrong_changes_are_refused(api, ready_media, body, expected):
    assert fields(api.patch(one(ready_media), body)) == expected
    ready_media.refresh_from_db()
    assert ready_media.name == "clip.mp4"


def test_a_deleted_media_is_gone_with_its_files(
    api, clip, make_snapshot, make_task, django_capture_on_commit_callbacks
):
    media = Media.objects.get(file_id=upload(api, clip).json()["file_id"])
    source = storage_paths.source_path(media.source)
    picture = make_snapshot(media).picture
    waiting, running = make_task(media), make_task(media)
    lease = timezone.now() + timedelta(minutes=1)
    Task.objects.filter(pk=running.pk).update(status="processing", lease_until=lease)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(one(media)).status_code == 204
    refused(api.get(one(media)), 404, "media_not_found")
    assert not source.exists()
    assert not storage_paths.pictures().exists(picture)
    shown = api.get(f"/api/v1/tasks/{waiting.task_id}/").json()
    assert (shown["status"], shown["media"]) == ("aborted", media.file_id)
    shown = api.get(f"/api/v1/tasks/{running.task_id}/").json()
    assert (shown["status"], shown["error"]["code"]) == ("failed", "media_not_found")


def test_what_is_not_there_cannot_be_changed(api):
    path = f"{MEDIA}{'1' * 19}/"
    refused(api.patch(path, {"name": "x"}), 404, "media_not_found")
    refused(api.delete(path), 404, "media_not_found")
