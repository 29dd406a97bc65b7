"""W6: what the OpenAPI document allows, and what it does not, is answered and never a fault."""

from __future__ import annotations

import random
from typing import Any

import pytest
import requests
import schemathesis
from django.http import HttpResponse
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis import GenerationMode

from snapshots.models import Media
from tests.features.soak import scale
from tests.support.processes import ROOT

pytestmark = pytest.mark.timeout(900)

DOCUMENT = schemathesis.openapi.from_path(str(ROOT / "docs" / "openapi.yaml"))
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PROBLEM = "application/problem+json"


def test_the_document_is_the_whole_interface() -> None:
    assert len(OPERATIONS) >= 24


@pytest.mark.parametrize("mode", MODES, ids=["as told", "otherwise"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.label))
def test_no_call_is_a_fault(
    api: APIClient, ready_media: Media, make_snapshot: Any, operation: Any, mode: GenerationMode
) -> None:
    snapshot = make_snapshot(ready_media)
    there = {
        "file_id": ready_media.file_id, "definition": "10", "id": str(snapshot.pk),
        "task_id": snapshot.operation.task.task_id,
    }  # fmt: skip
    dice = random.Random(1)
    answered: list[int] = []

    @settings(
        max_examples=scale.of(100, 20), deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        for name in case.path_parameters or {}:
            if dice.random() < 0.7:  # what is made up is nearly never there
                case.path_parameters[name] = there[name]
        if isinstance(case.body, dict) and isinstance(case.body.get("wait"), int | float):
            case.body["wait"] = 0
        answer = _sent(api, case)
        answered.append(answer.status_code)
        context = f"{case.as_curl_command()}\n{answer.status_code}"
        assert answer.status_code < 500, context
        if answer.status_code >= 400 and case.method != "HEAD":
            assert answer["Content-Type"] == PROBLEM, context
            assert answer.json()["code"], context

    call()
    assert answered


def _sent(api: APIClient, case: Any) -> HttpResponse:
    """Into the site as it would come by a socket, with an editor's key."""
    context = case.as_transport_kwargs(base_url="http://testserver")
    wanted = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
    call = requests.Request(**{k: v for k, v in context.items() if k in wanted}).prepare()
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in call.headers.items()
        if name.lower() not in ("authorization", "content-length", "content-type", "cookie", "host")
    }
    body = call.body.encode() if isinstance(call.body, str) else call.body or b""
    kind = call.headers.get("Content-Type", "application/json")
    return api.generic(call.method, call.path_url, body, content_type=kind, **headers)  # type: ignore[no-any-return]
