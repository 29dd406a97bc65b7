"""D3: hostile files and names, by every way in: nothing is followed, nothing foreign shown."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from snapshots.errors import DomainError
from snapshots.models import Media, Snapshot, Task
from snapshots.services.library import media as media_service
from snapshots.services.tasks import pulls, submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work import downloading, pipeline
from tests.support import storage_paths
from tests.support.file_server import origin
from tests.support.webhook_receiver import connections_to
from tests.video.made import numbered

from .payloads import NAMES, payloads

# What users may call a file; each is only a name.
SPELLINGS = [
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "concat:a.mp4|b.mp4",
    "subfile,,start,0,end,99,,:a.mp4", "http:", "file:a.mp4", "img%03d.mp4", "%s%n%x.mp4",
    "-i.mp4", "--help", "a b;c'd\".mp4", "$(id).mp4", "`id`.mp4", "a|id.mp4", "<script>.mp4",
    "näme ☃.mp4", "\u202egpj.mp4", "x" * 400 + ".mp4", ".", "..", ".hidden", "con", "a\nb.mp4",
    "a\tb.mp4", "*.mp4", "?.mp4", "~root", "{{7*7}}.mp4", "'; DROP TABLE media; --.mp4",
]  # fmt: skip
pytestmark = pytest.mark.django_db

Interface = Callable[[str, bytes], Media | None]


@pytest.fixture
def upload(api: APIClient) -> Interface:
    """By REST; `None` where it is refused at once."""

    def send(name: str, data: bytes) -> Media | None:
        written = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "%0A")
        head = (
            f'--b0undary\r\nContent-Disposition: form-data; name="file"; filename="{written}"\r\n'
        )
        body = head.encode() + b"Content-Type: video/mp4\r\n\r\n" + data + b"\r\n--b0undary--\r\n"
        answer = api.post(
            "/api/v1/media/", body, content_type="multipart/form-data; boundary=b0undary"
        )
        assert answer.status_code in (201, 400, 415), answer.content
        return Media.objects.get() if answer.status_code == 201 else None

    return send


@pytest.fixture
def pull(presets: None) -> Interface:
    """By its address, from a server of this machine."""

    def fetch(name: str, data: bytes) -> Media | None:
        with origin(data) as there:
            url = f"http://127.0.0.1:{there.port}/{quote(name, safe='')}"
            task = pulls.create(url=url, interface=Task.Interface.REST)
            assert downloading.run_next(is_stopping=lambda: False)
        media = Media.objects.get(file_id=task.file_id)
        return None if media.status == "failed" else media

    return fetch


@pytest.fixture
def take_in(presets: None, tmp_path: Path) -> Interface:
    """From this machine's disk, under that name as far as a disk can have it."""

    def import_(name: str, data: bytes) -> Media | None:
        folder = tmp_path / "incoming"
        folder.mkdir()
        path = folder / (name.replace("/", "_").encode()[:200].decode(errors="ignore"))
        if name in (".", ".."):
            return None
        path.write_bytes(data)
        try:
            return media_service.import_file(path=path)
        except DomainError:
            return None

    return import_


@pytest.fixture(params=["upload", "pull", "take_in"])
def interface(request: pytest.FixtureRequest) -> Interface:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def pictures() -> set[Path]:
    """All that there are, of whatever test."""
    return set(Path(storage_paths.pictures().path("x")).parent.rglob("*.*"))


@pytest.mark.parametrize("name", NAMES)
def test_what_names_other_files_leads_nowhere(
    interface: Interface, secret: Path, inside: socket.socket, name: str
) -> None:
    data, before = payloads(secret, inside.getsockname()[1])[name], pictures()
    media = interface(name, data)
    if media is not None:
        assert pipeline.probe_next()
        media.refresh_from_db()
        assert media.status == "failed"
        assert media.error_code in ("unsupported", "unreadable", "no_video")
    assert connections_to(inside) == 0
    assert pictures() == before


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_name_is_only_a_name(interface: Interface, clip: Path, name: str) -> None:
    media = interface(name, clip.read_bytes())
    if media is None:
        assert name in (".", "..")  # no file's name at all
        return
    assert pipeline.probe_next()
    media.refresh_from_db()
    assert media.status == "ready", media.error_message
    assert storage_paths.source_path(media.source).is_relative_to(
        Path(storage_paths.sources().location)
    )
    submission.submit(
        media=media, snapshots=[SnapshotSpec(10, ["1s"])], interface=Task.Interface.REST
    )
    assert pipeline.run_next()
    with Image.open(storage_paths.pictures().path(Snapshot.objects.get().picture)) as image:
        assert numbered.read_number(np.asarray(image.convert("RGB"))) == 30
