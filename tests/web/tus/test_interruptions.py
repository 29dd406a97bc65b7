"""Resumable uploads: checksums, breaks, two at once, how they end, and whose they are."""

from __future__ import annotations

import fcntl
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from snapshots import storage
from snapshots.models import Media, Upload
from snapshots.services.library import resumable_uploads
from snapshots.services.work.orphaned_files import sweep_files
from snapshots.services.work.sweeper import sweep
from tests.api.problem_json import refused
from tests.support import storage_paths

from .client import DATA, UPLOADS, ask, begin, checksum, incoming, is_gone, offset, part_of, send

# --- Checksums -----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_with_a_matching_checksum_is_stored(api, path, algorithm):
    good = checksum(DATA[:700], algorithm)
    assert send(api, path, DATA[:700], 0, upload_checksum=good).status_code == 204
    assert offset(api, path) == 700


def test_a_piece_with_another_checksum_is_thrown_away(api, path):
    assert send(api, path, DATA[:100], 0).status_code == 204
    response = send(api, path, DATA[100:], 100, upload_checksum=checksum(DATA))
    refused(response, 460, "checksum_mismatch")
    assert response.reason_phrase == "Checksum Mismatch"
    assert response["Tus-Resumable"] == "1.0.0"
    assert offset(api, path) == 100
    assert part_of(path).stat().st_size == 100
    good = checksum(DATA[100:])
    assert send(api, path, DATA[100:], 100, upload_checksum=good).status_code == 204


def test_checksums_that_cannot_be_read_are_refused(api, path):
    for text in ("md5 AAAA", "sha1", "sha1 !", "sha1 AAA"):
        response = send(api, path, DATA, 0, upload_checksum=text)
        assert response.status_code in (400, 460), text
    assert offset(api, path) == 0


def test_bytes_that_await_their_checksum_do_not_count(api, path):
    """As a server leaves them that is killed while it receives."""
    assert send(api, path, DATA[:50], 0).status_code == 204
    Upload.objects.update(unchecked_from=50)
    with part_of(path).open("ab") as file:
        file.write(b"never checked")
    assert offset(api, path) == 50
    assert send(api, path, DATA[50:], 50).status_code == 204
    assert storage_paths.source_path(Media.objects.get().source).read_bytes() == DATA


# --- Two at once, breaks -------------------------------------------------------------------------


def test_one_writes_at_a_time(api, path):
    with part_of(path).open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        response = send(api, path, DATA, 0)
        refused(response, 423, "locked")
        assert response["Retry-After"] == "1"
        assert offset(api, path) == 0
    assert send(api, path, DATA, 0).status_code == 204


class _Broken:
    """A body of which two blocks come, and then the connection breaks."""

    def __init__(self, error):
        self.left = [DATA[:300], DATA[300:600]]
        self.error = error

    def __iter__(self):
        yield from self.left
        raise self.error


@pytest.mark.parametrize("checked", [False, True])
def test_a_break_keeps_what_has_arrived_unless_it_is_to_be_checked(api, path, checked):
    upload = Upload.objects.get()
    expected = resumable_uploads.Checksum("sha1", b"x") if checked else None
    with pytest.raises(TimeoutError):
        resumable_uploads.receive(
            upload=upload, at=0, blocks=_Broken(TimeoutError()), checksum=expected
        )
    assert offset(api, path) == (0 if checked else 600)


def test_an_upload_cut_short_at_its_very_end_is_ended_by_who_asks_next(api, path):
    upload = Upload.objects.get()
    part_of(path).write_bytes(DATA)  # all is here, and nobody has looked
    assert offset(api, path) == len(DATA)
    assert Media.objects.get().file_id == upload.file_id

    again = begin(api)["Location"]  # and this one was cut short after the rename
    second = Upload.objects.get(is_done=False)
    part_of(again).write_bytes(DATA)
    storage.take_incoming(second.upload_id, f"{second.file_id[-2:]}/{second.file_id}")
    assert api.get(again).json()["file_id"] == second.file_id
    assert Media.objects.count() == 2
    assert storage_paths.source_path(Media.objects.first().source).read_bytes() == DATA


def test_an_upload_given_up_at_its_very_end_leaves_nothing(api, path, monkeypatch):
    upload = Upload.objects.get()
    rename = storage.take_incoming

    def give_up(*args):
        rename(*args)
        resumable_uploads.discard(upload=upload)

    monkeypatch.setattr(storage, "take_incoming", give_up)
    refused(send(api, path, DATA, 0), 404, "upload_not_found")
    assert not Media.objects.exists()
    assert not storage_paths.source_path(f"{upload.file_id[-2:]}/{upload.file_id}").exists()


