"""`manage.py up`: the whole site on this machine, from nothing."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from io import StringIO
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError

from snapshots import checks
from snapshots.management import static_files
from snapshots.management.command import PlainCommand, require_current_schema
from snapshots.parent_death import die_with_parent
from snapshots.services import demo

_GRACE_S = 30.0
_START_S = 60.0


class Command(PlainCommand):
    help = "Prepare everything, then run web server and workers until Ctrl-C or SIGTERM."
    requires_system_checks = (checks.LIBRARIES,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Default: 127.0.0.1.")
        parser.add_argument("--port", type=_port, default=8000, help="Default: 8000.")
        parser.add_argument("--workers", type=int, default=settings.MEDIAHUB_WORKERS)
        parser.add_argument(
            "--demo", action="store_true", help="Fill an empty library with three clips."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        require_current_schema()
        address = (options["host"], options["port"])
        _check_port_free(address)
        self._prepare()
        site = _Site(address, options["workers"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, site.ask_to_stop)
        try:
            site.start()
            self._welcome(site)
            if options["demo"] and not site.stopping.is_set() and demo.is_wanted():
                self._make_demo(site)
            dead = site.wait()
        finally:
            site.stop()
        if dead:
            raise CommandError(f"The {dead} ended by itself; see its messages above.")
        self.stdout.write("Stopped.")

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        static_files.collect()
        call_command("seed_presets", stdout=StringIO())
        self._make_first_administrator()

    def _make_first_administrator(self) -> None:
        users = get_user_model()
        if users.objects.filter(is_superuser=True).exists():
            return
        name = os.environ.get("DJANGO_SUPERUSER_USERNAME") or "admin"
        given = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        password = given or secrets.token_urlsafe(12)
        users.objects.create_superuser(name, password=password)
        if not given:
            self.stdout.write(f"Administrator {name} made. Password, shown only now: {password}")

    def _welcome(self, site: _Site) -> None:
        if not site.stopping.is_set():
            self.stdout.write(f"MediaHub answers at {site.url}  (Ctrl-C stops it)")
            self.stdout.flush()

    def _make_demo(self, site: _Site) -> None:
        self.stdout.write("Making the demo library …")
        self.stdout.flush()
        complete = demo.populate(keep_on=lambda: not site.stopping.is_set() and not site.dead())
        if not site.stopping.is_set():
            word = "ready" if complete else "incomplete; look at the tasks in the console"
            self.stdout.write(f"The demo library is {word}.")
            self.stdout.flush()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError("use a port from 1 to 65535")
    return int(text)


def _check_port_free(address: tuple[str, int]) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"{address[0]}:{address[1]} cannot be listened on ({error.strerror}). "
                "Give another port: make up PORT=9000, or manage.py up --port 9000."
            ) from error


def _end_with_parent() -> None:
    """Stop in order even if this process is killed."""
    die_with_parent(signal.SIGTERM)


class _Site:
    """Web server and workers as two children, each in a session of its own.

    So a Ctrl-C at the terminal reaches only this process, which stops them in order.
    """

    def __init__(self, address: tuple[str, int], workers: int) -> None:
        self.stopping = threading.Event()
        self._address = address
        self._workers = workers
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        own = f"http://{address[0]}:{address[1]}"
        self.url = os.environ.get("MEDIAHUB_BASE_URL", own)

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.stopping.set()

    def start(self) -> None:
        """Start both and wait until the web server answers."""
        host, port = self._address
        web = ["gunicorn", "mediahub.wsgi", "--bind", f"{host}:{port}", "--log-level", "warning"]
        threads = ["--worker-class", "gthread", "--threads", "24", "--graceful-timeout", "10"]
        self._spawn("web server", ["-m", *web, *threads])
        self._spawn("worker", ["manage.py", "worker", "--workers", str(self._workers)])
        deadline = time.monotonic() + _START_S
        while not self._answers() and time.monotonic() < deadline:
            if self.dead() or self.stopping.wait(0.1):
                return

    def dead(self) -> str:
        """The name of a child that has ended, or nothing."""
        ended = (name for name, child in self._children.items() if child.poll() is not None)
        return next(ended, "")

    def wait(self) -> str:
        """Wait for the stop signal; the name of a child that ended by itself before."""
        while not self.stopping.wait(0.2):
            if dead := self.dead():
                return dead
        return ""

    def stop(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _GRACE_S
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def _spawn(self, name: str, arguments: list[str]) -> None:
        self._children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "MEDIAHUB_BASE_URL": self.url},
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  one call into the kernel
        )

    def _answers(self) -> bool:
        try:
            socket.create_connection(self._address, timeout=0.5).close()
        except OSError:
            return False
        return True
