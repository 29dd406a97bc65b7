"""Whatever is sent, the answer is a problem with a code and never a traceback."""

import json

import pytest
from django.db import OperationalError

from snapshots.models import Media

from ..problem_json import fields, refused

TEMPLATES = "/api/v1/templates/"
TASKS = "/api/v1/tasks/"

NOT_JSON = [
    b"{",
    b"\xff\xfe",
    b'{"name": "\xff"}',
    b'{"name": NaN}',
    b'{"name": "\\ud800"}',
    b'{"\\ud800": 1}',
    b"[" * 100_000,
    b'{"quality": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
@pytest.mark.parametrize("path", [TEMPLATES, TASKS])
def test_what_is_not_json_is_refused(api, path, body):
    assert fields(api.post(path, body, content_type="application/json")) == {"": "invalid"}


@pytest.mark.parametrize("body", ["[]", "[1]", '"text"', "7", "true"])
@pytest.mark.parametrize("path", [TEMPLATES, TASKS])
def test_a_body_that_is_no_object_is_refused(api, path, body):
    assert fields(api.post(path, body, content_type="application/json")) == {"": "invalid"}


def test_null_is_no_body(api):
    assert "" in fields(api.post(TASKS, "null", content_type="application/json"))


@pytest.mark.parametrize("charset", ["zip", "base64", "idna", "utf-16", "nonsense"])
def test_json_is_utf8_whatever_is_claimed(api, charset):
    response = api.post(TEMPLATES, b"{}", content_type=f"application/json; charset={charset}")
    assert response.status_code == 201


def test_a_large_body_is_refused(api):
    body = json.dumps({"name": "x" * 10_000_000})
    refused(api.post(TEMPLATES, body, content_type="application/json"), 413, "too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; b=x"])
def test_other_kinds_of_body_are_unsupported(api, kind):
    problem = refused(api.post(TEMPLATES, b"x", content_type=kind), 415, "unsupported")
    assert "application/json" in problem["detail"]


def test_a_method_that_is_not_there(api):
    response = api.put("/api/v1/media/")
    refused(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_a_kind_of_answer_that_is_not_there(api):
    refused(api.get(TEMPLATES, HTTP_ACCEPT="text/html"), 406, "not_acceptable")


def test_format_in_a_query_names_no_renderer(api):
    assert api.get(f"{TEMPLATES}?format=png").status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "delete", "put", "patch", "options"])
