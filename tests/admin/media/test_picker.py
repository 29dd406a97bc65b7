"""The frame picker's page and its suggestions, asked for without a browser."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from snapshots.services import covers
from snapshots.services.library import media as media_service
from snapshots.services.work import pipeline
from tests.support import storage_paths

from ..conftest import inline_parts


def page_of(media):
    return reverse("admin:snapshots_media_pick", args=[media.pk])


def setup_of(response):
    found = re.search(
        r'<script id="mh-picker-setup" type="application/json">(.*?)</script>',
        response.content.decode(),
    )
    return json.loads(found[1])


@pytest.fixture
def probed(db, clip):
    """A media item with a file of 60 frames of its own, probed."""
    media = media_service.import_file(path=clip)
    assert pipeline.probe_next()
    media.refresh_from_db()
    return media


def test_it_tells_the_script_where_everything_is(admin, probed):
    setup = setup_of(admin.get(page_of(probed)))
    assert (setup["last"], setup["media"], setup["mayCover"]) == (59, probed.file_id, True)
    assert admin.get(setup["urls"]["frames"], {"from": "f3"}).status_code == 200
    assert admin.get(setup["urls"]["frame"], {"at": "f3"}).status_code == 200
    assert "token=" in setup["urls"]["source"]


def test_nothing_of_it_is_inline(admin, probed):
    response = admin.get(page_of(probed))
    found = [tag for tag in inline_parts(response) if "application/json" not in tag]
    assert found == []


def test_a_viewer_has_no_buttons_that_change(viewer, probed):
    page = viewer.get(page_of(probed)).content.decode()
    assert 'data-part="preview"' in page
    assert 'data-part="take"' not in page
    assert 'data-part="cover-button"' not in page


def test_it_is_closed_to_those_who_may_not_see_media(sign_in, probed):
    client = sign_in("view_snapshot")
    assert client.get(page_of(probed)).status_code == 403
    suggest = reverse("admin:snapshots_media_suggest", args=[probed.pk])
    assert client.get(suggest).status_code == 403


def test_what_is_not_ready_says_so(admin, make_probing):
    media = make_probing()
    page = admin.get(page_of(media))
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert "picker.js" not in page.content.decode()
    listed = admin.get(reverse("admin:snapshots_media_changelist")).content.decode()
    assert page_of(media) not in listed


def test_no_such_media_is_404(admin):
    assert admin.get("/admin/snapshots/media/999999/pick/").status_code == 404
    assert admin.get("/admin/snapshots/media/999999/suggest/").status_code == 404


def test_it_suggests_frames_of_the_video(admin, probed):
    answer = admin.get(reverse("admin:snapshots_media_suggest", args=[probed.pk]))
    frames = answer.json()["frames"]
    assert len(frames) == 6
    assert frames == sorted(set(frames))
    assert all(0 <= number < 60 for number in frames)


def test_a_missing_source_is_an_error(admin, probed):
    storage_paths.source_path(probed.source).unlink()
    answer = admin.get(reverse("admin:snapshots_media_suggest", args=[probed.pk]))
    assert answer.status_code == 422
    assert answer.json()["detail"]


class TestUndo:
    @pytest.fixture
    def changed(self, make_media, make_snapshot):
        """A media item whose cover was changed from `1s` to `2s`."""
        media = make_media()
        for at in ("1s", "2s"):
            covers.set_snapshot(media=media, snapshot=make_snapshot(media, at=at).pk, user="ada")
        media.refresh_from_db()
        return media

    def undo(self, client, media, change):
        url = reverse("admin:snapshots_media_undo_cover", args=[media.pk])
        return client.post(url, {"change": change}, follow=True)

    def test_the_button_brings_back_the_cover_before(self, admin, changed):
        page = admin.get(reverse("admin:snapshots_media_change", args=[changed.pk]))
        self.undo(admin, changed, page.context["before"]["change"])
        changed.refresh_from_db()
        assert changed.cover_snapshot.at == "1s"

    def test_an_outdated_button_shows_an_error(self, admin, changed):
        page = self.undo(admin, changed, 999999)
        assert "changed in the meantime" in page.content.decode()
        changed.refresh_from_db()
        assert changed.cover_snapshot.at == "2s"

    def test_it_takes_the_right_to_change_media(self, viewer, changed):
        change = covers.last_change(media=changed).pk
        assert self.undo(viewer, changed, change).status_code == 403
        page = viewer.get(reverse("admin:snapshots_media_change", args=[changed.pk]))
        assert page.context["before"] is None
