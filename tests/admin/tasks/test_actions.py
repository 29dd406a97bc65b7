"""Tasks run again and aborted from the console, one or many."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from snapshots.models import Operation, Task

from ..conftest import texts

LIST = reverse("admin:snapshots_task_changelist")


def _page(task):
    return reverse("admin:snapshots_task_change", args=[task.pk])


def _again(task):
    return reverse("admin:snapshots_task_run_again", args=[task.pk])


def _choose(client, action, *tasks):
    return client.post(LIST, {"action": action, "_selected_action": [task.pk for task in tasks]})


def test_it_runs_an_ended_task_again(admin, admin_user, make_media, make_ended):
    task = make_ended(make_media(), ["done", "failed"])
    assert _again(task) in admin.get(_page(task)).content.decode()
    response = admin.post(_again(task))
    again = Task.objects.exclude(pk=task.pk).get()
    assert response["Location"] == _page(again)
    assert texts(response) == ["The task runs again as this new task."]
    assert (again.status, again.interface, again.requested_by) == ("waiting", "console", admin_user)
    assert again.rerun_of == task
    assert again.task_id != task.task_id
    asked, before = again.operations.get(), task.operations.get()
    assert (asked.at, asked.template) == (before.at, before.template)
    assert LogEntry.objects.get().change_message == f"Run again as {again.task_id}."


def test_what_has_not_ended_is_not_run_again(admin, make_media, make_task):
    task = make_task(make_media())
    assert _again(task) not in admin.get(_page(task)).content.decode()
    response = admin.post(_again(task))
    assert response["Location"] == _page(task)
    assert texts(response) == ["This task has not ended yet. Wait for it, or abort it."]
    assert Task.objects.count() == 1


def test_what_has_lost_its_media_is_not_run_again(admin, make_media, make_ended):
    task = make_ended(make_media(), ["done"])
    task.media.delete()
    assert _again(task) not in admin.get(_page(task)).content.decode()
    assert texts(admin.post(_again(task))) == ["The video of this task was deleted."]


def test_a_task_that_sets_a_cover_needs_the_right_to(sign_in, make_media, make_ended):
    task = make_ended(make_media(), ["done"])
    client = sign_in("view_task", "add_task")
    assert _again(task) in client.get(_page(task)).content.decode()
    Operation.objects.filter(task=task).update(type="cover")
    assert _again(task) not in client.get(_page(task)).content.decode()
    assert texts(client.post(_again(task))) == [
        "It would set a cover, which you do not have permission to do."
    ]
    assert Task.objects.count() == 1


@pytest.mark.parametrize("rights", [("view_task",), ("view_task", "change_task"), ("add_task",)])
def test_it_needs_the_right_to_add_tasks(sign_in, make_media, make_ended, rights):
    task = make_ended(make_media(), ["done"])
    assert sign_in(*rights).post(_again(task)).status_code == 403


def test_it_runs_again_only_by_post_and_only_what_exists(admin, make_media, make_ended):
    task = make_ended(make_media(), ["done"])
    assert admin.get(_again(task)).status_code == 405
    gone = reverse("admin:snapshots_task_run_again", args=[task.pk + 1])
    assert admin.post(gone).status_code == 404


def test_many_run_again_and_the_others_are_reported(admin, make_media, make_ended, make_task):
    media = make_media()
    ended = [make_ended(media, ["done"]), make_ended(media, ["failed"])]
    waiting = [make_task(media), make_task(media)]
    response = _choose(admin, "run_again_selected", *ended, *waiting)
    assert texts(response) == [
        "2 tasks left out: This task has not ended yet. Wait for it, or abort it.",
        "2 tasks run again.",
    ]
    assert set(Task.objects.exclude(rerun_of=None).values_list("rerun_of", flat=True)) == {
        task.pk for task in ended
    }


def test_many_are_aborted_and_the_others_are_reported(admin, make_media, make_ended, make_task):
    media = make_media()
    waiting = [make_task(media), make_task(media)]
    response = _choose(admin, "abort_selected", make_ended(media, ["done"]), *waiting)
    shown = texts(response)
    assert shown[0].startswith("1 task left out: Only a waiting task can be aborted")
    assert shown[1:] == ["2 tasks were aborted."]
    assert Task.objects.filter(status="aborted").count() == 2


def test_the_list_offers_what_the_user_may_do(sign_in, make_media, make_task):
    make_task(make_media())
    page = sign_in("view_task", "add_task").get(LIST).content.decode()
    assert "run_again_selected" in page
    assert "abort_selected" not in page
