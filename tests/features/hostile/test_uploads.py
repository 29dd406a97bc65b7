"""W8: large, too large, cut, many and muddled uploads to a running site: nothing left over."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.features.soak import scale
from tests.support import large_files
from tests.support.live_site import LiveSite, live_site
from tests.support.processes import wait_for
from tests.web.tus.test_live import MB, Client, settled, web_peak_mb

pytestmark = pytest.mark.timeout(900)
LARGE = scale.of(2048, 410) * MB
_HEAD = (
    b'--b0undary\r\nContent-Disposition: form-data; name="file"; filename="big.mp4"\r\n'
    b"Content-Type: video/mp4\r\n\r\n"
)
_TAIL = b"\r\n--b0undary--\r\n"
_FORM = "multipart/form-data; boundary=b0undary"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    maximum = str(LARGE // MB)
    environment = {"MEDIAHUB_MAX_UPLOAD_MB": maximum, "MEDIAHUB_LIMIT_UPLOAD_OPEN": "50"}
    with live_site(tmp_path_factory.mktemp("site"), **environment) as site:
        yield site


def form(path: Path) -> Iterator[bytes]:
    yield _HEAD
    with path.open("rb") as file:
        while block := file.read(MB):
            yield block
    yield _TAIL


def left_over(site: LiveSite) -> list[str]:
    return [path.name for path in (site.data / "incoming").iterdir()]


@pytest.mark.parametrize("way", ["form", "tus"])
def test_a_large_one_arrives_whole(site: LiveSite, clip: Path, tmp_path: Path, way: str) -> None:
    big, client = large_files.make(tmp_path / "big.mp4", clip, size=LARGE), Client(site)
    if way == "form":
        length = LARGE + len(_HEAD) + len(_TAIL)
        status, _, body = client.ask(
            "POST", "/api/v1/media/", form(big), content_type=_FORM, content_length=length
        )
        assert status == 201, body
        file_id = body.decode().partition('"file_id":"')[2][:19]
    else:
        path = client.begin(LARGE, "big.mp4")
        with big.open("rb") as file:
            status, headers, body = client.send(path, file, 0, LARGE)
        assert status == 204, body
        file_id = headers["MediaHub-File-Id"]
    media = settled(site, file_id)
    with big.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    assert (media["status"], media["size_bytes"], media["sha256"]) == ("ready", LARGE, whole)
    assert web_peak_mb(site) < 200
    assert left_over(site) == []
    assert client.ask("DELETE", f"/api/v1/media/{file_id}/")[0] == 204
    assert wait_for(lambda: not list((site.data / "sources").rglob(file_id)))


def test_one_that_is_too_large_is_refused_before_it_comes(site: LiveSite) -> None:
    client = Client(site)
    status, _, body = client.ask(
        "POST", "/api/v1/uploads/", upload_length=LARGE + 1, upload_metadata="filename YQ=="
    )
    assert (status, b"too_large" in body) == (413, True)
    status, _, body = client.ask(
        "POST", "/api/v1/media/", b"", content_type=_FORM, content_length=LARGE + 3 * MB
    )
    assert (status, b"too_large" in body) == (413, True)
    assert left_over(site) == []


def test_one_cut_at_half_leaves_nothing(site: LiveSite, clip: Path, tmp_path: Path) -> None:
    big = large_files.make(tmp_path / "half.mp4", clip, size=40 * MB)
    before = len(site.call("GET", "media/?search=big")["results"])
    host, _, port = Client(site).place.partition(":")
    head = (
        f"POST /api/v1/media/ HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {_FORM}\r\n"
        f"Authorization: {site.headers['Authorization']}\r\n"
        f"Content-Length: {40 * MB + len(_HEAD) + len(_TAIL)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as sock:
        sock.sendall(head.encode())
        for number, block in enumerate(form(big)):
            if number == 20:
                break
            sock.sendall(block)
        assert wait_for(lambda: left_over(site) != [])
    assert wait_for(lambda: left_over(site) == [], 20)
    assert len(site.call("GET", "media/?search=big")["results"]) == before


def test_fifty_at_once_all_arrive(site: LiveSite, clip: Path, tmp_path: Path) -> None:
    client = Client(site)
    whole = large_files.make(tmp_path / "small.mp4", clip, size=MB).read_bytes()

    def upload(number: int) -> str:
        return client.send_in_two(whole, f"{number}.mp4", MB // 2 + number)

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(upload, range(50)))
    assert len(set(found)) == 50
    hashes = {settled(site, file_id)["sha256"] for file_id in found}
    assert hashes == {hashlib.sha256(whole).hexdigest()}
    assert left_over(site) == []
    assert web_peak_mb(site) < 200


def test_wrong_offsets_are_errors_and_change_nothing(site: LiveSite, clip: Path) -> None:
    client, whole = Client(site), clip.read_bytes()
    path = client.begin(len(whole), "offsets.mp4")
    for at in (1, len(whole), len(whole) + 1, 2**63):
        status, _, body = client.send(path, whole[:100], at)
        assert status in (400, 409), body
        assert client.offset(path) == 0
    assert client.send(path, whole[:100], 0)[0] == 204
    assert client.send(path, whole[:100], 0)[0] == 409
    assert client.offset(path) == 100
    assert client.send(path, whole[100:] + b"x", 100)[0] == 413
    assert client.ask("DELETE", path)[0] == 204
    assert left_over(site) == []
