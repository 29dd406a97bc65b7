"""A signed VOD call compared with an empty Django view, on one server."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.live_site import live_site
from tests.video.made import numbered
from tests.vod.support import signer

from ..decoding.targets import Target, target_text

ROOT = Path(__file__).resolve().parents[2]
CALLS = 400


def run() -> None:
    with tempfile.TemporaryDirectory() as data:
        key, task_id = _prepare(Path(data))
        with _server(Path(data)) as port:
            empty, detail = _measure(port, key, task_id)
    middle, other = statistics.median(detail), statistics.median(empty)
    print("\nA signed DescribeTaskDetail beside an empty Django view, on one gunicorn, kept alive")
    print(f"  empty view           {1000 * other:5.2f} ms (median of {CALLS})")
    print(f"  DescribeTaskDetail   {1000 * middle:5.2f} ms")
    print(target_text(Target("the call to the empty view", 3.0, middle / other)))


def _prepare(data: Path) -> tuple[dict[str, str], str]:
    """A site with a finished task of two snapshots, and an administrator's key."""
    with live_site(data) as site:
        file_id = site.upload(numbered.make(data / "clip.mp4"))
        task_spec = {"media": file_id, "snapshots": [{"template": 10, "at": ["0.5s", "1s"]}]}
        task = site.wait_for_task(site.call("POST", "tasks/", task_spec))
        return json.loads(site.manage("create_access_key", "admin", "--json")), task["task_id"]


@contextmanager
def _server(data: Path) -> Iterator[int]:
    """The site as `up` serves it, with an additional empty view."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["bench.site.empty_view", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    threads = ["--worker-class", "gthread", "--threads", "8", "--keep-alive", "30"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, *threads],
        cwd=ROOT, env={**os.environ, "MEDIAHUB_DATA": str(data)},
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the server does not response")


def _measure(port: int, key: dict[str, str], task_id: str) -> tuple[list[float], list[float]]:
    """Seconds of each call, alternating over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    empty, detail = [], []
    for number in range(CALLS + 50):
        start = time.perf_counter()
        connection.request("GET", "/empty/")
        connection.getresponse().read()
        middle = time.perf_counter()
        request = signer.tc3(
            key["secret_id"], key["secret_key"], "DescribeTaskDetail", {"TaskId": task_id},
            now=int(time.time()), host=f"127.0.0.1:{port}",
        )  # fmt: skip
        signed = time.perf_counter()
        connection.request("POST", "/", request.body, request.headers)
        response = json.load(connection.getresponse())
        end = time.perf_counter()
        if response["Response"].get("Status") != "FINISH":
            raise RuntimeError(f"the call failed: {response}")
        if number >= 50:  # the first ones fill caches
            empty.append(middle - start)
            detail.append(end - signed)
    return empty, detail
