"""The list of media: what it shows, finds and sorts, and how little it asks the database."""

import pytest
from django.urls import reverse

from snapshots.models import MediaTag

from ..conftest import queries_of

LIST = reverse("admin:snapshots_media_changelist")


def _names(response):
    return [row.name for row in response.context["cl"].result_list]


def test_it_shows_what_is_known(admin, make_media, make_snapshot):
    media = make_media("holiday.mp4")
    make_snapshot(media)
    make_snapshot(media)
    page = admin.get(LIST).content.decode()
    assert reverse("admin:snapshots_media_change", args=[media.pk]) in page
    for words in ("holiday.mp4", "0:12.5", "1080 × 1920", "H.264", "mh-ready", "Ready"):
        assert words in page
    assert f'?media={media.file_id}">2</a>' in page


def test_it_shows_the_cover(admin, make_media, make_snapshot):
    media = make_media()
    media.cover_snapshot = make_snapshot(media)
    media.save()
    assert media.cover_snapshot.picture in admin.get(LIST).content.decode()


def test_it_does_not_count_failed_points(admin, make_media, make_snapshot):
    make_snapshot(make_media(), picture="", pts=None, error_code="timeout", is_current=False)
    assert "?media=" not in admin.get(LIST).content.decode()


def test_it_finds_by_name_file_id_and_tag(admin, make_media):
    beach = make_media("beach.mp4")
    make_media("forest.mp4")
    MediaTag.objects.create(media=beach, name="sea")
    for words in ("each", "be", beach.file_id, "sea"):
        assert _names(admin.get(LIST, {"q": words})) == ["beach.mp4"]
    assert _names(admin.get(LIST, {"q": "ea"})) == []


def test_it_filters_and_sorts(admin, make_media, make_probing):
    make_media("a.mp4")
    make_probing("b.mp4", codec="vp9")
    assert _names(admin.get(LIST, {"status__exact": "probing"})) == ["b.mp4"]
    assert _names(admin.get(LIST, {"codec": "h264"})) == ["a.mp4"]
    newest_first = admin.get(LIST, {"o": "-8"})
    assert _names(newest_first) == ["b.mp4", "a.mp4"]
    assert _names(admin.get(LIST, {"o": "8"})) == ["a.mp4", "b.mp4"]


def test_it_offers_the_codecs_there_are_and_no_blank_one(admin, make_media, make_probing):
    make_media(codec="h264")
    make_probing()
    [codec] = [spec for spec in admin.get(LIST).context["cl"].filter_specs if spec.title == "codec"]
    assert codec.lookup_choices == [("h264", "H.264")]


@pytest.mark.parametrize("model", ["media", "task", "snapshot"])
def test_it_asks_the_same_number_of_queries_for_1_and_20_rows(
    admin, make_media, make_snapshot, model
):
    page = reverse(f"admin:snapshots_{model}_changelist")
    counts = []
    for more in (1, 19):
        for number in range(more):
            media = make_media(f"{number}.mp4")
            media.cover_snapshot = make_snapshot(media)
            media.save()
        counts.append(queries_of(lambda: admin.get(page)))
    assert counts[0] == counts[1]
    assert counts[0] <= 12
