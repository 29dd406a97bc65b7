"""A whole site as its watchers see it: ready, measured, and with one log of all its processes."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_site import LiveSite, live_site
from tests.support.processes import wait_for

TOKEN = "only-for-tests-too"


def fetched(site: LiveSite, path: str, **headers: str) -> tuple[int, str, Any]:
    request = urllib.request.Request(f"{site.base}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def lines_of(site: LiveSite) -> list[dict[str, Any]]:
    return [json.loads(line) for line in site.said.splitlines() if line.startswith("{")]


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])


@pytest.fixture
def site(tmp_path: Path) -> Any:
    settings = {"MEDIAHUB_METRICS_TOKEN": TOKEN, "MEDIAHUB_LOG_PLAIN": "false"}
    with live_site(tmp_path, **settings) as running:
        yield running


def test_a_running_site_is_ready_measured_and_logged(site: LiveSite, clip: Path) -> None:
    assert fetched(site, "/healthz")[0] == 200
    assert wait_for(lambda: fetched(site, "/readyz")[0] == 200, 20), fetched(site, "/readyz")[1]
    file_id = site.upload(clip)
    body = {"media": file_id, "snapshots": [{"template": 10, "at": ["0s"]}]}
    task = site.wait_for_task(site.call("POST", "tasks/", body))
    assert task["status"] == "finished"
    _is_measured(site)
    _is_logged(site, task["task_id"])


def _is_measured(site: LiveSite) -> None:
    assert fetched(site, "/metrics")[0] == 401
    text = fetched(site, "/metrics", Authorization=f"Bearer {TOKEN}")[1]
    assert metric(text, 'mediahub_tasks{status="finished"}') == 1
    assert metric(text, "mediahub_task_duration_seconds_count") == 1
    assert 0 < metric(text, "mediahub_task_duration_seconds_sum") < 60
    assert metric(text, "mediahub_workers") == 2
    assert metric(text, 'mediahub_stored_bytes{store="pictures"}') > 0


def _is_logged(site: LiveSite, task_id: str) -> None:
    assert wait_for(lambda: any(row["event"] == "task finished" for row in lines_of(site)))
    lines = lines_of(site)
    accepted, finished = (
        next(row for row in lines if row["event"] == f"task {word}")
        for word in ("accepted", "finished")
    )
    assert accepted["task_id"] == finished["task_id"] == task_id
    asked = [row for row in lines if row.get("request_id") == accepted["request_id"]]
    assert [row["event"] for row in asked] == ["task accepted", "request"]
    assert (asked[-1]["method"], asked[-1]["status"]) == ("POST", 202)
    assert asked[-1]["key"]
    assert TOKEN not in site.said
    assert "Basic " not in site.said
