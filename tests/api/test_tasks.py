"""tasks/: ask, watch, abort."""

import pytest

from snapshots.models import Operation, Snapshot, Task

from .problem_json import fields, refused

TASKS = "/api/v1/tasks/"


@pytest.fixture
def body(ready_media):
    return {
        "media": ready_media.file_id,
        "snapshots": [{"template": 10, "at": ["0.5s", "10%"]}],
        "covers": [{"template": 10, "at": "50%"}],
    }


def test_a_task_is_accepted(api, body, ready_media):
    response = api.post(TASKS, body)
    assert response.status_code == 202, response.content
    assert response["Retry-After"] == "1"
    shape = response.json()
    assert response["Location"] == f"http://127.0.0.1:8000{TASKS}{shape['task_id']}/"
    assert api.get(response["Location"]).json() == shape
    assert shape["media"] == ready_media.file_id
    assert (shape["status"], shape["progress"], shape["error"]) == ("waiting", 0, None)
    snapshots_step, cover = shape["operations"]
    assert (snapshots_step["type"], cover["type"]) == ("snapshot", "cover")
    assert snapshots_step["template"]["definition"] == 10
    waiting = {"status": "waiting", "error": None, "snapshot": None}
    assert snapshots_step["points"] == [{"at": "0.5s", **waiting}, {"at": "10%", **waiting}]
    assert (cover["at"], cover["cover_url"]) == ("50%", None)


def test_a_task_keeps_what_it_is_given(api, body):
    given = {
        "priority": -10, "notify_mode": "change", "session_id": "s-1", "session_context": "ctx"
    }  # fmt: skip
    shape = api.post(TASKS, {**body, **given}).json()
    assert given.items() <= shape.items()
    task = Task.objects.get(task_id=shape["task_id"])
    assert task.interface == "rest"
    assert task.requested_by == api.user


def test_a_snapshot_can_be_asked_by_key_frame(api, body):
    body["snapshots"][0]["mode"] = "keyframe"
    assert api.post(TASKS, body).json()["operations"][0]["mode"] == "keyframe"


def test_a_template_is_frozen(api, body):
    made = api.post("/api/v1/templates/", {"quality": 33}).json()
    body["covers"][0]["template"] = made["definition"]
    task = api.post(TASKS, body).json()
    api.delete(f"/api/v1/templates/{made['definition']}/")
    cover = api.get(f"{TASKS}{task['task_id']}/").json()["operations"][1]
    assert cover["template"]["quality"] == 33


