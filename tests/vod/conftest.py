"""A client of both generations, signing as the SDKs do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from snapshots.services.events import outbox
from snapshots.services.security import access_keys
from snapshots.services.security.access_keys import NewKey

from .support import signer
from .support.sdks import legacy, plain, running, vod_site  # noqa: F401  fixtures
from .support.signer import HOST, Wire


class Refused(Exception):
    """An answer that is an error, by its code or number."""

    def __init__(self, code: Any, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass
class Vod:
    """Calls by one key; `current` and `legacy` return the answer's members, or raise `Refused`."""

    user: User
    key: NewKey

    def current(self, action: str, /, **params: Any) -> dict[str, Any]:
        answer = self.answer(self.signed(action, params))
        assert answer["Response"].pop("RequestId")
        if error := answer["Response"].get("Error"):
            raise Refused(error["Code"], error["Message"])
        return dict(answer["Response"])

    def legacy(self, action: str, /, **params: Any) -> dict[str, Any]:
        answer = self.answer(
            signer.v1(
                self.key.key.secret_id, self.key.secret_key, action, params, now=int(time.time())
            )
        )
        if answer["code"]:
            raise Refused(answer["code"], answer["message"])
        assert answer.pop("codeDesc") == "Success"
        assert answer.pop("code") == 0
        assert answer.pop("message") == ""
        return answer

    def signed(self, action: str, params: dict[str, Any], **how: Any) -> Wire:
        """A call of the current generation, signed a little in the past, each another second."""
        how.setdefault("now", int(time.time()))
        # Two equal calls within a second count as one: a header of its own keeps them apart
        how.setdefault("headers", {"X-TC-Trace": f"{time.perf_counter_ns()}"})
        how.setdefault("signed", ("content-type", "host", "x-tc-trace"))
        return signer.tc3(self.key.key.secret_id, self.key.secret_key, action, params, **how)

    def answer(self, wire: Wire) -> dict[str, Any]:
        """What comes back: always 200, and plain JSON."""
        answer = send(wire)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        return dict(json.loads(answer.content))


def send(wire: Wire) -> HttpResponse:
    """`wire` as it stands, into the site."""
    names = {"content-type": "CONTENT_TYPE", "host": "HTTP_HOST"}
    meta = {
        names.get(name.lower(), f"HTTP_{name.upper().replace('-', '_')}"): value
        for name, value in wire.headers.items()
    }
    meta.setdefault("CONTENT_TYPE", "")  # as META: the test client drops it where there is no body
    client = Client(raise_request_exception=False)
    return client.generic(wire.method, wire.path, wire.body, QUERY_STRING=wire.query, **meta)


def error_code_of(wire: Wire) -> str:
    """The code of the refusal; empty for an answer."""
    answer = json.loads(send(wire).content)
    if "Response" in answer:
        return str(answer["Response"].get("Error", {}).get("Code", ""))
    return str(answer["code"] or "")


@pytest.fixture
def vod_as(presets: None, user_of: Callable[[str], User]) -> Callable[[str], Vod]:
    """A client with a key of a user of the group named."""

    def make(group: str = "") -> Vod:
        user = user_of(group)
        return Vod(user, access_keys.create_key(user=user))

    return make


@pytest.fixture
def vod(vod_as: Callable[[str], Vod]) -> Vod:
    """An administrator's client."""
    return vod_as("Administrator")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulls that do not wait for an event."""
    assert (
        get_resolver().url_patterns
    )  # loads the REST interface, whose longest wait is the real one
    monkeypatch.setattr(outbox, "PULL_WAIT_S", 0.0)


__all__ = ["HOST", "Refused", "Vod", "error_code_of", "legacy", "plain", "running", "send"]
