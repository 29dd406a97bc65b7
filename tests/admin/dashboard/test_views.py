"""The home page: what it counts, for whom, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from snapshots.admin.dashboard import chart
from snapshots.models import Event, Media

from ..conftest import queries_of

HOME = reverse("admin:index")


def _tiles(client):
    return {str(tile.label): tile for tile in client.get(HOME).context["tiles"]}


def test_it_says_that_there_is_nothing_yet(admin):
    page = admin.get(HOME).content.decode()
    assert "Nothing here yet." in page
    assert "Add your first video" in page
    assert "No tasks have ended in the last days." in page
    assert {tile.value for tile in _tiles(admin).values()} == {"0", "0\xa0bytes"}


def test_it_counts(admin, make_media, make_probing, make_task, make_snapshot):
    media = make_media(size_bytes=3 * 2**20)
    make_media("bad.mp4", status="failed", error_code="no_video", size_bytes=2**20)
    make_probing(link="/elsewhere.mp4", source_type="link", size_bytes=2**40)
    make_snapshot(media, size_bytes=2**20)
    old = make_task(media)
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    make_task(media)
    Event.objects.create(kind="media.ready", subject="1", sequence=1, mode="pull", payload={})
    Event.objects.create(kind="media.ready", subject="2", sequence=1, mode="push", payload={},
                         given_up_at=timezone.now())  # fmt: skip
    tiles = _tiles(admin)
    assert (tiles["Media"].value, tiles["Media"].note) == ("3", "1 being analysed, 1 failed")
    assert (tiles["Tasks waiting"].value, tiles["Tasks waiting"].note) == (
        "2", "oldest: 5 min",
    )  # fmt: skip
    assert tiles["Tasks waiting"].url.endswith("?status__exact=waiting")
    assert tiles["Storage used"].value == "5.0\xa0MB"
    assert tiles["Storage used"].note == "videos 4.0\xa0MB, pictures 1.0\xa0MB"
    assert tiles["Events not delivered"].note == "1 to pull, 1 undeliverable"
    assert tiles["Events not delivered"].state == "failed"


def test_it_draws_the_tasks_of_each_day(admin, make_media, make_ended):
    media = make_media()
    for days in (0, 0, 3, 40):
        task = make_ended(media, ["done"])
        when = timezone.now() - timedelta(days=days)
        type(task).objects.filter(pk=task.pk).update(finished_at=when)
    response = admin.get(HOME)
    bars = response.context["chart"]["bars"]
    assert [row["bar"].good for row in bars] == [0] * 10 + [1, 0, 0, 2]
    page = response.content.decode()
    summary = "In the last 14 days, 3 tasks finished and 0 failed."
    assert f'<desc id="mh-chart-desc">{summary}</desc>' in page
    assert page.count("<rect") == 28
    assert re.search(r"<td>2</td>\s*<td>0</td>", page)


def test_bars_lie_on_their_lines():
    drawn = chart.of([chart.Bar("a", "a", 7, 1), chart.Bar("b", "b", 0, 10_000)])
    assert [line["value"] for line in drawn["lines"]] == [0, 5000, 10_000]
    small, large = drawn["bars"]
    assert (small["good_height"], small["bad_height"]) == (1, 1)  # seen, however few
    assert large["bad_y"] == drawn["lines"][2]["y"]
    assert large["bad_y"] + large["bad_height"] == drawn["base"]
    assert large["x"] + large["width"] <= drawn["width"]


@pytest.mark.parametrize(("maximum", "top"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (41, 100)])
def test_the_scale_ends_at_a_round_number(maximum, top):
    assert chart.of([chart.Bar("a", "a", maximum, 0)])["lines"][-1]["value"] == top


def test_it_shows_the_latest_with_their_covers(admin, make_media, make_snapshot):
    media = make_media("new.mp4")
    Media.objects.filter(pk=media.pk).update(cover_snapshot=make_snapshot(media))
    [card] = admin.get(HOME).context["latest"]
    assert card["cover"].endswith(".jpg")
    assert (card["name"], card["duration"]) == ("new.mp4", "0:12.5")


def test_it_asks_the_same_number_of_queries_however_much_there_is(admin, make_media, make_snapshot):
    empty = queries_of(lambda: admin.get(HOME))
    for number in range(12):
        media = make_media(f"{number}.mp4")
        media.cover_snapshot = make_snapshot(media)
        media.save()
    assert queries_of(lambda: admin.get(HOME)) == empty <= 16


def test_nobody_sees_figures_of_what_they_may_not_see(sign_in):
    client = sign_in("view_media")
    assert set(_tiles(client)) == {"Media", "Storage used"}
    assert "chart" not in client.get(HOME).context
    assert "Add your first video" not in client.get(HOME).content.decode()
