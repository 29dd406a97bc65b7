"""Lists of tasks while tasks come, end and go: each page goes on behind the last row shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from snapshots.errors import Invalid
from snapshots.models import Media, Task
from snapshots.services.tasks import listing

from .conftest import Refused, Vod

SORTS = [(field, order) for field in ("CreateTime", "FinishTime") for order in ("Asc", "Desc")]
NOW = timezone.now()


@pytest.fixture
def ended(make_task: Callable[..., Task], ready_media: Media) -> Callable[..., str]:
    """An ended task; by default all end at one moment, so that their ids decide."""

    def make(*, minute: int = 0, status: str = "finished", media: Media = ready_media) -> str:
        task = make_task(media)
        finished_at = NOW + timedelta(minutes=minute)
        Task.objects.filter(pk=task.pk).update(status=status, finished_at=finished_at)
        return task.task_id

    return make


def pages(vod: Vod, sort: tuple[str, str], **values: Any) -> Iterator[list[str]]:
    """Page after page of two; what happens between two of them is the caller's."""
    token = ""
    while True:
        by = {"Field": sort[0], "Order": sort[1]}
        page = vod.current("DescribeTasks", Sort=by, Limit=2, ScrollToken=token, **values)
        yield [row["TaskId"] for row in page["TaskSet"]]
        token = page["ScrollToken"]
        if not token:
            return


# --- DescribeTasks -------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", SORTS)
def test_tasks_that_come_between_pages(vod: Vod, ended: Callable[..., str], sort: Any) -> None:
    ids = [ended() for _ in range(5)]
    expected, come, shown = ids if sort[1] == "Asc" else ids[::-1], [], []
    for page in pages(vod, sort):
        shown += page
        if len(come) < 3:
            come.append(ended(minute=1))
    assert shown == (expected + come if sort[1] == "Asc" else expected)


