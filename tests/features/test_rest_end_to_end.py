"""REST end to end: from an upload to its snapshots by the worker's own functions."""

import io

import pytest
from PIL import Image

from snapshots.services.work import pipeline
from tests.video.made import numbered

from ..api.problem_json import refused

POINTS = [
    "0s", "0.5s", "500ms", "1.99s", "100%", "00:00:01", "f7", "00:01.5", "0.1s", "33.367ms",
]  # fmt: skip
FRAMES = [0, 15, 15, 59, 59, 30, 7, 45, 3, 1]


@pytest.fixture
def media(api, clip):
    with clip.open("rb") as file:
        made = api.post("/api/v1/media/", {"file": file}, format="multipart").json()
    assert pipeline.probe_next()
    return api.get(f"/api/v1/media/{made['file_id']}/").json()


@pytest.fixture
def template(api):
    values = {"format": "png", "width": 320, "height": 192, "resolution_adaptive": False}
    return api.post("/api/v1/templates/", values).json()["definition"]


def submit(api, **body):
    response = api.post("/api/v1/tasks/", body)
    assert response.status_code == 202, response.content
    assert pipeline.run_next()
    return api.get(response["Location"]).json()


def test_video_editing_workflow(api, client, media, template):
    assert media["status"] == "ready"
    assert (media["width"], media["height"], media["fps"]) == (160, 96, 30)
    assert media["cover"]["set_by"] == "auto"
    task = submit(
        api, media=media["file_id"], snapshots=[{"template": template, "at": POINTS}],
        covers=[{"template": 10, "at": "50%"}],
    )  # fmt: skip
    assert (task["status"], task["progress"], task["error"]) == ("finished", 100, None)
    snapshots, cover = task["operations"]
    assert (snapshots["status"], cover["status"]) == ("succeeded", "succeeded")
    points = snapshots["points"]
    assert [point["at"] for point in points] == POINTS
    for point, frame in zip(points, FRAMES, strict=True):
        receipt = point["snapshot"]
        served = client.get(receipt["url"])
        data = served.getvalue()
        assert served["Content-Type"] == "image/png"
        assert len(data) == receipt["bytes"]
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (320, 192) == (receipt["width"], receipt["height"])
            assert numbered.read_number(numbered.np.asarray(image)) == frame
        assert receipt["frame_time"] == pytest.approx(frame / 30, abs=1e-6)

    after = api.get(f"/api/v1/media/{media['file_id']}/").json()
    assert after["cover"]["url"] == cover["cover_url"]
    assert (after["cover"]["set_by"], after["cover"]["template"]) == ("task", 10)
    current = api.get(f"/api/v1/snapshots/?media={media['file_id']}&current=true").json()
    assert {row["id"] for row in current["results"]} == {
        point["snapshot"]["id"] for point in points
    }
    refused(api.post(f"/api/v1/tasks/{task['task_id']}/abort/"), 409, "not_waiting")


def test_later_set_replaces_the_former(api, media, template):
    ask = {"media": media["file_id"], "snapshots": [{"template": template, "at": ["0s"]}]}
    first, second = submit(api, **ask), submit(api, **ask)
    listed = api.get(f"/api/v1/snapshots/?media={media['file_id']}&current=true").json()
    assert [row["task"] for row in listed["results"]] == [second["task_id"]]
    assert api.get(f"/api/v1/snapshots/?task={first['task_id']}").json()["results"]
