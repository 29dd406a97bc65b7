"""Tasks: the list, the page of one, and aborting what waits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from snapshots.models import Event, Snapshot, Task

from ..conftest import queries_of, texts

LIST = reverse("admin:snapshots_task_changelist")


def _page(task):
    return reverse("admin:snapshots_task_change", args=[task.pk])


def _abort(client, task):
    return client.post(reverse("admin:snapshots_task_abort", args=[task.pk]))


def _found(response):
    return list(response.context["cl"].result_list)


def test_it_lists_what_was_asked_for(admin, make_media, make_task):
    make_task(make_media("clip.mp4"), at=["1s", "2s"], priority=3)
    page = admin.get(LIST).content.decode()
    for words in ("2 snapshots", "mh-waiting", "clip.mp4", "0 %"):
        assert words in page


def test_it_finds_the_tasks_of_a_video_even_when_that_is_deleted(admin, make_media, make_task):
    media, other = make_media(), make_media("other.mp4")
    mine, theirs = make_task(media), make_task(other)
    assert _found(admin.get(LIST, {"media": media.file_id})) == [mine]
    for words in (theirs.task_id, other.file_id, "other"):
        assert _found(admin.get(LIST, {"q": words})) == [theirs]
    other.delete()
    assert _found(admin.get(LIST, {"q": other.file_id})) == [theirs]
    assert f"{other.file_id} (deleted)" in admin.get(LIST).content.decode()
    assert admin.get(_page(theirs)).status_code == 200


def test_it_shows_each_point_with_its_picture_or_its_reason(admin, make_media, make_task):
    task = make_task(make_media(), at=["1s", "99s", "2s"], status="processing", progress=66,
                     lease_until=timezone.now())  # fmt: skip
    operation = task.operations.get()
    rows = {"operation": operation, "media": task.media, "definition": 10}
    Snapshot.objects.create(index=0, at="1s", picture="t/0-0-a_1000.jpg", pts=90090,
                            time_base="1/90000", frame_time=1.001, **rows)  # fmt: skip
    Snapshot.objects.create(index=1, at="99s", error_code="time_out_of_range",
                            error_message="99 s is past the end.", **rows)  # fmt: skip
    page = admin.get(_page(task)).content.decode()
    for words in ("t/0-0-a_1000.jpg", "90090 × 1/90000", "99 s is past the end.",
                  "time_out_of_range", "Source size (10)", "JPEG · Source size · Stretch",
                  "Exact frame"):  # fmt: skip
        assert words in page
    assert page.count("mh-card-none") == 2
    assert "This page updates itself until the task ends." in page
    assert '<meta http-equiv="refresh"' in page


def test_what_has_not_ended_is_marked_as_moving(admin, make_media, make_task, make_ended):
    media = make_media()
    waiting, ended = make_task(media), make_ended(media, ["done"])
    page = admin.get(LIST).content.decode()
    assert f'<span data-live="state-{waiting.pk}" data-moving>' in page
    assert f'<span data-live="state-{ended.pk}"><' in page
    assert 'type="module"' in page
    page = admin.get(_page(waiting)).content.decode()
    assert f'data-task-url="/api/v1/tasks/{waiting.task_id}/"' in page
    assert page.count("data-moving") == 1
    assert "data-moving" not in admin.get(_page(ended)).content.decode()


def test_it_says_why_a_task_failed_and_reloads_no_more(admin, make_media, make_task):
    task = make_task(make_media(), status="failed", error_code="worker_lost",
                     error_message="The worker vanished.", finished_at=timezone.now())  # fmt: skip
    page = admin.get(_page(task)).content.decode()
    assert page.count("The worker vanished.") == 2  # of the task, and of its point
    assert "http-equiv" not in page
    assert "refreshes itself" not in page
    assert "mh-notice-failed" in page


@pytest.mark.parametrize(
    ("points", "state", "words"),
    [
        (["done", "done"], "finished", "Finished"),
        (["done", "failed", "done"], "partial", "Finished, 1 of 3 failed"),
        (["failed", "failed"], "failed", "Finished, 2 of 2 failed"),
        (["failed"], "failed", "Finished, 1 of 1 failed"),
    ],
)
def test_it_does_not_take_a_finished_task_for_one_that_succeeded(
    admin, make_media, make_ended, points, state, words
):
    task = make_ended(make_media(), points)
    badge = f'<span class="mh-badge mh-{state}">{words}</span>'
    assert badge in admin.get(LIST).content.decode()
    page = admin.get(_page(task)).content.decode()
    assert badge in page
    assert f"mh-notice-{state}" in page


def test_it_counts_covers_with_the_points(admin, make_media, make_ended, make_task):
    task = make_ended(make_media(), ["done", "done"])
    cover = make_task(make_media(), at=["99s"], type="cover").operations.get()
    cover.task, cover.index, cover.status = task, 1, "failed"
    cover.save()
    Snapshot.objects.create(operation=cover, media=task.media, index=0, at="99s", definition=10,
                            error_code="time_out_of_range")  # fmt: skip
    assert "Finished, 1 of 3 failed" in admin.get(_page(task)).content.decode()


def test_it_remembers_failures_when_the_media_is_deleted(admin, make_media, make_ended):
    some, every = make_ended(make_media(), ["done", "failed"]), make_ended(make_media(), ["failed"])
    for task in (some, every):
        task.media.delete()
    assert "Finished, some failed" in admin.get(_page(some)).content.decode()
    assert "Finished, 1 of 1 failed" in admin.get(_page(every)).content.decode()


def test_it_filters_by_outcome(admin, make_media, make_ended, make_task):
    media = make_media()
    whole = make_ended(media, ["done"])
    some = make_ended(media, ["done", "failed"])
    every = make_ended(media, ["failed"])
    make_task(media)
    aborted = make_task(media)
    _abort(admin, aborted)
    for outcome, tasks in (("all", [whole]), ("some", [some]), ("none", [every])):
        assert _found(admin.get(LIST, {"outcome": outcome})) == tasks
    assert len(_found(admin.get(LIST, {"outcome": "nonsense"}))) == 5


def test_it_asks_no_more_for_more_failures(admin, make_media, make_ended):
    media, counts = make_media(), []
    for more in (1, 19):
        for _ in range(more):
            make_ended(media, ["done", "failed"])
        counts.append(queries_of(lambda: admin.get(LIST)))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_it_is_titled_by_its_media_and_leads_there(admin, make_media, make_task):
    media = make_media("clip.mp4")
    task = make_task(media)
    page = admin.get(_page(task)).content.decode()
    assert "<h1>Task of clip.mp4</h1>" in page
    link = f'<a href="{reverse("admin:snapshots_media_change", args=[media.pk])}">clip.mp4</a>'
    assert link in page.split("mh-notice")[0]
    media.delete()
    gone = admin.get(_page(task)).content.decode()
    assert f"<h1>Task of {task.file_id} (deleted)</h1>" in gone


def test_it_reloads_soon_while_new_and_then_less_often(admin, make_media, make_task):
    task = make_task(make_media())
    assert 'http-equiv="refresh" content="1"' in admin.get(_page(task)).content.decode()
    Task.objects.update(created_at=timezone.now() - timedelta(seconds=2))
    assert 'http-equiv="refresh" content="3"' in admin.get(_page(task)).content.decode()


def test_it_tells_times_with_seconds_and_zone(admin, make_media, make_ended):
    when = datetime(2026, 1, 31, 13, 5, 9, tzinfo=UTC)
    task = make_ended(make_media(), ["done"])
    Task.objects.update(created_at=when, started_at=when, finished_at=when)
    page = admin.get(_page(task)).content.decode()
    assert page.count("2026-01-31 13:05:09 UTC") == 3


def test_it_aborts_a_waiting_task(admin, make_media, make_task):
    task = make_task(make_media())
    assert (
        reverse("admin:snapshots_task_abort", args=[task.pk])
        in admin.get(_page(task)).content.decode()
    )
    response = _abort(admin, task)
    assert texts(response) == ["The task was aborted."]
    task.refresh_from_db()
    assert task.status == "aborted"
    assert Event.objects.filter(subject=task.task_id).count() == 1


def test_it_does_not_abort_what_has_begun_or_ended(admin, make_media, make_snapshot):
    task = make_snapshot(make_media()).operation.task
    assert "/abort/" not in admin.get(_page(task)).content.decode()
    assert "Only a waiting task can be aborted" in texts(_abort(admin, task))[0]
    assert Task.objects.get(pk=task.pk).status == "finished"


def test_it_aborts_only_by_post_and_only_what_exists(admin, make_media, make_task):
    task = make_task(make_media())
    assert admin.get(reverse("admin:snapshots_task_abort", args=[task.pk])).status_code == 405
    assert admin.post(reverse("admin:snapshots_task_abort", args=[task.pk + 1])).status_code == 404


def test_it_is_not_edited_or_deleted_here(admin, make_media, make_task):
    task = make_task(make_media())
    assert admin.post(_page(task), {"priority": 9}).status_code == 403
    assert admin.post(reverse("admin:snapshots_task_delete", args=[task.pk])).status_code == 403
    assert admin.get(reverse("admin:snapshots_task_add")).status_code == 403
