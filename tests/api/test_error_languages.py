"""Stored errors: message ids and parameters in the rows, sentences in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from snapshots.models import Event, Media, Operation, Snapshot, Task
from snapshots.services.work import pipeline

ENGLISH = "The video's frames are f0 to f%(last)s; %(point)s is not one."
CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}


def _submit(api: APIClient, media: Media, *points: str) -> str:
    spec = {"template": 10, "at": list(points)}
    answer = api.post("/api/v1/tasks/", {"media": media.file_id, "snapshots": [spec]})
    assert answer.status_code == 202, answer.json()
    return str(answer.json()["task_id"])


def _point(shape: dict[str, Any]) -> str:
    return str(shape["operations"][0]["points"][0]["error"]["message"])


@pytest.fixture
def failed(api: APIClient, shown: Media) -> str:
    """A task whose only point is a frame that the video does not have."""
    task_id = _submit(api, shown, "f5000")
    assert pipeline.run_next()
    return task_id


def test_rows_keep_the_message_id_and_its_parameters(failed: str) -> None:
    for row in (Snapshot.objects.get(), Operation.objects.get()):
        assert (row.error_code, row.error_message) == ("time_out_of_range", ENGLISH)
        assert row.error_params == {"last": 59, "point": "f5000"}
        assert str(row.error) == "The video's frames are f0 to f59; f5000 is not one."


def test_a_stored_error_is_shown_in_the_readers_language(api: APIClient, failed: str) -> None:
    path = f"/api/v1/tasks/{failed}/"
    english, chinese = api.get(path).json(), api.get(path, **CHINESE).json()
    assert _point(english) == "The video's frames are f0 to f59; f5000 is not one."
    assert _point(chinese) == "视频的帧为 f0 到 f59；f5000 不在其中。"
    assert english["operations"][0]["error"] == {
        "code": "time_out_of_range",
        "message": _point(english),
    }


def test_events_are_in_english_whoever_caused_them(api: APIClient, shown: Media) -> None:
    task_id = _submit(api, shown, "0s")
    assert api.post(f"/api/v1/tasks/{task_id}/abort/", **CHINESE).status_code < 300
    (event,) = Event.objects.filter(subject=task_id)
    assert _point(event.payload["task"]) == "The task was aborted before it started."
    task = api.get(f"/api/v1/tasks/{task_id}/", **CHINESE).json()
    assert _point(task) == "任务在开始之前被中止。"
    assert Task.objects.get().error_message == ""
