"""CreateSnapshotByTimeOffset: milliseconds in, a task of its own kind out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from snapshots.models import Media, Task

from ..conftest import Refused, Vod
from ..support import signer

ACTION = "CreateSnapshotByTimeOffset"


def refusal(vod: Vod, **values: Any) -> int:
    with pytest.raises(Refused) as caught:
        vod.legacy(ACTION, **values)
    return int(caught.value.code)


def points(media: Media, *offsets: Any, **values: Any) -> dict[str, Any]:
    return {"fileId": media.file_id, "definition": 10, "timeOffset": list(offsets), **values}


def test_what_is_asked_is_what_the_task_holds(vod: Vod, ready_media: Media) -> None:
    answer = vod.legacy(ACTION, **points(ready_media, 1500, 0, 1500, 99999000))
    task = Task.objects.get()
    assert answer == {"vodTaskId": task.task_id}
    kind, _, digits = task.task_id.partition("-")
    assert kind == ACTION
    assert (len(digits), set(digits) <= set("0123456789abcdef")) == (32, True)
    assert (task.interface, task.requested_by, task.notify_mode) == (
        "vod_legacy",
        vod.user,
        "finish",
    )
    operation = task.operations.get()
    assert (operation.type, operation.definition) == ("snapshot", 10)
    assert operation.at == ["1500ms", "0ms", "1500ms", "99999000ms"]


@pytest.mark.parametrize(
    "names",
    [
        ("timeOffset.1", "timeOffset.2", "timeOffset.3"),
        ("timeOffset.2", "timeOffset.10", "timeOffset.700"),
        ("timeOffset_0", "timeOffset_1", "timeOffset_2"),
        ("timeOffset_1", "timeOffset.2", "timeOffset.11"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_lists_are_numbered_from_anywhere(
    vod: Vod, ready_media: Media, names: tuple[str, ...], method: str
) -> None:
    offsets = dict(zip(names, ("100", "200", "300"), strict=True))
    asked = {"fileId": ready_media.file_id, "definition": "10", **offsets}
    key = vod.key
    answer = vod.answer(
        signer.v1(
            key.key.secret_id, key.secret_key, ACTION, asked, now=int(time.time()), method=method
        )
    )
    assert answer["code"] == 0
    assert Task.objects.get().operations.get().at == ["100ms", "200ms", "300ms"]


def test_the_order_sent_does_not_count(vod: Vod, ready_media: Media) -> None:
    asked = {"fileId": ready_media.file_id, "definition": 10,
             "timeOffset": {"3": 30, "1": 10, "20": 200}}  # fmt: skip
    vod.legacy(ACTION, **asked)
    assert Task.objects.get().operations.get().at == ["10ms", "30ms", "200ms"]


def test_the_first_letter_may_be_small(vod: Vod, ready_media: Media) -> None:
    assert vod.legacy("createSnapshotByTimeOffset", **points(ready_media, 1))
    assert Task.objects.exists()


def test_a_hundred_points_are_not_too_many(vod: Vod, ready_media: Media) -> None:
    vod.legacy(ACTION, **points(ready_media, *range(100)))
    assert len(Task.objects.get().operations.get().at) == 100


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"timeOffset": list(range(101))}, 1000),
        ({"timeOffset": []}, 1000),
        ({"timeOffset": ""}, 1000),
        ({"timeOffset": 1500}, 1000),
        ({"timeOffset": ["1.5s"]}, 1000),
        ({"timeOffset": ["1.5"]}, 1000),
        ({"timeOffset": [2**60]}, 1000),
        ({"timeOffset": {"first": 1}}, 1000),
        ({"definition": 4711}, 1000),
        ({"definition": 0}, 1000),
        ({"definition": "ten"}, 1000),
        ({"definition": ""}, 1000),
        ({"fileId": "5285890784246869930"}, 10008),
        ({"fileId": "x"}, 10008),
        ({"fileId": ""}, 10008),
        ({"timeOffsets": [1]}, 1000),
    ],
)
def test_it_refuses(vod: Vod, ready_media: Media, values: dict[str, Any], number: int) -> None:
    assert refusal(vod, **points(ready_media, 1) | values) == number
    assert not Task.objects.exists()


@pytest.mark.parametrize("name", ["fileId", "definition", "timeOffset"])
def test_what_is_missing(vod: Vod, ready_media: Media, name: str) -> None:
    asked = points(ready_media, 1)
    del asked[name]
    assert refusal(vod, **asked) == 1000


@pytest.mark.parametrize(
    "state",
    [
        {"status": "probing", "probe": None},
        {"status": "failed", "error_code": "unreadable", "error_message": "Broken."},
        {"status": "failed", "error_code": "no_video", "error_message": "No video."},
    ],
)
def test_media_that_cannot_be_used(
    vod: Vod, make_media: Callable[..., Media], state: dict[str, Any]
) -> None:
    assert refusal(vod, **points(make_media(**state), 1)) == 10009


def test_a_point_before_the_start_fails_when_it_is_taken(vod: Vod, ready_media: Media) -> None:
    vod.legacy(ACTION, **points(ready_media, -1))
    assert Task.objects.get().operations.get().at == ["-1ms"]


def test_a_template_of_the_current_generation(vod: Vod, ready_media: Media) -> None:
    made = vod.current("CreateSnapshotByTimeOffsetTemplate", Width=320)["Definition"]
    vod.legacy(ACTION, **points(ready_media, 1, definition=made))
    assert Task.objects.get().operations.get().template["width"] == 320


@pytest.mark.parametrize("group", ["", "Viewer"])
def test_rights(vod_as: Callable[[str], Vod], ready_media: Media, group: str) -> None:
    assert refusal(vod_as(group), **points(ready_media, 1)) == 4300
    assert not Task.objects.exists()
