"""Idempotency-Key: the work is done once, and answered as often as it is asked for."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from snapshots.errors import Conflict
from snapshots.models import Event, IdempotencyKey, Media, SnapshotTemplate, Task
from snapshots.services import tasks, templates
from snapshots.services.security import idempotency
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from tests.support.concurrency import at_once

from .problem_json import fields, refused

API = "/api/v1/"
TASKS, TEMPLATES, MEDIA = f"{API}tasks/", f"{API}templates/", f"{API}media/"
CARD = {"name": "Card", "width": 640}


def keyed(client: APIClient, url: str, body: Any, key: str = "a", **more: Any) -> Any:
    return client.post(url, body, HTTP_IDEMPOTENCY_KEY=key, **more)


def an_order(media: Media) -> dict[str, Any]:
    return {"media": media.file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}


# --- The same again ------------------------------------------------------------------------------


def test_the_same_key_gets_the_same_answer(api, ready_media):
    first, again = (keyed(api, TASKS, an_order(ready_media)) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    for name in ("Location", "Retry-After", "Content-Type"):
        assert again[name] == first[name]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Task.objects.count() == 1
    assert api.get(first["Location"]).json() == first.json()


def test_the_answer_is_that_of_then(api, ready_media):
    first = keyed(api, TASKS, an_order(ready_media)).json()
    tasks.abort(task=Task.objects.get())
    assert keyed(api, TASKS, an_order(ready_media)).json() == first


def test_equal_is_what_means_the_same(api):
    first = keyed(api, TEMPLATES, '{"name": "Card", "width": 640}', content_type="application/json")
    again = keyed(api, TEMPLATES, '{"width":640,"name":"Card"}', content_type="application/json")
    assert again.content == first.content
    assert SnapshotTemplate.objects.filter(name="Card").count() == 1


@pytest.mark.parametrize("other", [{**CARD, "width": 641}, {"name": "Card"}, {}])
def test_another_request_with_the_key_is_a_mismatch(api, other):
    keyed(api, TEMPLATES, CARD)
    assert refused(keyed(api, TEMPLATES, other), 422, "idempotency_mismatch")
    assert SnapshotTemplate.objects.filter(pk__gte=10001).count() == 1


def test_the_key_on_another_address_is_a_mismatch(api, make_media, make_task):
    one, two = make_task(make_media()), make_task(make_media())
    assert keyed(api, f"{TASKS}{one.task_id}/abort/", {}).status_code == 200
    assert keyed(api, f"{TASKS}{one.task_id}/abort/", {}).status_code == 200
    assert refused(keyed(api, f"{TASKS}{two.task_id}/abort/", {}), 422, "idempotency_mismatch")
    two.refresh_from_db()
    assert two.status == "waiting"


def test_keys_are_each_users_own(api, api_as):
    other = api_as("Editor")
    assert keyed(api, TEMPLATES, CARD).json() != keyed(other, TEMPLATES, CARD).json()
    assert SnapshotTemplate.objects.filter(name="Card").count() == 2


def test_a_stored_response_needs_the_permission_still(api, ready_media):
    assert keyed(api, TASKS, an_order(ready_media)).status_code == 202
    for group in api.user.groups.all():
        group.permissions.remove(
            Permission.objects.get(content_type__app_label="snapshots", codename="add_task")
        )
    assert refused(keyed(api, TASKS, an_order(ready_media)), 403, "permission_denied")


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ä"])
def test_what_is_no_key_is_refused(api, key):
    assert fields(keyed(api, TEMPLATES, CARD, key)) == {"Idempotency-Key": "invalid"}
    assert not IdempotencyKey.objects.exists()


def test_without_a_key_each_call_does_the_work(api):
    for _ in range(2):
        assert api.post(TEMPLATES, CARD).status_code == 201
    assert SnapshotTemplate.objects.filter(name="Card").count() == 2
    assert not IdempotencyKey.objects.exists()


# --- Refused, failed, old ------------------------------------------------------------------------


def test_an_error_response_is_not_stored(api, make_media):
    media = make_media(status=Media.Status.PROBING)
    assert refused(keyed(api, TASKS, an_order(media)), 409, "media_not_ready")
    Media.objects.update(status=Media.Status.READY)
    assert keyed(api, TASKS, an_order(media)).status_code == 202
    assert refused(keyed(api, TASKS, {}, "b"), 400, "invalid")
    assert keyed(api, TASKS, an_order(media), "b").status_code == 202


def test_what_failed_is_undone_and_may_be_done_again(api, ready_media, monkeypatch):
    submit = submission.submit

    def submit_and_fail(**values: Any) -> Task:
        submit(**values)
        raise OperationalError("the database went away")

    monkeypatch.setattr(submission, "submit", submit_and_fail)
    response = keyed(api, TASKS, an_order(ready_media))
    assert refused(response, 503, "unavailable")
    assert response["Retry-After"] == "1"
    assert not Task.objects.exists()
    monkeypatch.setattr(submission, "submit", submit)
    assert keyed(api, TASKS, an_order(ready_media)).status_code == 202


def test_a_second_call_waits_for_the_first_and_then_conflicts(api, monkeypatch):
    monkeypatch.setattr(idempotency, "_WAIT_S", 0.1)
    keyed(api, TEMPLATES, CARD)
    later = timezone.now() + timedelta(seconds=30)
    IdempotencyKey.objects.update(status=None, held_until=later)
    response = keyed(api, TEMPLATES, CARD)
    assert refused(response, 409, "in_progress")
    assert response["Retry-After"] == "1"
    assert IdempotencyKey.objects.get().held_until == later


def test_a_first_call_that_never_came_back_is_done_again(api):
    keyed(api, TEMPLATES, CARD)
    SnapshotTemplate.objects.filter(name="Card").delete()
    IdempotencyKey.objects.update(status=None, held_until=timezone.now() - timedelta(seconds=1))
    first = keyed(api, TEMPLATES, CARD)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    assert keyed(api, TEMPLATES, CARD).content == first.content


def test_who_comes_back_too_late_has_done_nothing(api, monkeypatch):
    create = templates.create

    def create_slowly(**values: Any) -> SnapshotTemplate:
        made = create(**values)
        now = timezone.now()  # another call finds the hold passed, and takes the work over
        IdempotencyKey.objects.update(held_until=now + timedelta(seconds=60))
        return made

    monkeypatch.setattr(templates, "create", create_slowly)
    assert refused(keyed(api, TEMPLATES, CARD), 409, "in_progress")
    assert not SnapshotTemplate.objects.filter(name="Card").exists()


def test_of_two_who_take_over_one_gets_it(api):
    ask = {"user": api.user, "key": "a", "fingerprint": "f"}
    first = idempotency.begin(**ask)
    IdempotencyKey.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    row = IdempotencyKey.objects.get()
    now = timezone.now()
    taken = [idempotency._take_over(row, "f", now) for _ in range(2)]
    assert taken[0] is not None
    assert taken[1] is None
    answer = idempotency.StoredResponse(200, {}, "{}")
    assert not idempotency.save(ticket=first, response=answer)
    idempotency.release(ticket=first)
    assert idempotency.save(ticket=taken[0], response=answer)
    assert idempotency.begin(**ask) == answer


def test_after_a_day_the_key_is_new_again_and_the_sweeper_drops_it(api):
    first = keyed(api, TEMPLATES, CARD).json()
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert keyed(api, TEMPLATES, {"name": "Other"}).json()["definition"] != first["definition"]
    assert idempotency.delete_old() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert idempotency.delete_old() == 1


# --- Files, and calls that commit by themselves --------------------------------------------------


def upload(client: APIClient, data: bytes, name: str = "clip.mp4", **more: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return keyed(client, MEDIA, {"file": file, **more}, format="multipart")


def test_an_upload_is_taken_once(api, clip):
    data = clip.read_bytes()
    first, again = upload(api, data), upload(api, data)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert Media.objects.count() == 1


@pytest.mark.parametrize("change", ["bytes", "name", "field"])
def test_another_file_with_the_key_is_a_mismatch(api, clip, change):
    data = clip.read_bytes()
    upload(api, data)
    response = {
        "bytes": lambda: upload(api, data[:-1] + b"x"),
        "name": lambda: upload(api, data, "other.mp4"),
        "field": lambda: upload(api, data, name="clip.mp4", description="x"),
    }[change]()
    assert refused(response, 422, "idempotency_mismatch")
    assert Media.objects.count() == 1


def test_a_repeated_pull_returns_the_same_events(api_as):
    api = api_as("Administrator")
    Event.objects.create(
        subject="1", kind="media.deleted", sequence=1, mode="pull",
        payload={"media": None, "task": None},
    )  # fmt: skip
    first = keyed(api, f"{API}events/pull/", {})
    assert len(first.json()["events"]) == 1
    assert keyed(api, f"{API}events/pull/", {}).content == first.content
    assert keyed(api, f"{API}events/pull/", {}, "b").json() == {"events": []}
    handles = {"handles": [first.json()["events"][0]["handle"]]}
    for _ in range(2):
        assert keyed(api, f"{API}events/confirm/", handles, "c").json() == {"confirmed": 1}


def test_what_a_refused_confirmation_confirmed_stays_confirmed(api_as):
    api = api_as("Administrator")
    Event.objects.create(
        subject="1", kind="media.deleted", sequence=1, mode="pull",
        payload={"media": None, "task": None},
    )  # fmt: skip
    pulled = api.post(f"{API}events/pull/", {}).json()["events"]
    handles = {"handles": [pulled[0]["handle"], "unknown"]}
    assert refused(keyed(api, f"{API}events/confirm/", handles), 409, "handle_expired")
    assert Event.objects.get().confirmed_at


def test_every_post_of_the_document_takes_a_key(client):
    import yaml

    document = yaml.safe_load(client.get(f"{API}schema/").content)
    posts = [path["post"] for path in document["paths"].values() if "post" in path]
    assert len(posts) >= 6
    for call in posts:
        names = [parameter["name"] for parameter in call["parameters"]]
        assert "Idempotency-Key" in names
        assert {"409", "422"} <= set(call["responses"])


# --- All at once ---------------------------------------------------------------------------------


def _until_answered(client: APIClient, body: Any, key: str) -> Any:
    """As a good client does: 409 `in_progress` and 503 are asked again after their Retry-After."""
    while (response := keyed(client, TASKS, body, key)).status_code != 202:
        assert response.json()["code"] in ("in_progress", "unavailable")
        time.sleep(float(response["Retry-After"]))
    return response.json()["task_id"]


@pytest.mark.django_db(transaction=True)
def test_many_clients_with_the_same_keys_make_one_task_of_each(api, make_media):
    """R9: pairs of clients ask for the same keys in the same order, all for all of them."""
    body, keys = an_order(make_media()), [f"key-{number}" for number in range(50)]
    credentials = api._credentials

    def ask(number: int) -> dict[str, set[str]]:
        client = APIClient(raise_request_exception=False)
        client.credentials(**credentials)
        task_ids: dict[str, set[str]] = {key: set() for key in keys}
        for turn in range(250):
            key = keys[turn * (1, 3, 7, 9)[number // 2] % len(keys)]
            task_ids[key].add(_until_answered(client, body, key))
        return task_ids

    answers = at_once(*(partial(ask, number) for number in range(8)))
    assert Task.objects.count() == len(keys)
    for key in keys:
        assert len({task_id for task_ids in answers for task_id in task_ids[key]}) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_with_one_session_id_one_gets_a_task(presets, make_media):
    media = [make_media(f"{number}.mp4") for number in range(8)]

    def submit(number: int) -> str:
        try:
            made = submission.submit(
                media=media[number], snapshots=[SnapshotSpec(10, ["1s"])], interface="rest",
                session_id="s",
            )  # fmt: skip
        except Conflict as error:
            return str(error.existing_id) if error.code == "duplicate_session" else error.code
        return made.task_id

    for _ in range(3):
        task_ids = at_once(*(partial(submit, number) for number in range(8)))
        task = Task.objects.get()
        assert task_ids == [task.task_id] * 8
        task.delete()


def test_only_what_is_about_a_key_needs_one(api):
    """The answers of PUT, PATCH and DELETE are the same anyway: a key there changes nothing."""
    made = api.post(TEMPLATES, CARD).json()["definition"]
    for _ in range(2):
        response: Response = api.patch(
            f"{TEMPLATES}{made}/", {"width": 320}, HTTP_IDEMPOTENCY_KEY="a"
        )
        assert response.status_code == 200
    assert not IdempotencyKey.objects.exists()
