"""Decoding in a throw-away child process, so that no file can harm who asked.

The child comes from a fork server that has the libraries loaded already: it starts in tens of
milliseconds. What crashes, starves or never ends becomes a `VideoError` with a code.
"""

from __future__ import annotations

import atexit
import math
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import wire
from .errors import VideoError
from .info import FrameIndex, VideoInfo
from .results import CleanPicture, Failure, Picture, Request

_ROOT = Path(__file__).resolve().parents[2]
_SERVE = (
    "import socket, sys; sys.path.insert(0, sys.argv[1]); "
    "from snapshots.video import jail; jail.serve(socket.socket(fileno=int(sys.argv[2])))"
)
# The server's whole environment: nothing of ours for a hostile file to find, no search path, and
# no threads of a numerics library beside the one that forks.
_ENVIRONMENT = {"PATH": "", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
_HELLO_S = 30.0  # the first child waits for the server to load its libraries
_WATCH_S = 0.05  # how often the child's memory is looked at
_STDERR_KEPT = 4096


class SandboxError(RuntimeError):
    """No child can be had: this machine's fault, and no file's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take: seconds of wall clock, MiB of resident memory."""

    wall_s: float = 60.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Probed:
    """What probing found, and the picture proposed as a first cover."""

    info: VideoInfo
    index: FrameIndex
    cover: Picture | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A second has passed; the child is still at work."""


Answer = tuple[dict[str, Any], bytes]


def extract(
    path: str | os.PathLike[str],
    requests: Sequence[Request],
    *,
    info: VideoInfo | None = None,
    index: FrameIndex | None = None,
    limits: Limits = Limits(),
) -> Iterator[Picture | Failure | Tick]:
    """One result for each request, as they are done, with a `Tick` about every second.

    Raises `VideoError` when the file is refused as a whole, and `decoder_crashed`,
    `out_of_memory` or `timeout` when the child ended that way; results before that are good.
    Closing the iterator kills the child.
    """
    job = {
        "name": "extract",
        "path": os.fspath(path),
        "requests": [asdict(request) for request in requests],
        "info": info.to_json() if info else None,
        "index": index.to_bytes().hex() if index else None,
    }
    for answer in _run(job, limits):
        if answer is None:
            yield Tick()
        elif answer[0]["type"] == "picture":
            yield _picture(answer)
        elif answer[0]["type"] == "failure":
            yield Failure(**_without_type(answer[0]))


def probe(
    path: str | os.PathLike[str],
    *,
    cover: Any = None,
    limits: Limits = Limits(),
) -> Iterator[Probed | Tick]:
    """Ticks, and at the end one `Probed`; with a `cover` spec also a proposed first cover.

    Raises as `extract` does. A file that was probed and then fails at its cover is `Probed`
    without one.
    """
    job = {
        "name": "probe",
        "path": os.fspath(path),
        "cover": asdict(cover) if cover else None,
    }
    info: VideoInfo | None = None
    index = FrameIndex.from_bytes
    found: Probed | None = None
    try:
        for answer in _run(job, limits):
            if answer is None:
                yield Tick()
            elif answer[0]["type"] == "info":
                info = VideoInfo.from_json(answer[0]["info"])
                found = Probed(info, index(answer[1]), None)
            elif answer[0]["type"] == "picture" and found:
                found = Probed(found.info, found.index, _picture(answer))
    except VideoError:
        if found is None:
            raise
    if found is None:
        raise _crashed("")
    yield found


def normalise(path: str | os.PathLike[str], *, limits: Limits = Limits()) -> CleanPicture:
    """A picture that a user sent, read and written anew in a child. Raises `VideoError`."""
    for answer in _run({"name": "normalise", "path": os.fspath(path)}, limits):
        if answer is not None and answer[0]["type"] == "image":
            return CleanPicture(answer[0]["format"], answer[1])
    raise _crashed("")


def warm_up() -> None:
    """Start the fork server now, so that the first job does not wait for it."""
    _server.start()


def _picture(answer: Answer) -> Picture:
    return Picture(**_without_type(answer[0]), data=answer[1])


def _without_type(head: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in head.items() if name != "type"}


def _run(job: dict[str, Any], limits: Limits) -> Iterator[Answer | None]:
    """The child's messages, `None` about every second; kills the child when left early."""
    child = _server.fork()
    try:
        # CPU time runs on as many cores as there are; the wall clock is the limit that counts.
        cpu_s = math.ceil(limits.wall_s) * (os.cpu_count() or 1) + 5
        child.send({**job, "cpu_s": cpu_s})
        yield from _watch(child, limits)
    finally:
        child.end()


def _watch(child: _Child, limits: Limits) -> Iterator[Answer | None]:
    deadline = time.monotonic() + limits.wall_s
    tick = time.monotonic() + 1.0
    while True:
        if child.ready(_WATCH_S):
            answer = child.receive()
            if answer[0]["type"] == "done":
                return
            if answer[0]["type"] == "refused":
                raise VideoError(str(answer[0]["code"]), str(answer[0]["message"]))
            yield answer
        now = time.monotonic()
        if child.resident_mb() > limits.memory_mb:
            raise VideoError(
                "out_of_memory", "Decoding this file takes more memory than is allowed."
            )
        if now > deadline:
            raise VideoError(
                "timeout", f"Decoding was stopped after {limits.wall_s:.0f} s: it took too long."
            )
        if now > tick:
            tick = now + 1.0
            yield None


class _Child:
    """One forked child, seen from the parent."""

    def __init__(self, sock: socket.socket, stderr: int) -> None:
        self._sock = sock
        self._stderr = stderr
        sock.settimeout(_HELLO_S)
        self.pid = int(wire.receive(sock)[0]["pid"])
        self._pidfd = os.pidfd_open(self.pid)

    def send(self, job: dict[str, Any]) -> None:
        with suppress(wire.Closed):  # a dead child shows itself at the next receive
            wire.send(self._sock, job)

    def ready(self, timeout_s: float) -> bool:
        poll = select.poll()  # unlike select(), not limited to small descriptors
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def receive(self) -> Answer:
        try:
            return wire.receive(self._sock)
        except (wire.Closed, ValueError, TimeoutError) as error:
            raise _crashed(self._last_words()) from error

    def resident_mb(self) -> float:
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0.0  # gone; the socket will say so
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def end(self) -> None:
        """Kill it if it still lives. The pidfd cannot mean another process, as a pid could."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        os.close(self._stderr)
        self._sock.close()

    def _last_words(self) -> str:
        try:
            text = os.read(self._stderr, 1 << 16)
        except BlockingIOError:
            return ""
        return text[-_STDERR_KEPT:].decode(errors="replace")


def _crashed(last_words: str) -> VideoError:
    error = VideoError("decoder_crashed", "The decoder crashed on this file.")
    if last_words:
        error.add_note(last_words)
    return error


class _ForkServer:
    """One per process that decodes, started when first needed; a forked copy starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        with self._lock:
            self._ensure()

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def fork(self) -> _Child:
        """A fresh child, from a new server when the old one is gone. Raises `SandboxError`."""
        try:
            return self._fork_once()
        except (wire.Closed, OSError):
            with self._lock:
                self._stop()
            try:
                return self._fork_once()
            except (wire.Closed, OSError) as error:
                raise SandboxError("the fork server does not answer") from error

    def _fork_once(self) -> _Child:
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        os.set_blocking(write_end, False)  # a chatty child loses words, it never blocks
        try:
            try:
                with self._lock:
                    socket.send_fds(self._ensure(), [b"f"], [theirs.fileno(), write_end])
            finally:
                theirs.close()
                os.close(write_end)
            return _Child(ours, read_end)
        except BaseException:
            ours.close()
            os.close(read_end)
            raise

    def _ensure(self) -> socket.socket:
        if self._control is None or self._owner != os.getpid():
            self._launch()
        assert self._control is not None  # noqa: S101  set by _launch
        return self._control

    def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SERVE, str(_ROOT), str(theirs.fileno())],
            env=_ENVIRONMENT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self._control, self._owner = ours, os.getpid()

    def _stop(self) -> None:
        if self._control is not None and self._owner == os.getpid():
            self._control.close()
            if self._process is not None:
                self._process.kill()
                self._process.wait()
        self._control = None
        self._process = None


_server = _ForkServer()
atexit.register(_server.stop)
