"""`POST media/` with a URL: a media item at once, and a task with its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from snapshots.models import Media, Task

from ...support.file_server import Origin

MEDIA, TASKS = "/api/v1/media/", "/api/v1/tasks/"
Run = Callable[[], bool]


def test_accepted_url_has_pulling_media(api: APIClient, there: Origin) -> None:
    answer = api.post(MEDIA, {"url": there.url})
    assert answer.status_code == 202
    shown = answer.json()
    assert (shown["status"], shown["source_type"], shown["name"]) == (
        "pulling", "url", "holiday one.mp4",
    )  # fmt: skip
    assert Task.objects.get().requested_by == api.user  # type: ignore[attr-defined]


def test_progress_can_be_read(api: APIClient, there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 2]
    file_id = api.post(MEDIA, {"url": there.url, "name": "Sea"}).json()["file_id"]
    assert run()
    (task,) = api.get(TASKS, {"media": file_id}).json()["results"]
    assert (task["status"], task["operations"]) == ("waiting", [])
    pull = task["pull"]
    assert (pull["received_bytes"], pull["total_bytes"]) == (len(data) // 2, len(data))
    assert pull["error"]["code"] == "download_failed"
    assert "secret" not in str(task)
    assert run()
    task = api.get(f"{TASKS}{task['task_id']}/").json()
    assert (task["status"], task["progress"]) == ("finished", 100)
    assert api.get(f"{MEDIA}{file_id}/").json()["status"] == "probing"


def test_failed_pull_shows_at_its_media(api: APIClient, there: Origin, run: Run) -> None:
    there.statuses = [404]
    file_id = api.post(MEDIA, {"url": there.url}).json()["file_id"]
    assert run()
    media = api.get(f"{MEDIA}{file_id}/").json()
    assert (media["status"], media["error"]["code"]) == ("failed", "download_failed")
    assert media["error"]["message"] == (
        "The video could not be fetched. The server answered with status 404."
    )
    body = {"media": file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}
    assert api.post(TASKS, body).status_code == 422


def test_pulling_media_accepts_no_task(api: APIClient, there: Origin) -> None:
    file_id = api.post(MEDIA, {"url": there.url}).json()["file_id"]
    body = {"media": file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}
    answer = api.post(TASKS, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "media_not_ready")
    assert api.get(f"{MEDIA}{file_id}/file/").status_code in (404, 409)


def test_a_waiting_pull_can_be_aborted(api: APIClient, there: Origin, run: Run) -> None:
    file_id = api.post(MEDIA, {"url": there.url}).json()["file_id"]
    task_id = Task.objects.get().task_id
    assert api.post(f"{TASKS}{task_id}/abort/").json()["status"] == "aborted"
    assert api.get(f"{MEDIA}{file_id}/").json()["status"] == "failed"
    assert not run()


def test_idempotency_key_makes_one_pull(api: APIClient, there: Origin) -> None:
    answers = [
        api.post(MEDIA, {"url": there.url}, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert Media.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [({"url": "http://169.254.169.254/latest/"}, 422, "forbidden_url"),
     ({"url": "file:///etc/passwd"}, 422, "forbidden_url"),
     ({"url": "http://me:pw@example.com/"}, 422, "forbidden_url"),
     ({}, 400, "invalid"), ({"url": ""}, 400, "invalid"), ({"url": 7}, 400, "invalid"),
     ({"url": "http://example.com/", "size": 1}, 400, "invalid"),
     ({"url": "http://example.com/" + "x" * 5000}, 400, "invalid"), ([], 400, "invalid")],
)  # fmt: skip
def test_what_is_refused(api: APIClient, body: object, status: int, code: str) -> None:
    answer = api.post(MEDIA, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Media.objects.exists()


def test_viewers_add_nothing(api_as: Callable[..., APIClient], there: Origin) -> None:
    assert api_as("Viewer").post(MEDIA, {"url": there.url}).status_code == 403
    assert not Media.objects.exists()


def test_rate_limit_of_pulls(api: APIClient, there: Origin, settings: Any) -> None:
    settings.MEDIAHUB_LIMITS = {**settings.MEDIAHUB_LIMITS, "pull": (2, 60.0)}
    answers = [api.post(MEDIA, {"url": there.url}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert Media.objects.count() == 2
