"""A web server killed in the middle of a call with an Idempotency-Key: all is done, or nothing."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_site import LiveSite, live_site

GONE = (urllib.error.URLError, http.client.HTTPException, ConnectionError)


class Caller:
    """Posts one order with one key."""

    def __init__(self, site: LiveSite, file_id: str, faults: Path) -> None:
        self._site, self._faults = site, faults
        self._body = json.dumps(
            {"media": file_id, "snapshots": [{"template": 10, "at": ["0s"]}]}
        ).encode()

    def post(self, key: str) -> tuple[int, dict[str, Any], Any]:
        headers = {**self._site._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self._site.base}/api/v1/tasks/", self._body, {**headers, "Idempotency-Key": key}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error), error.headers

    def post_and_die(self, key: str, place: str) -> None:
        draft = self._faults / "draft"
        draft.write_text("kill")
        draft.rename(self._faults / place)
        with pytest.raises(GONE):
            self.post(key)
        assert not (self._faults / place).exists()

    def post_until_it_answers(self, key: str) -> tuple[int, dict[str, Any], Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                return self.post(key)
            except urllib.error.URLError:
                time.sleep(0.1)  # the web server is on its way back
        raise AssertionError("the web server never came back")

    def tasks(self) -> list[str]:
        return [row["task_id"] for row in self._site.call("GET", "tasks/")["results"]]


def test_a_killed_call_is_done_wholly_or_not_at_all(tmp_path: Path, clip: Path) -> None:
    faults = tmp_path / "faults"
    faults.mkdir()
    with live_site(tmp_path / "data", MEDIAHUB_FAULTS=str(faults)) as site:
        caller = Caller(site, site.upload(clip), faults)
        caller.post_and_die("a", "after_answer")
        status, task, headers = caller.post_until_it_answers("a")
        assert (status, headers["Idempotency-Replayed"]) == (202, "true")
        assert caller.tasks() == [task["task_id"]]
        caller.post_and_die("b", "before_answer")
        status, problem, headers = caller.post_until_it_answers("b")
        assert (status, problem["code"], headers["Retry-After"]) == (409, "in_progress", "1")
        assert caller.tasks() == [task["task_id"]]
