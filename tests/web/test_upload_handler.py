"""Multipart bodies: who may put how many bytes on the disk, measured while they arrive."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from snapshots.models import Media
from tests.conftest import basic

MB = 2**20
FORM = "multipart/form-data; boundary=b0undary"
HEAD = (
    b'--b0undary\r\nContent-Disposition: form-data; name="%s"; filename="big.mp4"\r\n'
    b"Content-Type: video/mp4\r\n\r\n"
)
TAIL = b"\r\n--b0undary--\r\n"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
READ_WITHOUT_DISK = ("/", "/v2/index.php", "/api/v1/uploads/")  # VOD up to 10 MiB, tus up to 32


class Body:
    """A multipart body with one file of `size` bytes, which watches the folder while it is read."""

    def __init__(self, folder: Path, size: int, field: str = "files") -> None:
        self.head = HEAD % field.encode() + MP4
        self.length = len(self.head) + size - len(MP4) + len(TAIL)
        self.peak = self.sent = 0
        self._folder = folder

    def read(self, size: int = -1) -> bytes:
        on_disk = sum(path.stat().st_blocks * 512 for path in self._folder.iterdir())
        self.peak = max(self.peak, on_disk)
        end = min(self.length, self.sent + size) if size >= 0 else self.length
        tail_at = self.length - len(TAIL)
        block = self.head[self.sent : end]
        block += bytes(max(0, min(end, tail_at) - max(self.sent, len(self.head))))
        block += TAIL[max(0, self.sent - tail_at) :][: max(0, end - max(self.sent, tail_at))]
        self.sent = end
        return block

    readline = read


@pytest.fixture
def incoming(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


def send(client, path, body, method="POST", **headers):
    return client.generic(
        method, path, b"", FORM, headers=headers,
        **{"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(body.length), "wsgi.input": body},
    )  # fmt: skip


def _pages():
    """Addresses of every interface, with and without a view that takes POST."""
    found = {"/", "/admin/", "/healthz", "/readyz", "/metrics", "/v2/index.php", "/api/v1/"}
    names = ["admin:login", "set_language", "admin:logout", "admin:snapshots_media_add",
             "admin:snapshots_media_changelist", "admin:snapshots_snapshottemplate_add",
             "admin:auth_user_add", "api:media_list", "api:template_list", "api:task_list",
             "upload_list", "api:event_pull"]  # fmt: skip
    found |= {reverse(name) for name in names}
    found |= {reverse("admin:snapshots_media_change", args=[1]), "/admin/nothing/"}
    return sorted(found)


@pytest.mark.parametrize("size", [MB, 8 * MB])
@pytest.mark.parametrize("path", _pages())
def test_a_stranger_takes_no_disk(db, incoming, path, size):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    body = Body(incoming, size)
    response = send(client, path, body)
    assert body.peak <= 2 * MB
    if path not in READ_WITHOUT_DISK:
        assert body.sent <= 2 * MB
    assert response.status_code < 500
    assert list(incoming.iterdir()) == []


@pytest.mark.parametrize("group", ["", "Viewer"])
def test_a_user_without_the_right_takes_no_disk(user_of, incoming, group):
    client = Client()
    user = user_of(group)
    user.is_staff = True
    user.save()
    client.force_login(user)
    for name in ("admin:snapshots_media_add", "api:media_list"):
        body = Body(incoming, 8 * MB)
        assert send(client, reverse(name), body).status_code in (403, 413)
        assert body.peak == 0
    assert list(incoming.iterdir()) == []
    assert not Media.objects.exists()


def test_an_administrator_takes_none_where_no_file_is_wanted(admin_client, incoming):
    for path in (reverse("admin:snapshots_snapshottemplate_add"), reverse("set_language")):
        body = Body(incoming, 8 * MB)
        response = send(admin_client, path, body)
        assert response.status_code == 413
        assert "The body may have at most 2 MiB." in response.content.decode()
        assert (body.peak, body.sent) == (0, 0)


def test_a_small_file_where_none_is_wanted_is_passed_over(admin_client, incoming):
    body = Body(incoming, MB)
    assert send(admin_client, reverse("admin:snapshots_snapshottemplate_add"), body).status_code
    assert body.peak == 0


def test_one_who_may_add_media_does_so(admin_client, incoming):
    body = Body(incoming, 8 * MB)
    assert send(admin_client, reverse("admin:snapshots_media_add"), body).status_code == 302
    assert Media.objects.get().size_bytes == 8 * MB
    assert list(incoming.iterdir()) == []


def test_a_file_never_takes_more_than_the_largest_video(admin_client, incoming, settings):
    settings.MEDIAHUB_MAX_UPLOAD_MB = 2
    body = Body(incoming, 8 * MB)
    response = send(admin_client, reverse("admin:snapshots_media_add"), body)
    assert "big.mp4: A file may have at most 2 MiB." in response.content.decode()
    assert body.peak <= 3 * MB
    assert not Media.objects.exists()


@pytest.mark.parametrize("free_mb", [256 + 7, 256 + 1000])
def test_the_free_space_floor_holds_before_and_while_it_arrives(
    admin_client, incoming, monkeypatch, free_mb
):
    body = Body(incoming, 8 * MB)
    others = iter([free_mb * MB] * 4)  # who fill the disk meanwhile
    monkeypatch.setattr("snapshots.storage.free_bytes", lambda: next(others, 256 * MB))
    response = send(admin_client, reverse("admin:snapshots_media_add"), body)
    assert response.status_code == 507
    assert "There is not enough disk space" in response.content.decode()
    assert body.peak <= MB
    assert list(incoming.iterdir()) == []
    assert not Media.objects.exists()


def test_the_rest_api_answers_with_its_problems(api, incoming, monkeypatch):
    others = iter([10_000 * MB] * 4)
    monkeypatch.setattr("snapshots.storage.free_bytes", lambda: next(others, 256 * MB))
    response = send(api, "/api/v1/media/", Body(incoming, 8 * MB, "file"))
    assert (response.status_code, response.json()["code"]) == (507, "storage_full")
    assert list(incoming.iterdir()) == []


def test_a_cover_needs_the_right_to_change_media(api_as, ready_media, incoming):
    path = reverse("api:media_cover", args=[ready_media.file_id])
    body = Body(incoming, 8 * MB, "image")
    response = send(api_as("Viewer"), path, body, "PUT")
    assert (response.status_code, body.peak) == (403, 0)
    body = Body(incoming, 8 * MB, "image")
    assert send(api_as("Editor"), path, body, "PUT").status_code == 415
    assert body.peak > 7 * MB
    assert list(incoming.iterdir()) == []


def test_a_wrong_access_key_takes_no_disk(db, incoming):
    body = Body(incoming, 8 * MB, "file")
    response = send(Client(), "/api/v1/media/", body, authorization=basic("no", "key"))
    assert (response.status_code, body.peak) == (401, 0)