# --- Ends ----------------------------------------------------------------------------------------


def test_nothing_is_left_of_what_is_given_up(api, path):
    assert send(api, path, DATA[:2000], 0).status_code == 204
    assert part_of(path).name in incoming()
    assert ask(api, "DELETE", path).status_code == 204
    assert part_of(path).name not in incoming()
    assert not Upload.objects.exists()
    assert is_gone(api, path)
    for method in ("GET", "DELETE"):
        refused(ask(api, method, path), 404, "upload_not_found")
    refused(send(api, path, DATA[2000:], 2000), 404, "upload_not_found")


def test_a_video_stays_when_its_upload_is_given_up(api, path):
    assert send(api, path, DATA, 0).status_code == 204
    assert ask(api, "DELETE", path).status_code == 204
    assert storage_paths.source_path(Media.objects.get().source).read_bytes() == DATA


def test_what_has_expired_is_gone(api, path):
    assert send(api, path, DATA[:10], 0).status_code == 204
    done = begin(api)["Location"]
    assert send(api, done, DATA, 0).status_code == 204
    young = begin(api)["Location"]
    late = timezone.now() - timedelta(seconds=1)
    Upload.objects.exclude(upload_id=young.split("/")[-2]).update(expires_at=late)
    assert is_gone(api, path)
    with part_of(path).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # somebody is still writing
        assert sweep().dropped == 1
    assert sweep().dropped == 1
    assert part_of(path).name not in incoming()
    assert [row.upload_id for row in Upload.objects.all()] == [young.split("/")[-2]]
    assert Media.objects.count() == 1


def test_incoming_files_that_no_row_names_are_swept(api, path, user_of):
    nobodys = storage.incoming_path("abc.upload")
    nobodys.write_bytes(b"left by a server that was killed")
    sweep_files(old=timedelta(hours=1))
    assert nobodys.exists()
    sweep_files(old=timedelta(seconds=-1))
    assert not nobodys.exists()
    assert part_of(path).exists()
    api.user.delete()
    sweep_files(old=timedelta(seconds=-1))
    assert not part_of(path).exists()


# --- Whose ---------------------------------------------------------------------------------------


def test_strangers_are_sent_away(path):
    stranger = APIClient()
    assert ask(stranger, "HEAD", path).status_code == 401
    for method in ("GET", "DELETE"):
        refused(ask(stranger, method, path), 401, "not_authenticated")
    refused(send(stranger, path, DATA, 0), 401, "not_authenticated")
    refused(begin(stranger), 401, "not_authenticated")


@pytest.mark.parametrize("group", ["Editor", "Administrator", "Viewer", ""])
def test_nobody_else_finds_an_upload(api, path, api_as, group):
    other = api_as(group)
    assert is_gone(other, path)
    for method in ("GET", "DELETE"):
        refused(ask(other, method, path), 404, "upload_not_found")
    refused(send(other, path, DATA, 0), 404, "upload_not_found")
    assert offset(api, path) == 0


def test_uploading_needs_the_right_to_add_media(api_as):
    for group in ("Viewer", ""):
        refused(begin(api_as(group)), 403, "permission_denied")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["x", "0" * 31, "0" * 33, "%00", "..%5csecret_key", "0" * 32])
def test_other_addresses_are_not_found(api, name):
    refused(api.get(f"{UPLOADS}{name}/"), 404, "upload_not_found")


@pytest.fixture
def session(user_of):
    """A signed-in browser, with its token."""
    user = user_of("")
    user.user_permissions.add(Permission.objects.get(codename="add_media"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    token = "a" * 32
    client.cookies["csrftoken"] = token
    return SimpleNamespace(client=client, token=token)


def test_the_console_sends_its_token(session):
    refused(begin(session.client), 403, "csrf_failed")
    token = {"x_csrftoken": session.token}
    path = begin(session.client, **token)["Location"]
    refused(send(session.client, path, DATA, 0), 403, "csrf_failed")
    assert send(session.client, path, DATA, 0, **token).status_code == 204
    assert ask(session.client, "HEAD", path)["MediaHub-File-Id"] == Media.objects.get().file_id
    refused(ask(session.client, "DELETE", path), 403, "csrf_failed")
    assert ask(session.client, "DELETE", path, **token).status_code == 204
