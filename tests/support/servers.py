"""PostgreSQL and Redis for the tests: Debian's servers, on free ports, without persistence."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import psycopg
import redis

MISSING_POSTGRESQL = "PostgreSQL is not installed (Debian package postgresql)"
MISSING_REDIS = "Redis is not installed (Debian package redis-server)"
_START_S = 30.0
_PR_SET_PDEATHSIG = 1
_names = count(1)
S = TypeVar("S", bound="Server")


class Missing(Exception):
    """A server's programs are not on this machine."""


@dataclass
class Server:
    """A server's process; `stop` and `start` again as often as a test likes, on the same port."""

    command: list[str]
    port: int
    answers: Callable[[int], bool]
    stop_signal: signal.Signals
    user: str | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Returns when it answers. Raises `RuntimeError` with what it said when it does not."""
        with tempfile.TemporaryFile() as said:
            self.process = subprocess.Popen(
                self.command, stdout=said, stderr=subprocess.STDOUT, cwd="/", user=self.user,
                preexec_fn=partial(_die_with_parent, self.stop_signal),  # noqa: PLW1509
            )  # fmt: skip
            deadline = time.monotonic() + _START_S
            while not self.answers(self.port):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    said.seek(0)
                    raise RuntimeError(said.read().decode(errors="replace"))
                time.sleep(0.02)

    def stop(self) -> None:
        """At once, without a last word to whoever is connected."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class PostgreSQL(Server):
    def url(self, name: str, **words: str) -> str:
        """The address of a database, as `DATABASE_URL` takes it."""
        tail = "&".join(f"{word}={value}" for word, value in words.items())
        return f"postgres://mediahub@127.0.0.1:{self.port}/{name}" + (tail and f"?{tail}")

    def new_database(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of one that nobody is using; its name."""
        name = f"site_{os.getpid()}_{next(_names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        return name


class Redis(Server):
    @property
    def url(self) -> str:
        """Its address, as `MEDIAHUB_BROKER_URL` takes it."""
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of one's own, gone at the end. Raises `Missing`."""
    programs = _postgresql_programs()
    user = _plain_user()
    folder = Path(tempfile.mkdtemp(prefix="mediahub-postgresql-"))
    try:
        if user:
            shutil.chown(folder, user)
        subprocess.run(
            [programs / "initdb", "--pgdata", folder / "data", "--username", "mediahub",
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
            check=True, user=user, cwd="/", stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            "shared_buffers": "64MB",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

        def command(port: int) -> list[str]:
            return [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), *words]

        # SIGQUIT is its fast way out: it takes all its processes along.
        with _running(
            lambda port: PostgreSQL(command(port), port, _postgresql_answers, signal.SIGQUIT, user)
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis of one's own that keeps nothing on disk, gone at the end. Raises `Missing`."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing(MISSING_REDIS)
    with tempfile.TemporaryDirectory(prefix="mediahub-redis-") as folder:

        def command(port: int) -> list[str]:
            return [
                program, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder,
                "--save", "", "--appendonly", "no",
            ]  # fmt: skip

        with _running(
            lambda port: Redis(command(port), port, _redis_answers, signal.SIGKILL)
        ) as server:
            yield server


@contextmanager
def _running(make: Callable[[int], S]) -> Iterator[S]:
    """The server that `make` gives for a free port, until the end."""
    for tries_left in (2, 1, 0):
        server = make(_free_port())
        try:
            server.start()
            break
        except RuntimeError:  # somebody else took the port in between
            if not tries_left:
                raise
    try:
        yield server
    finally:
        server.stop()


def _postgresql_programs() -> Path:
    """The folder of the newest version's programs: Debian keeps them off the PATH."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _is_whole(path)]
    if not found:
        raise Missing(MISSING_POSTGRESQL)
    return max(found, key=lambda path: int(path.parent.name))


def _is_whole(programs: Path) -> bool:
    return (programs / "initdb").exists() and (programs / "postgres").exists()


def _plain_user() -> str | None:
    """As whom PostgreSQL is run: it refuses to run as root. `None` for whoever runs the tests."""
    if os.getuid() != 0:
        return None
    known = {row.pw_name for row in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent(number: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _postgresql_answers(port: int) -> bool:
    try:
        psycopg.connect(host="127.0.0.1", port=port, user="mediahub", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(port: int) -> bool:
    with redis.Redis(port=port, retry=None) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
