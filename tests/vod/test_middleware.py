"""What Django refuses before any view: a call's SDK reads only 200, plain JSON, and the dialect."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from structlog.testing import capture_logs

from .conftest import Vod
from .support import signer

DESCRIBE = "DescribeSnapshotByTimeOffsetTemplates"
MARKED = {"HTTP_X_TC_ACTION": DESCRIBE}
CALLS = [  # the ways in which a call is known to be one
    ("POST", "/", "", {}),
    ("POST", "/", "", MARKED),
    ("PUT", "/", "", {}),
    ("GET", "/", "", MARKED),
    ("GET", "/", "Action=DescribeTasks", {}),
    ("GET", "/", "Limit=1&%41ction=DescribeTasks", {}),
    ("GET", "/v2/index.php", "", {}),
    ("POST", "/v2/index.php", "", {}),
    ("GET", "/v2/interface.php", "Action=GetTaskList", {}),
    ("POST", "/v2/interface.php", "", {}),
]
SITE = ["/", "/admin/", "/api/v1/media/", "/v2/index.php/", "/static/none.css", "/?x=Action"]
PROBES = ["/healthz", "/readyz", "/metrics"]


@pytest.fixture
def https(settings: Any) -> None:
    """As with an https MEDIAHUB_BASE_URL behind a proxy."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def sent(method: str, path: str, query: str = "", **meta: str) -> HttpResponse:
    client = Client(raise_request_exception=False)
    meta.setdefault("HTTP_HOST", signer.HOST)
    return client.generic(method, path, b"", "application/json", QUERY_STRING=query, **meta)


def refusal(answer: HttpResponse) -> tuple[str, int | None, str]:
    """Code, number (of a legacy answer) and sentence, of what SDKs can read."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    body = json.loads(answer.content)
    if "code" in body:
        return body["codeDesc"], body["code"], body["message"]
    assert str(UUID(body["Response"]["RequestId"])) == answer.headers["X-Request-Id"]
    assert set(body["Response"]) == {"Error", "RequestId"}
    return body["Response"]["Error"]["Code"], None, body["Response"]["Error"]["Message"]


@pytest.mark.parametrize(("method", "path", "query", "meta"), CALLS)
@pytest.mark.parametrize("host", ["vod.example", "vod.example:8000", "no_host", "a b", ""])
def test_an_unknown_host(
    method: str, path: str, query: str, meta: dict[str, str], host: str
) -> None:
    answer = sent(method, path, query, **meta, HTTP_HOST=host)
    code, number, message = refusal(answer)
    assert (code, number) == ("InvalidRequest", None if path == "/" else 4000)
    assert "MEDIAHUB_ALLOWED_HOSTS" in message
    assert message.endswith(".")


@pytest.mark.parametrize(("method", "path", "query", "meta"), CALLS)
def test_plain_http_where_https_is_required(
    https: None, method: str, path: str, query: str, meta: dict[str, str]
) -> None:
    answer = sent(method, path, query, **meta)
    code, number, message = refusal(answer)
    assert (code, number) == ("UnsupportedProtocol", None if path == "/" else 4600)
    assert "https" in message
    assert message.endswith(".")


@pytest.mark.parametrize("path", ["/", "/v2/index.php", "/v2/interface.php"])
def test_a_call_by_head(path: str) -> None:
    answer = sent("HEAD", path, "Action=DescribeTasks", HTTP_HOST="vod.example")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


def test_a_host_that_was_named_is_let_in(settings: Any, vod: Vod) -> None:
    wire = vod.signed(DESCRIBE, {}, host="vod.example")
    assert vod.answer(wire)["Response"]["Error"]["Code"] == "InvalidRequest"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "vod.example"]
    assert vod.answer(wire)["Response"]["TotalCount"] == 8


def test_https_behind_a_proxy_is_let_in(https: None, vod: Vod) -> None:
    wire = vod.signed(DESCRIBE, {}).with_header("X-Forwarded-Proto", "https")
    assert vod.answer(wire)["Response"]["TotalCount"] == 8


def test_the_log_names_the_host() -> None:
    with capture_logs() as lines:
        sent("POST", "/", HTTP_HOST="vod.example")
    assert [line["host"] for line in lines if "host" in line] == ["vod.example"]


@pytest.mark.parametrize("path", SITE)
def test_the_site_is_refused_as_before(https: None, path: str) -> None:
    path, _, query = path.partition("?")
    answer = sent("GET", path, query, HTTP_HOST="vod.example")
    assert answer.status_code == 400
    answer = sent("GET", path, query)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith(f"https://{signer.HOST}{path}")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PROBES)
def test_probes_are_answered_as_before(https: None, path: str) -> None:
    assert sent("GET", path).status_code != 301
    assert sent("GET", path, HTTP_HOST="vod.example").status_code == 400
