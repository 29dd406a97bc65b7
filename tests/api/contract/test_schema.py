"""The OpenAPI document, the docs page, and that both tell the truth."""

import re
from pathlib import Path

import pytest
import yaml

from snapshots.api import response_schemas
from snapshots.models import Media, Operation, SnapshotTemplate, Task
from snapshots.services import presentation
from snapshots.services.tasks import pulls

ROOT = Path(__file__).parents[3]


def test_the_document_is_for_everybody(client):
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    document = yaml.safe_load(response.content)
    assert document["openapi"].startswith("3.")
    assert "/api/v1/tasks/" in document["paths"]
    assert "/api/v1/media/{file_id}/file/" in document["paths"]


def test_the_schema_equals_the_committed_document(client):
    stored = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    assert yaml.safe_load(client.get("/api/v1/schema/").content) == stored


def test_the_docs_page_needs_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(links) >= 4
    assert all(link.startswith("/") and not link.startswith("//") for link in links)
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()


def test_the_docs_page_folds_the_schemas_up(client):
    script = client.get("/api/v1/docs/?script=").content.decode()
    assert '"defaultModelsExpandDepth": 0' in script
    assert '"deepLinking": true' in script


def _example(client, path, method):
    document = yaml.safe_load(client.get("/api/v1/schema/").content)
    body = document["paths"][path][method]["requestBody"]["content"]["application/json"]
    [example] = body["examples"].values()
    return example["value"]


def test_the_example_of_a_task_works(client, api, make_media):
    body = _example(client, "/api/v1/tasks/", "post")
    make_media(file_id=body["media"])
    response = api.post("/api/v1/tasks/", body)
    assert response.status_code == 202
    assert [row["type"] for row in response.json()["operations"]] == ["snapshot", "cover"]


def test_the_examples_of_templates_work(client, api):
    made = api.post("/api/v1/templates/", _example(client, "/api/v1/templates/", "post"))
    assert made.status_code == 201
    path = f"/api/v1/templates/{made.json()['definition']}/"
    change = _example(client, "/api/v1/templates/{definition}/", "patch")
    assert api.patch(path, change).status_code == 200


def test_the_examples_of_media_work(client, api, ready_media, make_snapshot):
    path = f"/api/v1/media/{ready_media.file_id}/"
    snapshot = make_snapshot(ready_media)
    change = _example(client, "/api/v1/media/{file_id}/", "patch")
    assert api.patch(path, change).status_code == 200
    cover = _example(client, "/api/v1/media/{file_id}/cover/", "put")
    assert api.put(f"{path}cover/", dict.fromkeys(cover, snapshot.pk)).status_code == 200


def keys(shape):
    return list(shape().fields)


def test_shapes_are_documented_as_they_are(ready_media, make_snapshot):
    snapshot = make_snapshot(ready_media)
    Media.objects.update(cover_snapshot=snapshot)
    media = presentation.media(Media.objects.for_reading().get())
    assert list(media) == keys(response_schemas.MediaShape)
    assert list(media["cover"]) == keys(response_schemas.Cover)
    template = presentation.template(SnapshotTemplate.objects.first())
    assert list(template) == keys(response_schemas.Template)
    rows = presentation.snapshots_for_reading(type(snapshot).objects.all())
    assert set(presentation.snapshot(rows.get())) == set(keys(response_schemas.SnapshotShape))
    task = presentation.task(Task.objects.for_reading().get())
    assert [*task, "pull"] == keys(response_schemas.TaskShape)
    [operation] = task["operations"]
    assert list(operation) == keys(response_schemas.SnapshotOperation)
    assert list(operation["template"]) == keys(response_schemas.FrozenTemplate)
    [point] = operation["points"]
    assert list(point) == keys(response_schemas.Point)
    assert list(point["snapshot"]) == keys(response_schemas.Receipt)
    Operation.objects.update(type="cover")
    [cover] = presentation.task(Task.objects.for_reading().get())["operations"]
    assert list(cover) == keys(response_schemas.CoverOperation)


def test_the_shape_of_a_pull_is_documented_as_it_is(db):
    task = pulls.create(url="https://example.com/a.mp4?key=1", interface=Task.Interface.REST)
    shape = presentation.task(Task.objects.for_reading().get(pk=task.pk))
    assert list(shape) == keys(response_schemas.TaskShape)
    assert list(shape["pull"]) == keys(response_schemas.PullShape)


@pytest.mark.parametrize("name", ["list", "get", "submit", "abort"])
def test_calls_are_named(client, name):
    assert f"operationId: tasks_{name}" in client.get("/api/v1/schema/").content.decode()
