"""The receiver in docs/webhooks.md runs as printed, and accepts a whole site's webhooks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.live_site import live_site
from tests.support.processes import ROOT, wait_for

from ...support.webhook_receiver import LOOPBACK, free_port

DOCS = (ROOT / "docs" / "webhooks.md").read_text()
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@contextmanager
def documented_receiver(port: int) -> Iterator[list[tuple[str, str]]]:
    """The receiver of the documentation as a process; the ids and the events that it received."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "SECRET": SECRET, "PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout
    received: list[tuple[str, str]] = []

    def listen() -> None:
        assert process.stdout
        for line in process.stdout:
            identity, _, event = line.rstrip().partition(" ")
            received.append((identity, event))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield received
    finally:
        process.kill()
        process.wait(10)
        thread.join()
        process.stdout.close()


def status_of(url: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, b"{}", headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def types(received: list[tuple[str, str]]) -> list[str]:
    return [re.findall(r"'EventType': '(\w+)'", event)[0] for _, event in received]


def test_a_whole_site_pushes_to_the_receiver_of_the_documentation(
    tmp_path: Path, clip: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    settings: dict[str, Any] = {"mode": "push", "url": url, "secret": SECRET}
    allowed = {"MEDIAHUB_ALLOW_PRIVATE": LOOPBACK, "MEDIAHUB_AUTO_COVER": "false"}
    with documented_receiver(port) as received, live_site(tmp_path, **allowed) as site:
        assert json.dumps(site.call("PUT", "event-config/", settings)).count("whsec_") == 0
        file_id = site.upload(clip)
        asked = {"media": file_id, "snapshots": [{"template": 10, "at": ["1s"]}]}
        task = site.wait_for_task(site.call("POST", "tasks/", asked))
        assert wait_for(lambda: len(received) == 2)
        assert types(received) == ["NewFileUpload", "ProcedureStateChanged"]
        assert file_id in received[0][1]
        assert task["task_id"] in received[1][1]
        assert task["operations"][0]["points"][0]["snapshot"]["url"] in received[1][1]
        assert all(re.fullmatch(r"evt_\d+", identity) for identity, _ in received)
        stale = {
            "webhook-id": "evt_1",
            "webhook-timestamp": "1",
            "webhook-signature": "v1,AAAA",
            "Content-Type": "application/json",
        }
        assert status_of(url, stale) == 400
        assert site.stop() == 0
    assert len(received) == 2


def test_documented_schedule_is_the_default(settings: Any) -> None:
    words = re.search(r"at once, (5 s.*?);", DOCS, re.DOTALL)
    assert words
    units = {"s": 1, "min": 60, "h": 3600}
    waits = [0.0]
    for part in words[1].replace("\n", " ").split(","):
        number, unit = part.split()
        waits.append(float(number) * units[unit])
    assert waits == settings.MEDIAHUB_CALLBACK_WAITS
