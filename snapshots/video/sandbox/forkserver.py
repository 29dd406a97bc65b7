"""The fork server and its children, seen from the parent."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from ...messages import message as _
from ..errors import VideoError
from . import ipc
from .protocol import AnyMessage, Hello, Job, decode, encode

_ROOT = Path(__file__).resolve().parents[3]
_SERVE = (
    "import socket, sys; sys.path.insert(0, sys.argv[1]); "
    "from snapshots.video.sandbox import child; child.serve(socket.socket(fileno=int(sys.argv[2])))"
)
# The server's whole environment: no secrets, no search path, and no numerics threads beside the one
# that forks.
_ENVIRONMENT = {"PATH": "", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
_HELLO_S = 30.0  # the first child waits for the server to load its libraries
_MAX_STDERR = 4096  # bytes


class SandboxError(RuntimeError):
    """No child can be started: the machine's fault, not the file's."""


class Child:
    """One forked child, seen from the parent."""

    def __init__(self, sock: socket.socket, stderr: int) -> None:
        self._sock = sock
        self._stderr = stderr
        sock.settimeout(_HELLO_S)
        hello = decode(*ipc.receive(sock))
        if not isinstance(hello, Hello):
            raise ipc.Closed
        self.pid = hello.pid
        self._pidfd = os.pidfd_open(self.pid)

    def send(self, job: Job) -> None:
        with suppress(ipc.Closed):  # a dead child is noticed by the next receive
            ipc.send(self._sock, *encode(job))

    def ready(self, timeout_s: float) -> bool:
        poll = select.poll()  # unlike select(), not limited to small descriptors
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def receive(self) -> AnyMessage:
        try:
            return decode(*ipc.receive(self._sock))
        except (ipc.Closed, ValueError, TimeoutError) as error:
            raise crashed(self._stderr_tail()) from error

    def resident_mb(self) -> float:
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        except (OSError, IndexError):
            return 0.0  # gone; the socket will say so
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def end(self) -> None:
        """Kill it if it is still alive. Unlike a pid, the pidfd cannot refer to another process."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        os.close(self._stderr)
        self._sock.close()

    def _stderr_tail(self) -> str:
        try:
            text = os.read(self._stderr, 1 << 16)
        except BlockingIOError:
            return ""
        return text[-_MAX_STDERR:].decode(errors="replace")


def crashed(stderr: str) -> VideoError:
    error = VideoError("decoder_crashed", _("The decoder crashed on this file."))
    if stderr:
        error.add_note(stderr)
    return error


class ForkServer:
    """The fork server of this process, started when first needed; a forked copy starts its own."""

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

    def fork(self) -> Child:
        """A new child, from a new server if the old one is gone. Raises `SandboxError`."""
        last: Exception | None = None
        for _attempt in range(2):
            with self._lock:
                control = self._ensure()
            try:
                return _fork_from(control)
            except (ipc.Closed, OSError) as error:
                last = error
                self._give_up(control)
        raise SandboxError("the fork server does not answer") from last

    def _give_up(self, control: socket.socket) -> None:
        """Stop the server that failed, unless another thread has replaced it already."""
        with self._lock:
            if self._control is control:
                self._stop()

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


def _fork_from(control: socket.socket) -> Child:
    ours, theirs = socket.socketpair()
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)  # a verbose child loses output, it never blocks
    try:
        try:
            socket.send_fds(control, [b"f"], [theirs.fileno(), write_end])
        finally:
            theirs.close()
            os.close(write_end)
        return Child(ours, read_end)
    except BaseException:
        ours.close()
        os.close(read_end)
        raise


server = ForkServer()
atexit.register(server.stop)
