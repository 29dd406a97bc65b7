"""Who may only look sees everything, and nothing that they press or post works."""

import pytest
from django.urls import reverse

from snapshots.models import Event, Media, SnapshotTemplate, Task

from .conftest import inline_parts

MEDIA_LIST = reverse("admin:snapshots_media_changelist")


def _url(name, *args):
    return reverse(f"admin:snapshots_{name}", args=args)


@pytest.fixture
def rows(make_media, make_snapshot, make_task):
    media = make_media()
    media.cover_snapshot = make_snapshot(media)
    media.save()
    event = Event.objects.create(
        kind="media.ready", subject="1", sequence=1, mode="pull", payload={}
    )
    return {
        "media": media, "snapshot": media.cover_snapshot, "task": make_task(media),
        "snapshottemplate": SnapshotTemplate.objects.create(name="mine"), "event": event,
    }  # fmt: skip


def test_a_viewer_sees_everything(viewer, rows):
    assert viewer.get(reverse("admin:index")).status_code == 200
    for name, row in rows.items():
        assert viewer.get(_url(f"{name}_changelist")).status_code == 200
        assert viewer.get(_url(f"{name}_change", row.pk)).status_code == 200


def test_a_viewer_reads_tags_and_description(viewer, make_media):
    media = make_media(description="Some words")
    for name in ("sea", "sun"):
        media.tag_rows.create(name=name)
    page = viewer.get(_url("media_change", media.pk)).content.decode()
    assert "Some words" in page
    assert "sea, sun" in page


def test_refusals_are_pages_too(viewer):
    refused, gone = viewer.get(_url("media_add")), viewer.get("/nothing/")
    assert (refused.status_code, gone.status_code) == (403, 404)
    for response in (refused, gone):
        assert reverse("admin:index") in response.content.decode()
        assert inline_parts(response) == []


def test_a_viewer_is_offered_nothing_to_do(viewer, rows):
    media = rows["media"]
    pages = [MEDIA_LIST, _url("snapshottemplate_changelist"), _url("task_changelist")]
    pages += [_url(f"{name}_change", row.pk) for name, row in rows.items()]
    forbidden = [
        "Take snapshots…", "Set cover at…", "Remove cover", "Make cover", "/abort/",
        "/run-again/", "Duplicate", "Delete selected", 'name="_save"', "/delete/",
        "/add/", 'name="action"',
    ]  # fmt: skip
    assert media.cover_snapshot is not None
    for page in pages:
        text = viewer.get(page).content.decode()
        for words in forbidden:
            assert words not in text, (page, words)


def test_nothing_that_a_viewer_posts_works(viewer, rows):
    media, task, template = rows["media"], rows["task"], rows["snapshottemplate"]
    asked = {"media": media.pk, "template": 10, "at": "1s", "mode": "exact"}
    cover = {"snapshot": rows["snapshot"].pk}
    posts = [
        (_url("media_add"), {}),
        (_url("media_change", media.pk), {"name": "taken"}),
        (_url("media_delete", media.pk), {"post": "yes"}),
        (_url("media_take_snapshots"), asked),
        (_url("media_set_cover_at"), asked),
        (_url("media_make_cover", media.pk), cover),
        (_url("media_remove_cover", media.pk), {}),
        (_url("task_abort", task.pk), {}),
        (_url("task_run_again", rows["snapshot"].operation.task.pk), {}),
        (_url("snapshot_delete", rows["snapshot"].pk), {"post": "yes"}),
        (_url("snapshottemplate_add"), {"name": "new"}),
        (_url("snapshottemplate_change", template.pk), {"name": "taken"}),
        (_url("snapshottemplate_delete", template.pk), {"post": "yes"}),
        (_url("accesskey_add"), {"name": "mine"}),
    ]
    for page, values in posts:
        assert viewer.post(page, values).status_code == 403, page
    for action in ("take_snapshots", "set_cover_at", "delete_selected"):
        chosen = {"action": action, "_selected_action": [media.pk], "post": "yes"}
        viewer.post(MEDIA_LIST, chosen)
    for action in ("run_again_selected", "abort_selected"):
        keys = list(Task.objects.values_list("pk", flat=True))
        viewer.post(_url("task_changelist"), {"action": action, "_selected_action": keys})
    media.refresh_from_db()
    task.refresh_from_db()
    template.refresh_from_db()
    assert (media.name, media.cover_snapshot) == ("clip.mp4", rows["snapshot"])
    assert (task.status, template.name) == ("waiting", "mine")
    assert Task.objects.count() == 2
    assert Media.objects.count() == 1


def test_pages_to_ask_are_closed_to_a_viewer(viewer, rows):
    for name in ("media_take_snapshots", "media_set_cover_at"):
        assert viewer.get(_url(name) + f"?media={rows['media'].pk}").status_code == 403


def test_without_any_permission_nothing_is_seen(sign_in, rows):
    client = sign_in()
    for name, row in rows.items():
        assert client.get(_url(f"{name}_changelist")).status_code == 403
        assert client.get(_url(f"{name}_change", row.pk)).status_code == 403


def test_snapshots_need_add_task_and_covers_change_media(sign_in, rows):
    client = sign_in("view_media", "add_task")
    media = rows["media"]
    asked = {"media": media.pk, "template": 10, "at": "1s", "mode": "exact", "as_cover": "on"}
    assert client.post(_url("media_set_cover_at"), asked).status_code == 403
    page = f"{_url('media_take_snapshots')}?media={media.pk}"
    form = client.get(page).context["form"]
    assert "as_cover" not in form.fields
    assert client.post(_url("media_take_snapshots"), asked).status_code == 302
    newest = Task.objects.first()
    assert [row.type for row in newest.operations.all()] == ["snapshot"]
    assert client.post(_url("media_remove_cover", media.pk)).status_code == 403


def test_change_media_alone_submits_nothing(sign_in, rows):
    client = sign_in("view_media", "change_media")
    asked = {"media": rows["media"].pk, "template": 10, "at": "1s", "mode": "exact"}
    for name in ("media_take_snapshots", "media_set_cover_at"):
        assert client.post(_url(name), asked).status_code == 403
    assert client.post(_url("media_remove_cover", rows["media"].pk)).status_code == 302
