"""Snapshots and events are shown and never edited; pictures can be deleted."""

import re

import pytest
from django.urls import reverse

from snapshots.models import Event, Snapshot

from .conftest import texts

SNAPSHOTS = reverse("admin:snapshots_snapshot_changelist")


def test_it_lists_pictures_with_their_receipts(admin, make_media, make_snapshot):
    media = make_media("clip.mp4")
    snapshot = make_snapshot(media, at="1.5s")
    make_snapshot(media, picture="", pts=None, error_code="timeout", is_current=False, at="9s")
    page = admin.get(SNAPSHOTS)
    assert list(page.context["cl"].result_list) == [snapshot]
    for words in (snapshot.picture, "1.5s", "clip.mp4", "1.001 s", "1080 × 1920"):
        assert words in page.content.decode()


def test_it_finds_the_pictures_of_a_video_or_a_task(admin, make_media, make_snapshot):
    snapshot, _other = make_snapshot(make_media("a.mp4")), make_snapshot(make_media("b.mp4"))
    queries = [
        {"media": snapshot.media.file_id},
        {"q": snapshot.operation.task.task_id},
        {"q": "a.mp4"},
    ]
    for query in queries:
        assert list(admin.get(SNAPSHOTS, query).context["cl"].result_list) == [snapshot]


def test_it_says_what_is_current_and_what_was_made_as_a_cover(admin, make_media, make_snapshot):
    media = make_media()
    make_snapshot(media)
    make_snapshot(media, is_current=False)
    cover = make_snapshot(media, is_current=False)
    cover.operation.type = "cover"
    cover.operation.save()
    page = admin.get(SNAPSHOTS).content.decode()
    cells = re.findall(r'<td class="field-current">(.*?)</td>', page)
    title = "From the newest set of snapshots of this template"
    badge = f'<span class="mh-badge mh-current" title="{title}">In use</span>'
    assert cells == ["Made as a cover", "No", badge]
    assert "icon-no" not in page


def test_it_shows_the_whole_receipt(admin, make_media, make_snapshot):
    snapshot = make_snapshot(make_media())
    page = admin.get(
        reverse("admin:snapshots_snapshot_change", args=[snapshot.pk])
    ).content.decode()
    for words in ("90090", "1/90000", "1000 ms", snapshot.sha256, snapshot.operation.task.task_id):
        assert words in page


def test_it_shows_an_events_payload_and_deliveries(admin):
    event = Event.objects.create(kind="task.finished", subject="t-1", sequence=1, mode="push",
                                 payload={"task": {"name": "<名字>"}})  # fmt: skip
    event.deliveries.create(attempt=1, url="https://example.com/hook", error_code="refused")
    page = admin.get(reverse("admin:snapshots_event_change", args=[event.pk])).content.decode()
    for words in ("t-1", "&lt;名字&gt;", "https://example.com/hook", "refused"):
        assert words in page


@pytest.mark.parametrize("model", ["snapshot", "event"])
def test_they_are_not_edited(admin, make_media, make_snapshot, model):
    snapshot = make_snapshot(make_media())
    event = Event.objects.create(
        kind="media.ready", subject="1", sequence=1, mode="pull", payload={}
    )
    row = {"snapshot": snapshot, "event": event}[model]
    page = f"admin:snapshots_{model}"
    assert admin.get(reverse(f"{page}_add")).status_code == 403
    assert admin.post(reverse(f"{page}_change", args=[row.pk]), {}).status_code == 403


def test_it_deletes_pictures_through_the_service(admin, make_media, make_snapshot):
    one, two = make_snapshot(make_media()), make_snapshot(make_media())
    page = reverse("admin:snapshots_snapshot_delete", args=[one.pk])
    assert "clip.mp4 · 1s" in admin.get(page).content.decode()
    admin.post(page, {"post": "yes"})
    selected = {"action": "delete_selected", "_selected_action": [two.pk]}
    assert admin.post(SNAPSHOTS, selected).status_code == 200
    assert Snapshot.objects.done().get() == two
    admin.post(SNAPSHOTS, {**selected, "post": "yes"})
    for row in Snapshot.objects.all():
        assert (row.picture, row.error_code) == ("", "snapshot_not_found")
    assert Snapshot.objects.count() == 2


def test_it_leaves_covers_alone(admin, make_media, make_snapshot):
    media = make_media()
    media.cover_snapshot = cover = make_snapshot(media)
    media.save()
    page = reverse("admin:snapshots_snapshot_delete", args=[cover.pk])
    assert admin.post(page, {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [cover.pk], "post": "yes"}
    expected = "1 snapshot left out: it is a cover. Set another cover first."
    assert texts(admin.post(SNAPSHOTS, selected)) == [expected]
    assert Snapshot.objects.done().get() == cover


def test_events_are_not_deleted(admin):
    event = Event.objects.create(
        kind="media.ready", subject="1", sequence=1, mode="pull", payload={}
    )
    page = reverse("admin:snapshots_event_delete", args=[event.pk])
    assert admin.post(page, {"post": "yes"}).status_code == 403
