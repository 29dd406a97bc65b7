"""Who may come in, and what each may do."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from snapshots.models import AccessKey
from tests.conftest import basic

from .problem_json import refused

MEDIA = "/api/v1/media/"


@pytest.fixture
def paths(presets, ready_media, make_task, make_snapshot):
    """One of everything, by address."""
    return {
        "media": f"{MEDIA}{ready_media.file_id}/",
        "file": f"{MEDIA}{ready_media.file_id}/file/",
        "cover": f"{MEDIA}{ready_media.file_id}/cover/",
        "template": "/api/v1/templates/10/",
        "task": f"/api/v1/tasks/{make_task(ready_media).task_id}/",
        "abort": f"/api/v1/tasks/{make_task(ready_media).task_id}/abort/",
        "snapshot": f"/api/v1/snapshots/{make_snapshot(ready_media).pk}/",
    }


LISTS = [f"/api/v1/{name}/" for name in ("media", "templates", "tasks", "snapshots")]
WRITES = [
    ("patch", "media", "media"),
    ("delete", "media", "media"),
    ("put", "cover", "media"),
    ("delete", "cover", "media"),
    ("patch", "template", "template"),
    ("delete", "template", "template"),
    ("post", "abort", "task"),
    ("delete", "snapshot", "snapshot"),
]


def test_an_access_key_comes_in(api):
    assert api.get(MEDIA).status_code == 200
    assert AccessKey.objects.get().last_used_at


def test_the_console_session_comes_in(user_of):
    client = APIClient()
    client.force_login(user_of("Viewer"))
    assert client.get(MEDIA).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_nobody_is_asked_who_they_are(db, path):
    response = APIClient().get(path)
    detail = refused(response, 401, "not_authenticated")["detail"]
    assert "curl -u secret_id:secret_key" in detail
    assert "sign in to the console" in detail
    assert response["WWW-Authenticate"] == 'Basic realm="MediaHub"'


def test_nobody_is_asked_before_an_object_is_looked_for(paths):
    for path in paths.values():
        refused(APIClient().get(path), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("user", "password"), [("AKIDnone", "x"), ("", ""), ("a\0b", "x"), ("é" * 99, "x")]
)
def test_a_wrong_key_is_refused(db, user, password):
    client = APIClient(HTTP_AUTHORIZATION=basic(user, password))
    detail = refused(client.get(MEDIA), 401, "not_authenticated")["detail"]
    assert detail.startswith("This access key is not valid. Send an access key by HTTP Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic a b", "Basic /w=="])
def test_a_broken_header_is_refused(db, header):
    refused(APIClient(HTTP_AUTHORIZATION=header).get(MEDIA), 401, "not_authenticated")


def test_a_disabled_key_is_refused(api):
    AccessKey.objects.update(is_enabled=False)
    refused(api.get(MEDIA), 401, "not_authenticated")


def test_a_session_without_the_csrf_token_is_refused(user_of, presets):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user_of("Editor"))
    refused(client.post("/api/v1/templates/", {}), 403, "csrf_failed")
    client.cookies["csrftoken"] = token = "t" * 32
    made = client.post("/api/v1/templates/", {}, HTTP_X_CSRFTOKEN=token)
    assert made.status_code == 201


@pytest.mark.parametrize("path", LISTS)
def test_a_viewer_reads_lists_and_adds_nothing(api_as, path):
    client = api_as("Viewer")
    assert client.get(path).status_code == 200
    if "snapshots" not in path:
        refused(client.post(path, {}), 403, "permission_denied")


@pytest.mark.parametrize("name", ["media", "template", "task", "snapshot"])
def test_a_viewer_reads_objects(api_as, paths, name):
    assert api_as("Viewer").get(paths[name]).status_code == 200


@pytest.mark.parametrize(("method", "name", "model"), WRITES)
def test_a_viewer_changes_nothing(api_as, paths, method, name, model):
    refused(getattr(api_as("Viewer"), method)(paths[name], {}), 403, "permission_denied")


@pytest.mark.parametrize("path", LISTS)
def test_who_may_see_nothing_gets_no_list(api_as, path):
    refused(api_as().get(path), 403, "permission_denied")


@pytest.mark.parametrize(("method", "name", "model"), [*WRITES, ("get", "file", "media")])
def test_who_may_see_nothing_finds_nothing(api_as, paths, method, name, model):
    refused(getattr(api_as(), method)(paths[name], {}), 404, f"{model}_not_found")


def test_hidden_and_missing_read_the_same(api_as, paths, ready_media):
    hidden = api_as().get(paths["media"]).json()
    gone = "1" * 19
    missing = api_as("Viewer").get(f"{MEDIA}{gone}/").json()
    assert hidden["detail"].replace(ready_media.file_id, gone) == missing["detail"]


def test_a_video_one_may_not_see_cannot_be_named(api_as, ready_media):
    client = api_as()
    may_ask = Permission.objects.get(codename="add_task", content_type__app_label="snapshots")
    client.user.user_permissions.add(may_ask)
    body = {"media": ready_media.file_id, "covers": [{"template": 10, "at": "0s"}]}
    problem = refused(client.post("/api/v1/tasks/", body), 400, "invalid")
    assert problem["errors"][0]["code"] == "media_not_found"


def test_options_describes_a_call_to_authenticated_users(api, ready_media):
    assert api.options(MEDIA).status_code == 200
    assert api.head(MEDIA).status_code == 200
    refused(APIClient().options(MEDIA), 401, "not_authenticated")


def test_a_key_from_under_another_secret_key_is_refused(api, settings):
    settings.SECRET_KEY = "changed"
    refused(api.get(MEDIA), 401, "not_authenticated")
