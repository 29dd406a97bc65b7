"""snapshots/: the receipts, and deleting pictures."""

import pytest
from django.contrib.auth.models import Permission

from snapshots.models import Media, Snapshot
from tests.support import storage_paths

from .problem_json import fields, refused

SNAPSHOTS = "/api/v1/snapshots/"


def one(row):
    return f"{SNAPSHOTS}{row.pk}/"


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


@pytest.fixture
def snapshot(ready_media, make_snapshot):
    return make_snapshot(ready_media)


def test_a_snapshot_shows_its_receipt(api, snapshot, ready_media):
    assert api.get(one(snapshot)).json() == {
        "id": snapshot.pk,
        "media": ready_media.file_id,
        "task": snapshot.operation.task.task_id,
        "template": 10,
        "is_current": True,
        "created_at": api.get(SNAPSHOTS).json()["results"][0]["created_at"],
        "url": f"http://127.0.0.1:8000/pictures/{snapshot.picture}",
        "at": "1s",
        "format": "jpg",
        "width": 160,
        "height": 96,
        "bytes": 10,
        "sha256": "0" * 64,
        "time_ms": 1000,
        "pts": 15360,
        "time_base": "1/15360",
        "frame_time": 1.0,
        "key_frame": True,
    }


def test_snapshots_are_filtered(api, make_media, make_snapshot):
    media, other = make_media(), make_media()
    old = make_snapshot(media, is_current=False)
    new, foreign = make_snapshot(media), make_snapshot(other)
    assert ids(api.get(SNAPSHOTS)) == [foreign.pk, new.pk, old.pk]
    assert ids(api.get(SNAPSHOTS, {"media": media.file_id})) == [new.pk, old.pk]
    assert ids(api.get(SNAPSHOTS, {"media": media.file_id, "current": "true"})) == [new.pk]
    assert ids(api.get(SNAPSHOTS, {"current": "false"})) == [old.pk]
    assert ids(api.get(SNAPSHOTS, {"task": old.operation.task.task_id})) == [old.pk]
    assert ids(api.get(SNAPSHOTS, {"task": "nothing"})) == []
    assert fields(api.get(SNAPSHOTS, {"current": "maybe"})) == {"current": "invalid"}


def test_points_without_a_picture_are_no_snapshots(api, ready_media, make_task):
    task = make_task(ready_media)
    row = Snapshot.objects.create(
        operation=task.operations.get(), media=ready_media, index=0, at="1s", definition=10,
        error_code="time_out_of_range",
    )  # fmt: skip
    assert ids(api.get(SNAPSHOTS)) == []
    refused(api.get(one(row)), 404, "snapshot_not_found")
    refused(api.delete(one(row)), 404, "snapshot_not_found")


def test_a_deleted_snapshot_is_gone_and_its_point_says_so(
    api, snapshot, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as later:
        assert api.delete(one(snapshot)).status_code == 204
        assert storage_paths.pictures().exists(snapshot.picture)
    for call in later:
        call()
    assert not storage_paths.pictures().exists(snapshot.picture)
    refused(api.get(one(snapshot)), 404, "snapshot_not_found")
    refused(api.delete(one(snapshot)), 404, "snapshot_not_found")
    assert ids(api.get(SNAPSHOTS)) == []
    task = api.get(f"/api/v1/tasks/{snapshot.operation.task.task_id}/").json()
    assert task["operations"][0]["points"] == [
        {
            "at": "1s",
            "status": "failed",
            "error": {"code": "snapshot_not_found", "message": "The snapshot was deleted."},
            "snapshot": None,
        }
    ]


def test_the_cover_is_deleted_by_force_only(api, snapshot, ready_media, api_as):
    Media.objects.update(cover_snapshot=snapshot, cover_by="user")
    refused(api.delete(one(snapshot)), 409, "in_use")
    refused(api.delete(f"{one(snapshot)}?force=false"), 409, "in_use")
    assert fields(api.delete(f"{one(snapshot)}?force=perhaps")) == {"force": "invalid"}
    assert api.get(one(snapshot)).status_code == 200
    assert api.delete(f"{one(snapshot)}?force=true").status_code == 204
    assert api.get(f"/api/v1/media/{ready_media.file_id}/").json()["cover"] is None


def test_force_asks_for_the_right_to_change_the_cover(api_as, snapshot):
    client = api_as("Viewer")
    client.user.user_permissions.add(Permission.objects.get(codename="delete_snapshot"))
    refused(client.delete(f"{one(snapshot)}?force=true"), 403, "permission_denied")
    assert client.delete(one(snapshot)).status_code == 204


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_asks_the_database_a_fixed_number_of_times(
    api, ready_media, make_snapshot, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_snapshot(ready_media)
    api.get(SNAPSHOTS)
    with django_assert_num_queries(5):  # key, user, 2 × rights, snapshots
        assert len(ids(api.get(SNAPSHOTS))) == rows
