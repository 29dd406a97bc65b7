"""Resumable uploads by tus 1.0: from the first byte to the last, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.http import parse_http_date
from rest_framework.test import APIClient

from snapshots import storage
from snapshots.models import Media, Upload
from snapshots.services.library import upload_validators
from tests.api.problem_json import fields, refused
from tests.support import storage_paths

from .client import DATA, SIZE, UPLOADS, ask, b64, begin, incoming, is_gone, offset, part_of, send

# --- From the first byte to the last -------------------------------------------------------------


def test_it_says_what_it_can_do_to_everybody(db):
    response = APIClient().generic("OPTIONS", UPLOADS)
    assert response.status_code == 204
    assert response["Tus-Version"] == response["Tus-Resumable"] == "1.0.0"
    assert set(response["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert response["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(response["Tus-Max-Size"]) == 20_000 * 2**20


def test_pieces_become_a_video_to_probe(api, path):
    first = send(api, path, DATA[:1000], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    assert "MediaHub-File-Id" not in first
    assert offset(api, path) == 1000
    assert api.get(path).json()["file_id"] is None
    assert not Media.objects.exists()
    inode = part_of(path).stat().st_ino

    last = send(api, path, DATA[1000:], 1000)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(DATA)))
    media = Media.objects.get(file_id=last["MediaHub-File-Id"])
    assert (media.name, media.status, media.source_type) == ("Holiday é.mp4", "probing", "upload")
    assert media.size_bytes == len(DATA)
    stored = storage_paths.source_path(media.source)
    assert stored.read_bytes() == DATA
    assert stored.stat().st_ino == inode  # renamed, not copied
    assert stored.stat().st_mode & 0o777 == 0o640
    assert not part_of(path).exists()

    shown = api.get(path).json()
    assert shown["file_id"] == media.file_id
    assert (shown["name"], shown["length"], shown["offset"]) == (media.name, len(DATA), len(DATA))
    assert ask(api, "HEAD", path)["MediaHub-File-Id"] == media.file_id
    assert send(api, path, b"", len(DATA)).status_code == 204
    refused(send(api, path, b"x", 0), 409, "wrong_offset")
    assert Media.objects.count() == 1


def test_the_first_piece_may_come_along(api):
    response = ask(
        api, "POST", UPLOADS, DATA[:600], upload_length=len(DATA), upload_metadata="name YS5tcDQ="
    )
    assert (response.status_code, response["Upload-Offset"]) == (201, "600")
    assert send(api, response["Location"], DATA[600:], 600).status_code == 204
    whole = ask(api, "POST", UPLOADS, DATA, upload_length=len(DATA))
    assert Media.objects.get(file_id=whole["MediaHub-File-Id"]).name == "video"


def test_an_upload_expires_a_day_after_its_last_piece(api, path):
    Upload.objects.update(expires_at=timezone.now() + timedelta(seconds=5))
    until = parse_http_date(send(api, path, DATA[:5], 0)["Upload-Expires"])
    assert abs(until - timezone.now().timestamp() - 24 * 3600) < 60


@pytest.mark.parametrize(
    ("metadata", "name"),
    [(f"filename {b64('a.mp4')},name {b64('b.mp4')},filetype {b64('x/y')}", "b.mp4"),
     (f"name {b64('../../etc/passwd')}", "../../etc/passwd"), ("", "video"), ("name", "video"),
     (f"relativePath , filename {b64('x' * 999)}", "x" * 255)],
)  # fmt: skip
def test_a_file_may_be_called_anything(api, metadata, name):
    path = begin(api, metadata=metadata)["Location"]
    assert send(api, path, DATA, 0).status_code == 204
    assert Media.objects.get().name == name
    assert Media.objects.get().source.count("/") == 1


def test_clients_that_can_only_post_may_say_what_they_mean(api, path):
    sent = ask(api, "POST", path, DATA, upload_offset=0, x_http_method_override="PATCH")
    assert sent.status_code == 204
    assert ask(api, "POST", path, x_http_method_override="DELETE").status_code == 204
    assert not Upload.objects.exists()


# --- Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0"])
def test_another_version_is_refused(api, path, version):
    for response in (
        begin(api, tus_resumable=version),
        ask(api, "HEAD", path, tus_resumable=version),
        send(api, path, DATA, 0, tus_resumable=version),
        ask(api, "DELETE", path, tus_resumable=version),
    ):
        assert response.status_code == 412
        assert response["Tus-Version"] == "1.0.0"
    assert offset(api, path) == 0


@pytest.mark.parametrize("length", ["", "-1", "1.5", "x", "1" * 19, "٣"])
def test_a_length_is_needed(api, length):
    code = "required" if length == "" else "invalid"
    assert fields(begin(api, length=length)) == {"Upload-Length": code}


@pytest.mark.parametrize(
    "metadata", ["name !!", "name QQ=", "name /w==", "name AGE=", f"head {b64('not base64!')}"]
)
def test_metadata_that_cannot_be_read_are_refused(api, metadata):
    assert fields(begin(api, metadata=metadata)) == {"Upload-Metadata": "invalid"}
    assert not Upload.objects.exists()


def test_sizes_are_refused_at_once(api, settings, monkeypatch):
    assert fields(begin(api, length=0)) == {"file": "empty"}
    settings.MEDIAHUB_MAX_UPLOAD_MB = 1
    refused(begin(api, length=2**20 + 1), 413, "too_large")
    assert begin(api, length=2**20).status_code == 201
    monkeypatch.setattr(
        storage, "free_bytes", lambda: upload_validators.FREE_FLOOR_BYTES + 2**20 + 10
    )
    refused(begin(api, length=11), 507, "storage_full")
    assert begin(api, length=10).status_code == 201


def test_a_disk_that_fills_up_keeps_what_is_there(api, path, monkeypatch):
    assert send(api, path, DATA[:10], 0).status_code == 204
    monkeypatch.setattr(storage, "free_bytes", lambda: upload_validators.FREE_FLOOR_BYTES)
    refused(send(api, path, DATA[10:], 10), 507, "storage_full")
    monkeypatch.undo()
    assert send(api, path, DATA[10:], offset(api, path)).status_code == 204


def test_the_wrong_offset_is_refused(api, path):
    for at in (1, len(DATA), 10**12):
        refused(send(api, path, DATA[:10], at), 409, "wrong_offset")
    assert send(api, path, DATA[:10], 0).status_code == 204
    refused(send(api, path, DATA[:10], 0), 409, "wrong_offset")
    assert fields(ask(api, "PATCH", path, DATA)) == {"Upload-Offset": "required"}
    assert offset(api, path) == 10


def test_more_than_was_announced_is_refused(api, path):
    refused(send(api, path, DATA + b"x", 0), 413, "too_large")
    assert offset(api, path) == 0
    assert send(api, path, DATA, 0).status_code == 204
    refused(send(api, path, b"x", SIZE), 413, "too_large")


def test_a_piece_has_its_own_media_type(api, path):
    refused(send(api, path, DATA, 0, kind="video/mp4"), 415, "unsupported")
    refused(ask(api, "POST", UPLOADS, b"a=b", "application/x-www-form-urlencoded"),
            415, "unsupported")  # fmt: skip
    assert offset(api, path) == 0


def test_a_body_without_a_length_is_refused(api, path):
    response = api.generic(
        "PATCH", path, headers={"tus-resumable": "1.0.0", "transfer-encoding": "chunked"}
    )
    refused(response, 411, "length_required")


PAGE = b"<!doctype html><title>No</title>" + b" " * 2000


def test_what_is_no_video_is_refused_by_its_first_bytes(api):
    path = begin(api, length=len(PAGE))["Location"]
    assert send(api, path, PAGE[:511], 0).status_code == 204
    detail = refused(send(api, path, PAGE[511:], 511), 415, "unsupported")["detail"]
    assert detail == "This is a document, picture or playlist, not a video."
    assert is_gone(api, path)
    assert part_of(path).name not in incoming()


def test_a_short_file_is_looked_at_when_it_is_whole(api):
    path = begin(api, length=20)["Location"]
    assert send(api, path, PAGE[:10], 0).status_code == 204
    refused(send(api, path, PAGE[10:20], 10), 415, "unsupported")
    assert not Upload.objects.exists()
    assert not Media.objects.exists()


def test_first_bytes_in_the_metadata_are_checked_before_the_upload(api):
    shown = {"metadata": f"name {b64('a.mp4')},head {b64(b64(PAGE[:512]))}"}
    refused(begin(api, length=len(PAGE), **shown), 415, "unsupported")
    before = incoming()
    refused(ask(api, "POST", UPLOADS, PAGE, upload_length=len(PAGE)), 415, "unsupported")
    assert not Upload.objects.exists()
    assert incoming() == before
    assert begin(api, metadata=f"head {b64(b64(DATA[:512]))}").status_code == 201
