"""The shipped nginx configuration in a real nginx: it serves files, to authorised users only."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_site import LiveSite, free_port, live_site
from tests.support.processes import ROOT, wait_for
from tests.video.made import numbered

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@pytest.fixture(scope="module", autouse=True)
def _nginx_is_there() -> None:
    if not Path(NGINX).exists():
        missing = "nginx is not installed (Debian package nginx-light)."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)


@contextmanager
def nginx(data: Path, site_port: int) -> Iterator[int]:
    """As shipped, but for where things are: ports, the site's name, the data folder, its user."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mediahub-nginx-") as folder:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for there, here in (
            ("user nginx 10001;", "user root;" if os.getuid() == 0 else ""),
            ("listen 80;", f"listen 127.0.0.1:{port};"),
            ("http://web:8000", f"http://127.0.0.1:{site_port}"),
            ("/data/", f"{data}/"),
        ):
            assert there in text
            text = text.replace(there, here)
        own = f"daemon off; pid {folder}/pid; error_log stderr;\n"
        places = "\n".join(
            f"{name}_temp_path {folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = own + text.replace("http {", f"http {{\naccess_log off;\n{places}", 1)
        (Path(folder) / "nginx.conf").write_text(text)
        process = subprocess.Popen([NGINX, "-p", folder, "-c", f"{folder}/nginx.conf"])
        try:
            assert wait_for(lambda: answer(f"http://127.0.0.1:{port}/healthz")[0] == 200)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def answer(url: str, **headers: str) -> tuple[int, Any, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named), timeout=10) as got:
            return got.status, got.headers, got.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
    except OSError:
        return 0, {}, b""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LiveSite, str]]:
    """nginx's address, the site behind it, and a video in it."""
    data = tmp_path_factory.mktemp("data")
    with live_site(data, MEDIAHUB_ACCEL_PREFIX="/protected/") as site:
        file_id = site.upload(numbered.make(data / "clip.mp4"))
        with nginx(data, int(site.base.rpartition(":")[2])) as port:
            yield f"http://127.0.0.1:{port}", site, file_id


@pytest.mark.timeout(120)
def test_sources_are_served_to_authorised_users(front: tuple[str, LiveSite, str]) -> None:
    base, site, file_id = front
    url = f"{base}/api/v1/media/{file_id}/file/"
    whole = next((site.data / "sources").rglob(file_id)).read_bytes()
    status, headers, body = answer(url, **site.headers)
    assert (status, body) == (200, whole)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "X-Accel-Redirect" not in headers
    _, headers_, nothing = answer(url.replace(base, site.base), **site.headers)
    assert (headers_["X-Accel-Redirect"][:19], nothing) == ("/protected/sources/", b"")
    status, headers, body = answer(url, Range="bytes=100-199", **site.headers)
    assert (status, body) == (206, whole[100:200])
    assert headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


@pytest.mark.timeout(120)
def test_sources_are_served_to_nobody_else(front: tuple[str, LiveSite, str]) -> None:
    base, site, file_id = front
    source = next((site.data / "sources").rglob(file_id))
    name = source.relative_to(site.data)
    wrong = "Basic " + base64.b64encode(b"AKIDx:y").decode()
    for path in (
        f"/api/v1/media/{file_id}/file/", f"/protected/{name}", f"/protected//{name}",
        f"/x/../protected/{name}", f"/%70rotected/{name}", f"/pictures/../protected/{name}",
        f"/protected/pictures/../{name}", "/protected/sources/../../mediahub.sqlite3",
        f"/protected/pictures../{name}", "/protected/secret_key", f"/{name}",
    ):  # fmt: skip
        for headers in ({}, {"Authorization": wrong}):
            status, _, body = answer(base + path, **headers)
            assert status in (400, 401, 403, 404), path
            assert source.read_bytes()[:64] not in body


@pytest.mark.timeout(120)
def test_pictures_are_cacheable_for_a_year(front: tuple[str, LiveSite, str]) -> None:
    base, site, file_id = front
    cover = site.call("GET", f"media/{file_id}/")["cover"]["url"]
    path = re.sub(r"^https?://[^/]+", "", cover)
    status, headers, body = answer(base + path)
    assert status == 200
    assert headers["Content-Type"] == "image/jpeg"
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body == (site.data / "pictures" / path.removeprefix("/pictures/")).read_bytes()
