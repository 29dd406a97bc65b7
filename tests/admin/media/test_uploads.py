"""Adding media: each file is taken or refused for itself."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from snapshots.models import Media

from ..conftest import texts

ADD = reverse("admin:snapshots_media_add")
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64


def _file(name, data=MP4):
    return SimpleUploadedFile(name, data, "video/mp4")


def test_it_adds_a_file_and_opens_its_page(admin):
    response = admin.post(ADD, {"files": [_file("one.mp4")]})
    media = Media.objects.get()
    assert (media.name, media.status, media.source_type) == ("one.mp4", "probing", "upload")
    assert response["Location"] == reverse("admin:snapshots_media_change", args=[media.pk])
    assert texts(response) == [f'1 media item added: <a href="{response["Location"]}">one.mp4</a>']


def test_it_adds_many_and_opens_the_list(admin):
    response = admin.post(ADD, {"files": [_file("one.mp4"), _file("two.mp4")]})
    assert response["Location"] == reverse("admin:snapshots_media_changelist")
    assert set(Media.objects.values_list("name", flat=True)) == {"one.mp4", "two.mp4"}


def test_it_keeps_the_good_files_and_says_what_is_wrong_with_the_others(admin):
    files = [_file("one.mp4"), _file("empty.mp4", b""), _file("page.mp4", b"<html>no</html>")]
    response = admin.post(ADD, {"files": files})
    assert response.status_code == 200
    errors = response.context["form"].errors["files"]
    assert [error.split(":")[0] for error in errors] == ["empty.mp4", "page.mp4"]
    assert errors[0] == "empty.mp4: The file is empty. Send a video file."
    media = Media.objects.get()
    assert media.name == "one.mp4"
    link = reverse("admin:snapshots_media_change", args=[media.pk])
    shown_setup = f'1 media item added: <a href="{link}">one.mp4</a>'
    assert texts(response) == [shown_setup]
    page = response.content.decode()
    assert shown_setup in page
    assert "2 files were not added. The others were added" in page
    assert "Please correct" not in page


def test_it_says_when_no_file_was_added(admin):
    page = admin.post(ADD, {"files": [_file("empty.mp4", b"")]}).content.decode()
    assert "1 file was not added." in page
    assert "The others" not in page


def test_it_escapes_the_names_it_links(admin):
    response = admin.post(ADD, {"files": [_file("<b>.mp4"), _file("two.mp4")]}, follow=True)
    assert "&lt;b&gt;.mp4</a>, <a" in response.content.decode()


def test_it_links_nothing_to_who_may_not_look(sign_in):
    response = sign_in("add_media").post(ADD, {"files": [_file("one.mp4"), _file("two.mp4")]})
    assert texts(response) == ["2 media items added: one.mp4, two.mp4"]


def test_it_refuses_an_empty_form(admin):
    response = admin.post(ADD, {})
    assert response.context["form"].errors["files"] == ["This field is required."]
    assert "Select at least one file." in response.content.decode()


def test_it_refuses_what_is_too_large(admin, settings):
    settings.MEDIAHUB_MAX_UPLOAD_MB = 0
    response = admin.post(ADD, {"files": [_file("big.mp4")]})
    assert "A file may have at most" in response.context["form"].errors["files"][0]
    assert not Media.objects.exists()


def test_it_is_closed_to_those_who_may_not_add(sign_in):
    client = sign_in("view_media", "change_media")
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"files": [_file("one.mp4")]}).status_code == 403
    assert not Media.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 300 + ".mp4", "名字.mp4"])
def test_it_takes_any_name(admin, name):
    assert admin.post(ADD, {"files": [_file(name)]}).status_code == 302
    assert Media.objects.get().source.count("/") == 1


# --- What the page's script needs ----------------------------------------------------------------


def _setup(response):
    return response.context["setup"]


def test_the_scripts_setup_has_urls_and_limits(admin, settings):
    settings.MEDIAHUB_MAX_UPLOAD_MB = 7
    response = admin.get(ADD)
    shown_setup = _setup(response)
    assert shown_setup["urls"]["uploads"] == "/api/v1/uploads/"
    assert shown_setup["maxBytes"] == 7 * 2**20
    assert shown_setup["mayView"] is True
    assert all(shown_setup["texts"].values())
    page = response.content.decode()
    assert 'id="mh-upload-setup"' in page
    assert '<div id="mh-upload" class="mh-upload" hidden>' in page  # without scripts: the form
    assert 'type="file"' in page.partition('id="mh-upload-plain"')[2]


def test_the_script_shows_no_media_to_who_may_not_look(sign_in, make_media):
    client = sign_in("add_media")
    assert _setup(client.get(ADD))["mayView"] is False
    by_id = reverse("admin:snapshots_media_by_file_id", args=[make_media().file_id])
    assert client.get(by_id).status_code == 403


def test_a_video_is_found_by_its_public_id(viewer, make_media):
    media = make_media()
    by_id = reverse("admin:snapshots_media_by_file_id", args=[media.file_id])
    page = reverse("admin:snapshots_media_change", args=[media.pk])
    assert viewer.get(by_id)["Location"] == page
    assert viewer.get(by_id.replace(media.file_id, "1")).status_code == 404


def test_the_client_is_the_one_that_its_note_names():
    folder = Path(finders.find("snapshots/vendor/tus-js-client"))
    script, note = (folder / "tus.min.js").read_bytes(), (folder / "README.md").read_text()
    assert hashlib.sha256(script).hexdigest() in note
    assert b"sourceMappingURL" not in script
    assert "MIT" in (folder / "LICENSE").read_text()