@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/media/1/2/3/", "/api/v1/a%0Ab"])
def test_unknown_addresses(client, method, path):
    refused(getattr(client, method)(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1"])
def test_the_root_leads_to_the_documentation(client, path):
    response = client.get(path, follow=True)
    assert response.redirect_chain[-1] == ("/api/v1/docs/", 302)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["post", "delete", "put", "patch", "options"])
def test_nothing_else_is_at_the_root(client, method):
    refused(getattr(client, method)("/api/v1/"), 404, "not_found")


TASK = {"media": "1", "covers": [{"template": 10, "at": "0s"}]}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (TEMPLATES, {"fill_type": "green"},
         "Use one of: stretch, black, white, transparent, gauss."),
        (TEMPLATES, {"format": "gif"}, "Use one of: jpg, png, webp, avif."),
        (TEMPLATES, {"format": ["jpg"]}, "Use one of: jpg, png, webp, avif."),
        (TASKS, {**TASK, "notify_mode": "x"}, "Use one of: finish, change, none."),
        (TASKS, {**TASK, "snapshots": [{"template": 10, "at": ["1s"], "mode": "fast"}]},
         "Use one of: exact, keyframe."),
        (TASKS, {**TASK, "snapshots": [{"template": 10, "at": "1s"}]},
         'Send a list of time points, such as ["3.5s", "10%"].'),
        (TASKS, {**TASK, "snapshots": "1s"},
         'Send a list of objects, such as [{"template": 10, "at": ["3.5s", "10%"]}].'),
        (TASKS, {**TASK, "covers": {"template": 10, "at": "1s"}},
         'Send a list of objects, such as [{"template": 10, "at": "50%"}].'),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_send(api, path, body, words):
    assert refused(api.post(path, body), 400, "invalid")["errors"][0]["detail"] == words


def test_tags_and_queries_say_what_to_send_too(api, ready_media):
    path = f"/api/v1/media/{ready_media.file_id}/"
    problem = refused(api.patch(path, {"tags": "sea"}), 400, "invalid")
    assert problem["detail"] == 'Send a list of strings, such as ["sea", "summer"].'
    problem = refused(api.get("/api/v1/tasks/?status=done"), 400, "invalid")
    assert problem["detail"] == "Use one of: waiting, processing, finished, failed, aborted."


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("media/abc/", "media_not_found"),
        ("media/1234567890123456789/", "media_not_found"),
        ("media/١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩/", "media_not_found"),
        ("media/a%00b/", "media_not_found"),
        ("media/%ff/", "media_not_found"),
        (f"media/{'1' * 3000}/", "media_not_found"),
        ("media/abc/file/", "media_not_found"),
        ("media/a%00b/file/", "media_not_found"),
        ("templates/x/", "template_not_found"),
        ("templates/0/", "template_not_found"),
        ("templates/-1/", "template_not_found"),
        ("templates/9223372036854775808/", "template_not_found"),
        (f"templates/{'9' * 80}/", "template_not_found"),
        (f"templates/{'9' * 5000}/", "template_not_found"),
        ("templates/²/", "template_not_found"),
        ("tasks/x/", "task_not_found"),
        ("tasks/%00/", "task_not_found"),
        ("snapshots/x/", "snapshot_not_found"),
        ("snapshots/9223372036854775808/", "snapshot_not_found"),
        (f"snapshots/{'9' * 80}/", "snapshot_not_found"),
    ],
)
def test_names_of_nothing(api, path, code):
    refused(api.get(f"/api/v1/{path}"), 404, code)


def test_a_missing_slash_is_put_right(client):
    response = client.post("/api/v1/tasks?x=1")
    assert response.status_code == 308
    assert response["Location"] == "/api/v1/tasks/?x=1"


def test_a_busy_database_asks_to_come_again(api, monkeypatch):
    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr("snapshots.services.presentation.template", locked)
    response = api.get("/api/v1/templates/10/")
    refused(response, 503, "unavailable")
    assert response["Retry-After"] == "1"


@pytest.mark.parametrize("debug", [True, False])
def test_a_fault_of_ours_shows_nothing_of_itself(api, monkeypatch, settings, debug):
    settings.DEBUG = debug
    monkeypatch.setattr("snapshots.services.presentation.template", lambda _: 1 / 0)
    response = api.get("/api/v1/templates/10/")
    refused(response, 500, "internal_error")
    assert b"ZeroDivision" not in response.content


def test_a_fault_before_any_view_is_a_problem_too(client, settings):
    settings.MIDDLEWARE = ["tests.api.contract.test_errors.broken", *settings.MIDDLEWARE]
    client.raise_request_exception = False
    refused(client.get("/api/v1/media/"), 500, "internal_error")


def broken(_):
    def answer(_):
        raise ZeroDivisionError

    return answer


def test_a_wrong_host_is_a_problem(client):
    assert fields(client.get("/api/v1/media/", HTTP_HOST="evil.example")) == {"": "invalid"}


def test_what_vanished_meanwhile_is_not_found(api, ready_media, monkeypatch):
    def gone(**_):
        raise Media.DoesNotExist

    monkeypatch.setattr("snapshots.services.library.media.delete", gone)
    response = api.delete(f"/api/v1/media/{ready_media.file_id}/")
    refused(response, 404, "media_not_found")


def test_at_most_100_field_errors_are_listed(api):
    body = {"media": "1", "snapshots": [{"template": 10, "at": [None] * 5000}]}
    assert len(refused(api.post(TASKS, body), 400, "invalid")["errors"]) == 100


def test_a_body_in_chunks_is_refused_not_lost(api):
    made = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    refused(api.generic("POST", TEMPLATES, b"", **made), 411, "length_required")