WRONG = [
    ({"media": "1" * 19}, {"media": "media_not_found"}),
    ({"media": "abc"}, {"media": "media_not_found"}),
    ({"media": 5285890784246869930}, {"media": "invalid"}),
    ({"media": None}, {"media": "null"}),
    ({"media": ""}, {"media": "required"}),
    ({"media": "a\0b"}, {"media": "invalid"}),
    ({"snapshots": [], "covers": []}, {"snapshots": "required"}),
    ({"snapshots": "3s"}, {"snapshots": "invalid"}),
    ({"snapshots": {"template": 10, "at": ["1s"]}}, {"snapshots": "invalid"}),
    ({"snapshots": None}, {"snapshots": "null"}),
    ({"snapshots": [7, None, []]}, {
        "snapshots.0": "invalid", "snapshots.1": "null", "snapshots.2": "invalid"}),
    ({"snapshots": [{}]}, {"snapshots.0.template": "required", "snapshots.0.at": "required"}),
    ({"snapshots": [{"template": 10, "at": []}]}, {"snapshots.0.at": "required"}),
    ({"snapshots": [{"template": 10, "at": "1s"}]}, {"snapshots.0.at": "invalid"}),
    ({"snapshots": [{"template": 10, "at": ["1s", "3.5", 3.5, 3]}]}, {
        f"snapshots.0.at.{n}": "invalid_time_point" for n in (1, 2, 3)}),
    ({"snapshots": [{"template": 10, "at": ["", "x", "1s\0", "9" * 99, "٣s"]}]}, {
        f"snapshots.0.at.{n}": "invalid_time_point" for n in range(5)}),
    ({"snapshots": [{"template": 10, "at": [True, {}, ["1s"], None]}]}, {
        **{f"snapshots.0.at.{n}": "invalid_time_point" for n in (0, 1, 2)},
        "snapshots.0.at.3": "null"}),
    ({"snapshots": [{"template": 99, "at": ["1s"]}]}, {
        "snapshots.0.template": "template_not_found"}),
    ({"snapshots": [{"template": n, "at": ["1s"]} for n in (2**70, -1)]}, {
        f"snapshots.{n}.template": "template_not_found" for n in (0, 1)}),
    ({"snapshots": [{"template": "10", "at": ["1s"]}]}, {"snapshots.0.template": "invalid"}),
    ({"snapshots": [{"template": 10, "at": ["1s"], "mode": "fast"}]}, {
        "snapshots.0.mode": "invalid_choice"}),
    ({"snapshots": [{"template": 10, "at": ["1s"], "att": 1}]}, {
        "snapshots.0.att": "unknown_field"}),
    ({"snapshots": [{"template": 10, "at": ["1s"] * 100}]}, {"snapshots": "too_many_points"}),
    ({"covers": [{"template": 10, "at": ["50%"]}]}, {"covers.0.at": "invalid_time_point"}),
    ({"covers": [{"template": 10, "at": "5"}]}, {"covers.0.at": "invalid_time_point"}),
    ({"covers": [{"template": 10, "at": "5s", "mode": "exact"}]}, {
        "covers.0.mode": "unknown_field"}),
    ({"priority": 11}, {"priority": "out_of_range"}),
    ({"priority": -(2**70)}, {"priority": "out_of_range"}),
    ({"priority": "1"}, {"priority": "invalid"}),
    ({"notify_mode": "always"}, {"notify_mode": "invalid_choice"}),
    ({"notify_mode": None}, {"notify_mode": "null"}),
    ({"session_id": "x" * 51}, {"session_id": "too_long"}),
    ({"session_context": "x" * 1001}, {"session_context": "too_long"}),
    ({"callback": "http://x"}, {"callback": "unknown_field"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), WRONG, ids=range(len(WRONG)))
def test_wrong_requests_are_refused(api, body, change, expected):
    assert fields(api.post(TASKS, {**body, **change})) == expected
    assert not Task.objects.exists()


def test_an_empty_request_names_what_is_missing(api):
    assert fields(api.post(TASKS)) == {"media": "required"}


def test_a_hundred_points_are_not_too_many(api, body):
    body["snapshots"][0]["at"] = ["1s"] * 99
    shape = api.post(TASKS, body).json()
    assert len(shape["operations"][0]["points"]) == 99


def test_a_video_that_is_being_probed_asks_to_come_again(api, body, make_media):
    media = make_media(status="probing", probe=None)
    response = api.post(TASKS, {**body, "media": media.file_id})
    refused(response, 409, "media_not_ready")
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize(("error", "code"), [("no_video", "no_video"), ("timeout", "unreadable")])
def test_a_video_that_failed_says_why(api, body, make_media, error, code):
    media = make_media(status="failed", error_code=error, error_message="No.")
    refused(api.post(TASKS, {**body, "media": media.file_id}), 422, code)


def test_a_picture_too_large_is_refused_at_once(api, body, make_media):
    media = make_media(width=100, height=20_000)
    wide = api.post("/api/v1/templates/", {"width": 1280, "resolution_adaptive": False}).json()
    body["covers"][0]["template"] = wide["definition"]
    refused(api.post(TASKS, {**body, "media": media.file_id}), 413, "too_large")


def test_a_session_id_counts_once(api, body):
    first = api.post(TASKS, {**body, "session_id": "once"}).json()["task_id"]
    response = api.post(TASKS, {**body, "session_id": "once"})
    assert refused(response, 409, "duplicate_session")["task"] == first
    assert Task.objects.count() == 1


# --- Lists ---------------------------------------------------------------------------------------


def ids(response):
    assert response.status_code == 200, response.content
    return [row["task_id"] for row in response.json()["results"]]


def test_tasks_are_listed_newest_first_and_filtered(api, make_media, make_task, make_snapshot):
    media, other = make_media(), make_media()
    waiting = make_task(media).task_id
    finished = make_snapshot(media).operation.task.task_id
    make_task(other)
    assert len(ids(api.get(TASKS))) == 3
    assert ids(api.get(TASKS, {"media": media.file_id})) == [finished, waiting]
    assert ids(api.get(TASKS, {"media": media.file_id, "status": "waiting"})) == [waiting]
    assert ids(api.get(TASKS, {"media": "1" * 19})) == []
    assert fields(api.get(TASKS, {"status": "done"})) == {"status": "invalid_choice"}


def test_tasks_of_a_deleted_media_are_found_by_its_id(api, ready_media, make_task):
    task = make_task(ready_media)
    api.delete(f"/api/v1/media/{ready_media.file_id}/")
    assert ids(api.get(TASKS, {"media": ready_media.file_id})) == [task.task_id]


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_asks_the_database_a_fixed_number_of_times(
    api, ready_media, make_snapshot, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_snapshot(ready_media)
    api.get(TASKS)
    with django_assert_num_queries(7):  # key, user, 2 × rights, tasks, operations, snapshots
        assert len(ids(api.get(TASKS))) == rows


@pytest.mark.parametrize("points", [1, 20])
def test_a_task_asks_the_database_a_fixed_number_of_times(
    api, ready_media, make_task, django_assert_num_queries, points
):
    task = make_task(ready_media, at=["1s"] * points)
    operation = Operation.objects.get()
    Snapshot.objects.bulk_create(
        Snapshot(
            operation=operation, media=ready_media, index=index, at="1s", definition=10,
            error_code="timeout",
        )
        for index in range(points)
    )  # fmt: skip
    api.get(TASKS)
    with django_assert_num_queries(7):
        shape = api.get(f"{TASKS}{task.task_id}/").json()
    assert len(shape["operations"][0]["points"]) == points


# --- Abort ---------------------------------------------------------------------------------------


def test_a_waiting_task_is_aborted(api, ready_media, make_task):
    path = f"{TASKS}{make_task(ready_media).task_id}/"
    shape = api.post(f"{path}abort/").json()
    assert shape["status"] == "aborted"
    assert shape["finished_at"]
    assert shape["operations"][0]["points"][0]["error"]["code"] == "aborted"
    assert api.get(path).json() == shape
    refused(api.post(f"{path}abort/"), 409, "not_waiting")


def test_abort_takes_no_fields(api, ready_media, make_task):
    path = f"{TASKS}{make_task(ready_media).task_id}/abort/"
    assert fields(api.post(path, {"now": True})) == {"now": "unknown_field"}
    refused(api.post(f"{TASKS}nothing/abort/"), 404, "task_not_found")
