"""Resumable uploads to a running site: killed in the middle, twenty at once, gone silent."""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import large_files
from tests.support.live_site import LiveSite, live_site
from tests.support.processes import command_of, tree_of, wait_for

MB = 2**20
Answer = tuple[int, dict[str, str], bytes]


class Client:
    """Speaks tus to a site, as an administrator."""

    def __init__(self, site: LiveSite) -> None:
        self.place = urlsplit(site.base).netloc
        self.headers = {**site.headers, "Tus-Resumable": "1.0.0"}

    def ask(self, method: str, path: str, body: Any = None, **headers: object) -> Answer:
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.place, timeout=60)
        try:
            connection.request(method, path, body, {**self.headers, **named})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def begin(self, length: int, name: str) -> str:
        sent = f"filename {base64.b64encode(name.encode()).decode()}"
        status, headers, body = self.ask(
            "POST", "/api/v1/uploads/", upload_length=length, upload_metadata=sent
        )
        assert status == 201, body
        return headers["Location"]

    def offset(self, path: str) -> int:
        status, headers, _ = self.ask("HEAD", path)
        assert status == 200
        return int(headers["Upload-Offset"])

    def send(self, path: str, body: Any, at: int, length: int = 0, **more: object) -> Answer:
        kind = "application/offset+octet-stream"
        more = {"content_length": length or len(body), **more}
        return self.ask("PATCH", path, body, upload_offset=at, content_type=kind, **more)

    def send_in_two(self, whole: bytes, name: str, middle: int) -> str:
        """Two pieces, each with its checksum; the file id of the media they make."""
        path = self.begin(len(whole), name)
        for at, piece in ((0, whole[:middle]), (middle, whole[middle:])):
            checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
            status, headers, body = self.send(path, piece, at, upload_checksum=f"sha256 {checksum}")
            assert status == 204, body
        return headers["MediaHub-File-Id"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[LiveSite]:
    with live_site(data, MEDIAHUB_UPLOAD_STALL_S="1", MEDIAHUB_FAULTS=str(data)) as site:
        yield site


def settled(site: LiveSite, file_id: str) -> dict[str, Any]:
    """The media once it has been looked at."""
    media = site.call("GET", f"media/{file_id}/")
    while media["status"] == "probing":
        time.sleep(0.1)
        media = site.call("GET", f"media/{file_id}/")
    return dict(media)


def web_peak_mb(site: LiveSite) -> float:
    """The most memory that any of the web server's processes has had resident."""
    peaks = [0]
    for pid in tree_of(site.process.pid):
        if "gunicorn" in command_of(pid):
            sent = Path(f"/proc/{pid}/status").read_text()
            peaks += [int(line.split()[1]) for line in sent.splitlines() if "VmHWM" in line]
    return max(peaks) / 1024


def test_200_mb_survive_the_servers_being_killed_in_the_middle(clip: Path, tmp_path: Path) -> None:
    size = 200 * MB
    big = large_files.make(tmp_path / "big.mp4", clip, size=size)
    with live_site(tmp_path / "data") as first:
        client = Client(first)
        path = client.begin(size, "big.mp4")
        part = tmp_path / "data" / "incoming" / path.split("/")[-2]

        def half() -> Iterator[bytes]:
            with big.open("rb") as file:
                while block := file.read(MB):
                    yield block
                    if file.tell() == size // 2:
                        assert wait_for(lambda: part.stat().st_size > 80 * MB)
                        first.kill()

        with pytest.raises(OSError):  # noqa: PT011 - broken in whatever way
            client.send(path, half(), 0, size)
        arrived = part.stat().st_size
        assert 80 * MB < arrived <= 100 * MB

    with live_site(tmp_path / "data") as second:
        client = Client(second)
        assert client.offset(path) == arrived
        with big.open("rb") as file:
            file.seek(arrived)
            status, headers, _ = client.send(path, file, arrived, size - arrived)
        assert status == 204
        media = settled(second, headers["MediaHub-File-Id"])
        assert (media["status"], media["size_bytes"]) == ("ready", size)
        with big.open("rb") as file:
            assert media["sha256"] == hashlib.file_digest(file, "sha256").hexdigest()
        assert list((tmp_path / "data" / "incoming").iterdir()) == []
        assert 0 < web_peak_mb(second) < 200


@pytest.mark.parametrize("place", ["before_taking", "after_taking"])
def test_a_server_killed_while_it_makes_the_media_loses_nothing(
    site: LiveSite, data: Path, clip: Path, place: str
) -> None:
    client, whole = Client(site), clip.read_bytes()
    path = client.begin(len(whole), f"{place}.mp4")
    armed = data / place
    armed.write_text("kill")
    with pytest.raises(OSError):  # noqa: PT011 - broken in whatever way
        client.send(path, whole, 0)
    assert not armed.exists()
    assert wait_for(lambda: _answers(client), 20)
    status, headers, _ = client.ask("HEAD", path)
    assert (status, headers["Upload-Offset"]) == (200, str(len(whole)))
    media = settled(site, headers["MediaHub-File-Id"])
    assert (media["name"], media["status"]) == (f"{place}.mp4", "ready")
    assert len(site.call("GET", f"media/?search={place}")["results"]) == 1


def _answers(client: Client) -> bool:
    try:
        return client.ask("OPTIONS", "/api/v1/uploads/")[0] == 204
    except OSError:
        return False


def test_twenty_at_once_all_arrive(site: LiveSite, data: Path, clip: Path, tmp_path: Path) -> None:
    client = Client(site)
    whole = large_files.make(tmp_path / "small.mp4", clip, size=2 * MB).read_bytes()

    def upload(number: int) -> str:
        return client.send_in_two(whole, f"{number}.mp4", MB + number)

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(upload, range(20)))
    sent = {settled(site, file_id)["sha256"] for file_id in found}
    assert len(set(found)) == 20
    assert sent == {hashlib.sha256(whole).hexdigest()}
    assert list((data / "incoming").iterdir()) == []


def test_a_client_that_falls_silent_holds_the_upload_for_a_moment_only(
    site: LiveSite, data: Path, clip: Path
) -> None:
    client, whole = Client(site), clip.read_bytes()
    path = client.begin(len(whole), "silent.mp4")
    silent = http.client.HTTPConnection(client.place, timeout=60)
    silent.putrequest("PATCH", path)
    sent = {"Content-Length": len(whole), "Upload-Offset": 0,
            "Content-Type": "application/offset+octet-stream"}  # fmt: skip
    for name, value in {**client.headers, **sent}.items():
        silent.putheader(name, value)
    silent.endheaders()
    part = data / "incoming" / path.split("/")[-2]

    time.sleep(0.3)
    status, headers, _ = client.send(path, whole, 0)
    assert (status, headers["Retry-After"]) == (423, "1")
    assert client.offset(path) == 0
    assert wait_for(lambda: client.send(path, whole[:700], 0)[0] == 204, 20)
    assert part.stat().st_size == 700
    assert client.send(path, whole[700:], 700)[0] == 204
    silent.close()


def test_a_refusal_reaches_who_is_still_sending(site: LiveSite, data: Path) -> None:
    client, size = Client(site), 20 * MB
    path = client.begin(size, "page.mp4")
    status, _, body = client.send(path, b"<html>" + b" " * (size - 6), 0)
    assert status == 415
    assert b"not a video" in body
    assert client.ask("HEAD", path)[0] == 404
    assert list((data / "incoming").iterdir()) == []
