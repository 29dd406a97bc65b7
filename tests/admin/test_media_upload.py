"""Adding media: each file is taken or refused for itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from snapshots.models import Media

from .conftest import texts

ADD = reverse("admin:snapshots_media_add")
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64


def _file(name, data=MP4):
    return SimpleUploadedFile(name, data, "video/mp4")


def test_it_adds_a_file_and_opens_its_page(admin):
    response = admin.post(ADD, {"files": [_file("one.mp4")]})
    media = Media.objects.get()
    assert (media.name, media.status, media.source_type) == ("one.mp4", "probing", "upload")
    assert response["Location"] == reverse("admin:snapshots_media_change", args=[media.pk])
    assert texts(response) == ["1 media added: one.mp4"]


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
    assert errors[0] == "empty.mp4: The file is empty. Send one with a video in it."
    assert texts(response) == ["1 media added: one.mp4"]
    assert Media.objects.get().name == "one.mp4"


def test_it_refuses_an_empty_form(admin):
    response = admin.post(ADD, {})
    assert response.context["form"].errors["files"] == ["This field is required."]


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
