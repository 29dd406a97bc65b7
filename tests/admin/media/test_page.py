"""The page of one media: its facts, its words, its cover, its pictures and tasks."""

import re

import pytest
from django.urls import reverse

from snapshots.models import Snapshot, SnapshotTemplate

from ..conftest import queries_of, texts


def _page(media):
    return reverse("admin:snapshots_media_change", args=[media.pk])


def _make_cover(client, media, snapshot):
    url = reverse("admin:snapshots_media_make_cover", args=[media.pk])
    return client.post(url, {"snapshot": snapshot})


def _remove_cover(client, media):
    return client.post(reverse("admin:snapshots_media_remove_cover", args=[media.pk]))


def test_it_tells_the_facts_in_words(admin, make_media):
    page = admin.get(_page(make_media())).content.decode()
    for words in ("MP4", "H.264", "0:12.5", "1080 × 1920 (stored as 1920 × 1080)",
                  "90° clockwise", "Variable, 29.97 frames per second on average", "Standard",
                  "Pictures will be rotated 90° clockwise, as the file specifies.",
                  "No cover yet.", "No snapshots yet.", "No tasks yet."):  # fmt: skip
        assert words in page


def test_it_links_to_the_source_and_to_the_requests(admin, make_media):
    media = make_media()
    page = admin.get(_page(media)).content.decode()
    assert f'href="/api/v1/media/{media.file_id}/file/"' in page
    for name in ("take_snapshots", "set_cover_at"):
        assert reverse(f"admin:snapshots_media_{name}") + f"?media={media.pk}" in page


def test_it_says_why_a_video_failed(admin, make_probing):
    media = make_probing(status="failed", error_code="no_video", error_message="No video in it.")
    page = admin.get(_page(media)).content.decode()
    assert "No video in it." in page
    assert "no_video" in page
    assert "No cover yet." not in page
    assert "No cover: no frame of this file can be decoded." in page
    assert "Delete this one, and upload a file that plays in a video player." in page
    assert f'href="{reverse("admin:snapshots_media_add")}"' in page
    assert "?media=" + str(media.pk) not in page  # nothing can be taken of it


def test_it_does_not_blame_the_file_for_what_may_pass(admin, make_probing):
    media = make_probing(status="failed", error_code="timeout", error_message="It took too long.")
    assert "upload it again" in admin.get(_page(media)).content.decode()


def test_it_tells_times_with_seconds_and_zone(admin, make_media, make_snapshot):
    media = make_media()
    _make_cover(admin, media, make_snapshot(media).pk)
    page = admin.get(_page(media)).content.decode()
    assert len(re.findall(r">\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\s*<", page)) == 2


def test_it_shows_which_of_its_tasks_failed(admin, make_media, make_ended):
    media = make_media()
    make_ended(media, ["done", "failed"])
    assert "Finished, 1 of 2 failed" in admin.get(_page(media)).content.decode()


def test_it_says_that_it_is_still_being_looked_at(admin, make_probing):
    assert "The video is being analysed." in admin.get(_page(make_probing())).content.decode()


def test_it_saves_name_description_and_tags_through_the_service(admin, make_media):
    media = make_media()
    values = {"name": "New", "description": "Words", "tags": "sea, sun， sea\n"}
    assert admin.post(_page(media), values).status_code == 302
    media.refresh_from_db()
    assert (media.name, media.description, media.tags) == ("New", "Words", ["sea", "sun"])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 256, "at most 255 characters"),
        ("description", "x" * 4097, "at most 4096 characters"),
        ("tags", "x" * 33, "Use tags of 1 to 32 characters."),
        ("tags", ",".join(f"t{n}" for n in range(17)), "Use at most 16 tags."),
    ],
)
def test_it_shows_what_the_service_refuses_at_its_field(admin, make_media, field, value, words):
    media = make_media("Old")
    given = {"name": "New", "description": "", "tags": "", field: value}
    response = admin.post(_page(media), given)
    assert response.status_code == 200
    assert words in " ".join(response.context["adminform"].form.errors[field])
    media.refresh_from_db()
    assert (media.name, media.tags) == ("Old", [])


def test_it_shows_pictures_by_template_with_their_receipts(admin, make_media, make_snapshot):
    media = make_media()
    one, two = make_snapshot(media, at="1s"), make_snapshot(media, at="2s", definition=20)
    response = admin.get(_page(media))
    page = response.content.decode()
    wide = f"{SnapshotTemplate.objects.get(pk=20).name} (20)"
    for words in (one.picture, two.picture, "90090 × 1/90000", "1.001 s", "Source size (10)", wide,
                  "1280 on the long side"):  # fmt: skip
        assert words in page
    assert [len(group["pictures"]) for group in response.context["pictures"]] == [1, 1]


def test_it_makes_a_snapshot_the_cover(admin, make_media, make_snapshot, admin_user):
    media = make_media()
    snapshot = make_snapshot(media, at="2.5s")
    response = _make_cover(admin, media, snapshot.pk)
    assert response["Location"] == _page(media)
    assert texts(response) == ["The cover was set."]
    media.refresh_from_db()
    assert (media.cover_snapshot, media.cover_by) == (snapshot, "user")
    page = admin.get(_page(media)).content.decode()
    assert f"<dd>\n          {admin_user.username}\n        </dd>" in page
    assert "This is the cover." in page


@pytest.mark.parametrize("wanted", ["", "x", "999999", "9" * 40])
def test_it_says_when_there_is_no_such_snapshot(admin, make_media, wanted):
    media = make_media()
    response = _make_cover(admin, media, wanted)
    assert "has no snapshot" in texts(response)[0]
    media.refresh_from_db()
    assert media.cover_snapshot is None


def test_it_does_not_take_another_medias_snapshot_as_cover(admin, make_media, make_snapshot):
    media = make_media()
    _make_cover(admin, media, make_snapshot(make_media()).pk)
    media.refresh_from_db()
    assert media.cover_snapshot is None


def test_it_removes_the_cover(admin, make_media, make_snapshot):
    media = make_media()
    _make_cover(admin, media, make_snapshot(media).pk)
    response = _remove_cover(admin, media)
    assert texts(response)[-1] == "The cover was removed."
    media.refresh_from_db()
    assert media.cover_snapshot is None
    assert Snapshot.objects.count() == 1


def test_it_changes_covers_only_by_post_and_of_media_that_exist(admin, make_media):
    media = make_media()
    for name in ("make_cover", "remove_cover"):
        page = f"admin:snapshots_media_{name}"
        assert admin.get(reverse(page, args=[media.pk])).status_code == 405
        assert admin.post(reverse(page, args=[media.pk + 1])).status_code == 404


def test_it_asks_the_same_number_of_queries_for_1_and_20_rows(admin, make_media, make_snapshot):
    media, counts = make_media(), []
    admin.get(_page(media))  # fills Django's cache of content types
    for more in (1, 19):
        for _ in range(more):
            make_snapshot(media)
        counts.append(queries_of(lambda: admin.get(_page(media))))
    assert counts[0] == counts[1]
    assert counts[0] <= 12
