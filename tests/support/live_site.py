"""A whole site: `manage.py up` in processes of its own, used by REST."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.made_once import folder_made_once
from tests.support.processes import tree_of

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "only-for-tests"
_KEY = "key-of-the-tests.json"
_START = "from snapshots.management.commands.up import Command; Command()._prepare()"
_MAKE_KEY = (
    "from django.core.management import call_command; "
    "call_command('create_access_key', 'admin', '--json')"
)
_OF_ANOTHER_START = ("DATABASE_URL", "MEDIAHUB_SECRET_KEY")
_BOUNDARY = "not-to-be-found-in-any-video"  # a short one is, sooner or later


class LiveSite:
    """A running site: its process, what it has said, and a client with an administrator's key."""

    def __init__(self, process: subprocess.Popen[str], port: int, env: dict[str, str]) -> None:
        self.process = process
        self.base = f"http://127.0.0.1:{port}"
        self.said = ""
        self.data = Path(env["MEDIAHUB_DATA"])
        self._env = env
        self._headers: dict[str, str] = {}
        self._inside: subprocess.Popen[str] | None = None
        self._one_asks = threading.Lock()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait_until_said(self, pattern: str, timeout_s: float = 60.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not re.search(pattern, self.said):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"never said {pattern!r}, but:\n{self.said}")
            time.sleep(0.05)

    def manage(self, *words: str) -> str:
        """Run a management command on the same data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self._env, check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout

    def run(self, code: str) -> str:
        """What Python code prints, run beside the site on its data. Raises `RuntimeError`."""
        with self._one_asks:
            if self._inside is None:
                self._inside = _process_inside(self._env)
            assert self._inside.stdin
            assert self._inside.stdout
            self._inside.stdin.write(json.dumps(code) + "\n")
            self._inside.stdin.flush()
            answer = json.loads(self._inside.stdout.readline())
        if answer["error"]:
            raise RuntimeError(answer["error"])
        return str(answer["said"])

    def call(self, method: str, path: str, body: Any = None, kind: str = "") -> Any:
        """One REST call; `body` goes as JSON unless it is bytes of that `kind`."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": kind or "application/json"}
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}", data=data, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, url: str) -> bytes:
        """What a public address holds."""
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())

    def upload(self, path: Path) -> str:
        """Send a file and wait until it is ready; its file id."""
        head = (
            f"--{_BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        )
        body = head.encode() + path.read_bytes() + f"\r\n--{_BOUNDARY}--\r\n".encode()
        media = self.call("POST", "media/", body, f"multipart/form-data; boundary={_BOUNDARY}")
        while media["status"] == "probing":
            time.sleep(0.05)
            media = self.call("GET", f"media/{media['file_id']}/")
        if media["status"] != "ready":
            raise RuntimeError(f"not ready: {media}")
        return str(media["file_id"])

    def wait_for_task(self, task: dict[str, Any], timeout_s: float = 60.0) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while not task["finished_at"]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"still not ended: {task}")
            time.sleep(0.2)  # seldom enough not to take the workers' cores from them
            task = self.call("GET", f"tasks/{task['task_id']}/")
        return task

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        for pid in tree_of(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.stop()

    @property
    def headers(self) -> dict[str, str]:
        """What lets an administrator in."""
        if not self._headers:
            known = self.data / _KEY
            key = json.loads(known.read_text() if known.exists() else self.run(_MAKE_KEY))
            pair = f"{key['secret_id']}:{key['secret_key']}".encode()
            self._headers = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        return self._headers

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and wait; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        with self._one_asks:
            if self._inside is not None:
                self._inside.communicate()
                self._inside = None
        code = self.process.wait(60)
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _process_inside(env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.django_repl"],
        cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _environment(data: Path | str, more: dict[str, str]) -> dict[str, str]:
    ours = ("MEDIAHUB_", "DATABASE_URL")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return env | {
        "MEDIAHUB_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "mediahub.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
        "MEDIAHUB_OUTBOUND_PORTS": "1-65535",  # the tests' servers have any
        **more,
    }


def _prepare(data: Path) -> None:
    if not (data / "mediahub.sqlite3").exists():
        shutil.copytree(_first_start(), data, dirs_exist_ok=True)


@cache
def _first_start() -> Path:
    """The data of a site that has started once, and an administrator's key beside it."""
    sources = [ROOT / "manage.py", ROOT / "requirements.lock"]
    for name in ("mediahub", "snapshots", "templates", "locale"):
        sources += (path for path in (ROOT / name).rglob("*") if _is_source(path))
    return folder_made_once(_start_once, of=sources)


def _is_source(path: Path) -> bool:
    return path.is_file() and path.suffix not in (".pyc", ".mo")


def _start_once(data: Path) -> None:
    inside = _process_inside(_environment(data, {}))
    said, _ = inside.communicate(json.dumps(_START) + "\n" + json.dumps(_MAKE_KEY) + "\n")
    for answer in map(json.loads, said.splitlines()):
        if answer["error"]:
            raise RuntimeError(answer["error"])
    (data / _KEY).write_text(json.loads(said.splitlines()[-1])["said"])


@contextmanager
def live_site(
    data: Path | str, *words: str, port: int = 0, fresh: bool = False, **environment: str
) -> Iterator[LiveSite]:
    """`manage.py up` on `port` or a free one, with its data in `data`; stopped at the end.

    Where there is no data yet, it finds what its own first start would have made: unless `fresh`.
    """
    port = port or free_port()
    env = _environment(data, environment)
    if not fresh and environment.keys().isdisjoint(_OF_ANOTHER_START):
        _prepare(Path(data))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--workers", "2", *words],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    site = LiveSite(process, port, env)
    try:
        site.wait_until_said("answers at")
        yield site
    finally:
        site.stop()
