"""What a task costs beside its decoding: POST to `finished_at`, less the bare extraction."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapshots.video import sandbox
from snapshots.video.results import Picture, Request
from snapshots.video.spec import RenderSpec

from . import footage

ROOT = Path(__file__).parent.parent
POINTS = [f"{5 + 10 * i}%" for i in range(10)]
ROUNDS = 10
TEMPLATE = 30  # 640×360


def run() -> None:
    path = footage.short_720p()
    with tempfile.TemporaryDirectory() as data, _site(data) as api:
        file_id = _upload(api, path)
        _task(api, file_id)  # once, so that the workers' fork servers are up
        _task(api, file_id)
        tasks, bare = [], []
        for _ in range(ROUNDS):
            tasks.append(_task(api, file_id))
            bare.append(_bare(path))
    over = statistics.median(tasks) - statistics.median(bare)
    print(f"\nOne task of {len(POINTS)} points, 640x360 JPEG from 720p H.264, REST on SQLite")
    print(f"  POST to finished_at  {1000 * statistics.median(tasks):5.0f} ms (median of {ROUNDS})")
    print(f"  bare extraction      {1000 * statistics.median(bare):5.0f} ms")
    print(f"  over it              {1000 * over:5.0f} ms")


class _Api:
    def __init__(self, base: str, key: dict[str, str]) -> None:
        self.base = base
        pair = f"{key['secret_id']}:{key['secret_key']}".encode()
        self._headers = {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
        headers = {**self._headers, "Content-Type": kind} if kind else self._headers
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}", data=body, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def _site(data: str) -> Iterator[_Api]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "MEDIAHUB_DATA": data, "DJANGO_SUPERUSER_PASSWORD": "bench"}
    up = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--workers", "2"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert up.stdout is not None
        for line in up.stdout:
            if "answers at" in line:
                break
        key = subprocess.run(
            [sys.executable, "manage.py", "create_access_key", "admin", "--json"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        yield _Api(f"http://127.0.0.1:{port}", json.loads(key.stdout))
    finally:
        up.send_signal(signal.SIGTERM)
        up.communicate(timeout=60)


def _upload(api: _Api, path: Path) -> str:
    boundary = "mediahub-bench"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    file_id = str(api.call("POST", "media/", body, kind)["file_id"])
    while api.call("GET", f"media/{file_id}/")["status"] == "probing":
        time.sleep(0.1)
    return file_id


def _task(api: _Api, file_id: str) -> float:
    """Seconds from just before the POST to `finished_at`."""
    wish = {"media": file_id, "snapshots": [{"template": TEMPLATE, "at": POINTS}]}
    start = datetime.now(UTC)
    task = api.call("POST", "tasks/", json.dumps(wish).encode(), "application/json")
    while not task["finished_at"]:
        time.sleep(0.02)
        task = api.call("GET", f"tasks/{task['task_id']}/")
    if task["status"] != "finished" or task["operations"][0]["status"] != "succeeded":
        raise RuntimeError(f"the task ended otherwise: {task}")
    return (datetime.fromisoformat(task["finished_at"]) - start).total_seconds()


def _bare(path: Path) -> float:
    requests = [Request(at, at, RenderSpec(width=640, height=360)) for at in POINTS]
    start = time.perf_counter()
    results = [r for r in sandbox.extract(path, requests) if isinstance(r, Picture)]
    if len(results) != len(POINTS):
        raise RuntimeError(f"{len(results)} of {len(POINTS)} pictures")
    return time.perf_counter() - start
