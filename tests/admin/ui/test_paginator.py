"""Lists too long to be counted: pages of the first thousands, and searches that indexes answer."""

import pytest
from django.db import connection
from django.urls import reverse

from snapshots.admin.ui import paginator
from snapshots.models import Media, MediaTag, Task
from snapshots.models.queries import indexed_or

LISTS = {model: reverse(f"admin:snapshots_{model}_changelist") for model in ("media", "task")}


@pytest.fixture
def short(monkeypatch):
    """Three rows are a long list, two are more than a few."""
    monkeypatch.setattr(paginator, "COUNTED_TO", 3)
    monkeypatch.setattr(indexed_or, "_MAX_KEYS", 1)


def test_a_long_list_says_that_it_shows_the_first(admin, make_media, short):
    for number in range(3):
        make_media(f"{number}.mp4")
    page = admin.get(LISTS["media"])
    assert page.context["cl"].result_count == 3
    assert "The first 3 media. Search or filter to find others." in page.content.decode()
    Media.objects.first().delete()
    page = admin.get(LISTS["media"]).content.decode()
    assert "The first" not in page
    assert "2\n" in page.split('class="paginator"')[1]


@pytest.mark.parametrize("few", [1, 1000])
def test_few_and_many_are_found_alike(make_media, monkeypatch, few):
    monkeypatch.setattr(indexed_or, "_MAX_KEYS", few)
    first, second, third = (make_media(name) for name in ("beach.mp4", "sea.mp4", "wood.mp4"))
    MediaTag.objects.create(media=second, name="beach")
    MediaTag.objects.create(media=first, name="beach")
    found = Media.objects.search("beach")
    assert list(found) == [second, first]  # the newest first, and each once
    assert list(Media.objects.filter(name="sea.mp4").search("beach")) == [second]
    assert list(Media.objects.search(third.file_id)) == [third]
    assert list(Media.objects.search("nothing")) == []


@pytest.mark.parametrize("few", [0, 1000])
def test_tasks_are_found_by_each_of_their_names(admin, make_media, make_task, monkeypatch, few):
    monkeypatch.setattr(indexed_or, "_MAX_KEYS", few)
    task = make_task(make_media("beach.mp4"), session_id="s-1")
    make_task(make_media("wood.mp4"))
    for words in ("each", task.task_id, task.file_id, "s-1"):
        rows = admin.get(LISTS["task"], {"q": words}).context["cl"].result_list
        assert list(rows) == [task]


def test_what_lists_ask_for_is_answered_by_an_index(db):
    plans = {
        "media_by_status": Media.objects.filter(status="failed"),
        "media_by_codec": Media.objects.filter(codec="h264"),
        "media_by_name": Media.objects.order_by().filter(name__icontains="x").values("pk"),
        "task_by_end": Task.objects.order_by().filter(finished_at__gte="2026-01-01T00:00:00Z"),
    }
    if connection.vendor == "sqlite":  # another database decides by its statistics
        assert {name for name, rows in plans.items() if name in rows.explain()} == plans.keys()