@pytest.mark.parametrize("sort", SORTS)
def test_tasks_that_go_between_pages(vod: Vod, ended: Callable[..., str], sort: Any) -> None:
    ids = [ended(minute=index // 3) for index in range(6)]
    shown = []
    for page in pages(vod, sort):
        shown += page
        Task.objects.filter(task_id__in=page).delete()  # the row that the token names too
    assert shown == (ids if sort[1] == "Asc" else ids[::-1])


@pytest.mark.parametrize("order", ["Asc", "Desc"])
def test_the_moment_of_the_end_goes_before_the_id(
    vod: Vod, ended: Callable[..., str], order: str
) -> None:
    minutes = [3, 1, 2, 1, 3, 2, 1]
    ids = [ended(minute=minute) for minute in minutes]
    ranked = [ids[index] for index in sorted(range(7), key=lambda index: (minutes[index], index))]
    shown = [task_id for page in pages(vod, ("FinishTime", order)) for task_id in page]
    assert shown == (ranked if order == "Asc" else ranked[::-1])


@pytest.mark.parametrize("sort", SORTS)
def test_filters_hold_on_every_page(
    vod: Vod, ended: Callable[..., str], make_media: Callable[..., Media], sort: Any
) -> None:
    other, wanted = make_media("other"), []
    for _ in range(5):
        ended(media=other)
        ended(status="aborted")
        ended(minute=-60)
        wanted.append(ended())
    file_id = Task.objects.get(task_id=wanted[0]).file_id
    asked = {
        "FileId": file_id, "Status": "FINISH",
        "FinishTime": {"After": (NOW - timedelta(minutes=5)).isoformat()},
    }  # fmt: skip
    shown = list(pages(vod, sort, **asked))
    assert [len(page) for page in shown] == [2, 2, 1]
    assert [*chain(*shown)] == (wanted if sort[1] == "Asc" else wanted[::-1])


# --- GetTaskList ---------------------------------------------------------------------------------


def test_tasks_that_begin_and_come_between_pages_of_the_waiting(
    vod: Vod, make_task: Callable[..., Task], ready_media: Media
) -> None:
    rows = [make_task(ready_media) for _ in range(25)]
    shown, token = [], ""
    for wanted in (10, 10, 5):
        asked = {"status": "WAITING", "nextForWaiting": token}
        (page,) = vod.legacy("GetTaskList", **asked)["data"]
        ids = [row["vodTaskId"] for row in page["taskList"]]
        assert len(ids) == wanted
        shown, token = shown + ids, page["next"]
        Task.objects.filter(task_id__in=ids[:3] + ids[-1:]).update(
            status="processing", lease_until=NOW
        )
        make_task(ready_media)
    assert (shown, token) == ([row.task_id for row in rows][::-1], "")


# --- Tokens --------------------------------------------------------------------------------------


def token_of(order: str, **values: Any) -> str:
    return listing.listed(order=order, limit=1, **values).token


@pytest.mark.parametrize("order", ["created_at", "finished_at"])
def test_tokens_that_no_list_gave(vod: Vod, ended: Callable[..., str], order: str) -> None:
    for _ in range(2):
        ended()
    own = token_of(order)
    other = token_of("finished_at" if order == "created_at" else "created_at")
    wrong = ["x", "-1", "1", "10", "٣", f"{own}0" * 9, f"{own}.1", f" {own}", f"{own}\n", own[0]]
    for token in (*wrong, other):
        with pytest.raises(Invalid):
            listing.listed(order=order, token=token)
    field = "CreateTime" if order == "created_at" else "FinishTime"
    with pytest.raises(Refused) as caught:
        vod.current("DescribeTasks", Sort={"Field": field}, ScrollToken=other)
    assert caught.value.code.startswith("InvalidParameterValue")


def test_times_have_microseconds(ended: Callable[..., str]) -> None:
    ids = [ended() for _ in range(3)]
    for micros, task_id in enumerate(ids, 999_997):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
        Task.objects.filter(task_id=task_id).update(finished_at=moment)
    token, shown = "", []
    for _ in ids:
        page = listing.listed(order="finished_at", limit=1, token=token)
        token, shown = page.token, [*shown, *(task.task_id for task in page.tasks)]
    assert (shown, token) == (ids[::-1], "")


@pytest.mark.parametrize(
    ("order", "statuses", "index"),
    [
        ("created_at", (), "PRIMARY KEY (rowid<?)"),
        ("created_at", ("waiting",), "task_by_status (status=? AND id<?)"),
        ("finished_at", (), "task_by_end (finished_at<?)"),
    ],
)
def test_a_page_is_one_query_that_begins_at_its_token(
    ended: Callable[..., str], order: str, statuses: tuple[str, ...], index: str
) -> None:
    for _ in range(3):
        ended()
    with CaptureQueriesContext(connection) as asked:
        listing.listed(order=order, statuses=statuses, token=token_of(order))
    assert len(asked) == 2
    if connection.vendor == "sqlite":  # another database decides by its statistics
        assert index in plan_of(asked[1]["sql"])


@pytest.mark.parametrize(
    ("statuses", "index"),
    [((), "PRIMARY KEY (rowid>?)"), (("finished",), "task_by_status (status=? AND id>?)")],
)
def test_oldest_first_starts_after_expired_tasks(
    ended: Callable[..., str], statuses: tuple[str, ...], index: str
) -> None:
    ids = [ended() for _ in range(4)]
    Task.objects.filter(task_id__in=ids[:2]).update(created_at=timezone.now() - timedelta(days=4))
    with CaptureQueriesContext(connection) as asked:
        page = listing.listed(descending=False, statuses=statuses)
    assert [task.task_id for task in page.tasks] == ids[2:]
    if connection.vendor == "sqlite":  # another database decides by its statistics
        assert "task_by_start (created_at>?)" in plan_of(asked[0]["sql"])
        assert index in plan_of(asked[-1]["sql"])


def test_the_oldest_first_miss_none_whose_key_was_given_sooner(ended: Callable[..., str]) -> None:
    """Of two written at once the older may have the greater key."""
    ids = [ended() for _ in range(3)]
    for seconds, task_id in zip((2, 0, 4), ids, strict=True):
        moment = timezone.now() - timedelta(days=1) + timedelta(seconds=seconds)
        Task.objects.filter(task_id=task_id).update(created_at=moment)
    assert [task.task_id for task in listing.listed(descending=False).tasks] == ids


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(row[3] for row in cursor.fetchall())
