"""The log of requests: one line each, one id through all of them, and no secrets."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from django.conf import settings as shipped
from django.test import Client
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from snapshots.models import Media, Task
from snapshots.services.security import access_keys, signed_urls
from snapshots.services.work import pipeline

UUID = "6b1f5a4e-6f5a-4f0a-9a3e-0123456789ab"


@pytest.fixture
def lines() -> Any:
    """The lines of this site's log, each with what was bound when it was written."""
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as found:
        yield found


def requests_of(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["event"] == "request"]


def test_each_request_has_a_line_and_an_id(client, lines):
    response = client.get("/healthz?token=abc")
    (line,) = requests_of(lines)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/healthz", 200)
    assert line["log_level"] == "info"
    assert 0 <= line["ms"] < 60_000
    assert line["request_id"] == response["X-Request-Id"]
    assert str(uuid.UUID(line["request_id"])) == line["request_id"]
    assert client.get("/healthz")["X-Request-Id"] != line["request_id"]


@pytest.mark.parametrize("given", [UUID, "a-b_c.d1", "x" * 128])
def test_a_clients_request_id_is_used(client, lines, given):
    assert client.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-Id"] == given
    assert requests_of(lines)[0]["request_id"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 129, "two words", "a\x1b[31mred", "ä" * 9])
def test_what_is_no_id_is_replaced(client, lines, given):
    made = client.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-Id"]
    assert str(uuid.UUID(made)) == made


def test_a_path_cannot_write_into_the_log(client, lines, db):
    client.get("/pictures/a%0Ab%1B[31m/c")
    assert requests_of(lines)[0]["path"] == "/pictures/a%0Ab%1B%5B31m/c"


def test_the_user_and_the_key_are_logged(api, client, lines):
    api.get("/api/v1/tasks/")
    api.credentials()
    client.force_login(api.user)
    client.get("/api/v1/tasks/")
    client.get("/healthz")
    by_key, by_session, nobody = requests_of(lines)
    assert by_key["user"] == api.user.pk
    assert by_key["key"] == access_keys.AccessKey.objects.get().secret_id
    assert by_session["user"] == api.user.pk
    assert "key" not in by_session
    assert "user" not in nobody


def test_errors_are_logged_too(api, lines, make_media, make_task, monkeypatch):
    make_task(make_media())
    api.get("/api/v1/tasks/nowhere/")
    monkeypatch.setattr("snapshots.services.presentation.task", None)
    api.get("/api/v1/tasks/")
    assert [line["status"] for line in requests_of(lines)] == [404, 500]


def test_a_task_is_found_by_the_request_that_asked_for_it(
    api: APIClient, lines: list[Any], ready_media: Media
) -> None:
    body = {"media": ready_media.file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}
    response = api.post("/api/v1/tasks/", body, HTTP_X_REQUEST_ID=UUID)
    accepted = next(line for line in lines if line["event"] == "task accepted")
    assert accepted["task_id"] == response.json()["task_id"]
    assert accepted["request_id"] == UUID


def test_a_worker_tells_which_task_it_is_at(
    lines: list[Any], ready_media: Media, make_task: Callable[..., Task]
) -> None:
    task = make_task(ready_media)  # whose media has no file
    assert pipeline.run_next()
    failed = next(line for line in lines if line["event"] == "decoding failed")
    assert (failed["task_id"], failed["file_id"]) == (task.task_id, ready_media.file_id)
    assert structlog.contextvars.get_contextvars() == {}


# --- The VOD API ---------------------------------------------------------------------------------


def _vod_id(client: Client, given: str) -> str:
    response = client.get("/?Action=DescribeTasks", HTTP_X_REQUEST_ID=given)
    assert response.status_code == 200
    return str(response.json()["Response"]["RequestId"])


def test_a_call_of_the_vod_api_has_the_same_id(client, db, lines):
    assert _vod_id(client, UUID) == UUID
    made = _vod_id(client, "")
    assert [line["request_id"] for line in requests_of(lines)] == [UUID, made]


def test_an_id_that_is_no_uuid_stands_beside_one_that_is(client, db, lines):
    made = _vod_id(client, "no-uuid-of-ours")
    assert str(uuid.UUID(made)) == made
    (line,) = requests_of(lines)
    assert (line["request_id"], line["vod_request_id"]) == ("no-uuid-of-ours", made)


# --- No secrets ----------------------------------------------------------------------------------


def written(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err + caplog.text


def test_no_secret_is_written(api, client, ready_media, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    api.get("/api/v1/tasks/")
    authorization = api._credentials["HTTP_AUTHORIZATION"]
    link = signed_urls.url(file_id=ready_media.file_id)
    token = link.partition("token=")[2]
    assert client.get(link).status_code == 404  # let in; there is no file
    client.get(f"/api/v1/media/{ready_media.file_id}/file/?token=wrong-token-of-somebody")
    client.get("/v2/index.php?Action=DescribeInstances&SecretId=abc&Signature=c2lnbmF0dXJl")
    client.get(
        "/", headers={"Authorization": "TC3-HMAC-SHA256 Signature=5ec2e7", "X-TC-Action": "A"}
    )
    client.get("/nowhere/?Signature=c2lnbmF0dXJl&token=tttt")
    client.post("/admin/login/", {"username": "a", "password": "pass-word-of-somebody"})
    text = written(capsys, caplog)
    assert text.count("request ") >= 7
    secrets = [authorization, authorization.split()[1], token, "wrong-token-of-somebody"]
    secrets += ["c2lnbmF0dXJl", "5ec2e7", "tttt", "pass-word-of-somebody", "sessionid"]
    for secret in secrets:
        assert secret not in text


def test_what_libraries_log_has_the_ids_too():
    formatter = shipped.LOGGING["formatters"]["same"]
    made = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=formatter["foreign_pre_chain"],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    record = logging.makeLogRecord(
        {"msg": "Not Found: %s", "args": ("/x",), "levelname": "WARNING"}
    )
    with structlog.contextvars.bound_contextvars(request_id=UUID):
        line = json.loads(made.format(record))
    assert line["event"] == "Not Found: /x"
    assert line["request_id"] == UUID
