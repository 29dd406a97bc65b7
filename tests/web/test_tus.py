"""Resumable uploads by tus 1.0: pieces, offsets, checksums, and whose they are."""

from __future__ import annotations

import base64
import fcntl
import hashlib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django.utils.http import parse_http_date
from rest_framework.test import APIClient

from snapshots import storage
from snapshots.models import Media, Upload
from snapshots.services import intake, uploads
from snapshots.services.leftovers import sweep_files
from snapshots.services.sweep import sweep
from tests.api.problems import fields, refused

UPLOADS = "/api/v1/uploads/"
DATA = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 16
SIZE = len(DATA)
PIECE = "application/offset+octet-stream"


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def ask(client, method, path, data=b"", kind=PIECE, **headers):
    """One request of tus; `upload_offset=3` becomes the header Upload-Offset."""
    headers = {"tus_resumable": "1.0.0", **headers}
    named = {name.replace("_", "-"): str(text) for name, text in headers.items() if text != ""}
    return client.generic(method, path, data, kind, headers=named)


METADATA = f"filename {b64('Holiday é.mp4')}"


def begin(client, length=SIZE, metadata=METADATA, **headers):
    return ask(client, "POST", UPLOADS, upload_length=length, upload_metadata=metadata, **headers)


def send(client, path, data, at, **headers):
    return ask(client, "PATCH", path, data, upload_offset=at, **headers)


def offset(client, path):
    response = ask(client, "HEAD", path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return int(response["Upload-Offset"])


def is_gone(client, path):
    return ask(client, "HEAD", path).status_code == 404


def checksum(data, algorithm="sha1"):
    return f"{algorithm} {b64(hashlib.new(algorithm, data).digest())}"


def incoming():
    return {path.name for path in storage.incoming_path("x").parent.iterdir()}


@pytest.fixture
def path(api):
    """Where an upload of DATA goes on."""
    response = begin(api)
    assert response.status_code == 201, response.content
    return response["Location"]


def part_of(path):
    return storage.incoming_path(path.split("/")[-2])


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


def test_pieces_become_a_media_to_probe(api, path):
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
    stored = Path(storage.source_path(media.source))
    assert stored.read_bytes() == DATA
    assert stored.stat().st_ino == inode  # renamed, not copied
    assert stored.stat().st_mode & 0o777 == 0o640
    assert not part_of(path).exists()

    told = api.get(path).json()
    assert told["file_id"] == media.file_id
    assert (told["name"], told["length"], told["offset"]) == (media.name, len(DATA), len(DATA))
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
    monkeypatch.setattr(storage, "free_bytes", lambda: intake.FREE_FLOOR_BYTES + 10)
    refused(begin(api, length=11), 507, "storage_full")
    assert begin(api, length=10).status_code == 201


def test_a_disk_that_fills_up_keeps_what_is_there(api, path, monkeypatch):
    assert send(api, path, DATA[:10], 0).status_code == 204
    monkeypatch.setattr(storage, "free_bytes", lambda: intake.FREE_FLOOR_BYTES)
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


def test_first_bytes_told_beforehand_save_the_sending(api):
    told = {"metadata": f"name {b64('a.mp4')},head {b64(b64(PAGE[:512]))}"}
    refused(begin(api, length=len(PAGE), **told), 415, "unsupported")
    before = incoming()
    refused(ask(api, "POST", UPLOADS, PAGE, upload_length=len(PAGE)), 415, "unsupported")
    assert not Upload.objects.exists()
    assert incoming() == before
    assert begin(api, metadata=f"head {b64(b64(DATA[:512]))}").status_code == 201


# --- Checksums -----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_is_kept(api, path, algorithm):
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
    assert Path(storage.source_path(Media.objects.get().source)).read_bytes() == DATA


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
    told = uploads.Checksum("sha1", b"x") if checked else None
    with pytest.raises(TimeoutError):
        uploads.receive(upload=upload, at=0, blocks=_Broken(TimeoutError()), checksum=told)
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
    assert Path(storage.source_path(Media.objects.first().source)).read_bytes() == DATA


def test_an_upload_given_up_at_its_very_end_leaves_nothing(api, path, monkeypatch):
    upload = Upload.objects.get()
    rename = storage.take_incoming

    def give_up(*args):
        rename(*args)
        uploads.discard(upload=upload)

    monkeypatch.setattr(storage, "take_incoming", give_up)
    refused(send(api, path, DATA, 0), 404, "upload_not_found")
    assert not Media.objects.exists()
    assert not Path(storage.source_path(f"{upload.file_id[-2:]}/{upload.file_id}")).exists()


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


def test_a_media_stays_when_its_upload_is_given_up(api, path):
    assert send(api, path, DATA, 0).status_code == 204
    assert ask(api, "DELETE", path).status_code == 204
    assert Path(storage.source_path(Media.objects.get().source)).read_bytes() == DATA


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
