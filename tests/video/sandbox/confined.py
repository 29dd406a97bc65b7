"""`python -m tests.video.sandbox.confined`: what a process can still do once the kernel holds it.

Each line of stdin says as JSON what to try. After all libraries are loaded it is tried in a process
forked for it, as the product's children are, and a line of stdout says what came of it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any, NoReturn

import av

from snapshots.video.sandbox import child, landlock, seccomp


def _read(path: str) -> str:
    with open(path, "rb") as file:
        return f"read {len(file.read(64))} bytes"


def _write(path: str) -> str:
    with open(path, "wb") as file:
        return f"wrote {file.write(b'x')} byte"


def _list(path: str) -> str:
    return f"{len(os.listdir(path))} names"


def _make(path: str) -> str:
    os.mkdir(path)
    return "made"


def _delete(path: str) -> str:
    os.unlink(path)
    return "deleted"


def _connect(port: int) -> str:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=2)):
        return "connected"


def _send_datagram(port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return f"sent {sock.sendto(b'x', ('127.0.0.1', port))} byte"


def _pair(_: Any) -> str:
    for sock in socket.socketpair():
        sock.close()
    return "made"


def _run(program: str) -> str:
    os.execv(program, [program])


def _start_thread(_: Any) -> str:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    return "ran"


def _listen(_: Any) -> str:
    with socket.create_server(("127.0.0.1", 0)):
        return "listens"


def _decode(path: str) -> str:
    """As FFmpeg does by default: whatever the file asks for, of any protocol and format."""
    loose = {"protocol_whitelist": "file,http,tcp,crypto,data,concat,subfile", "safe": "0"}
    with av.open(path, options={**loose, "allowed_extensions": "ALL"}, timeout=3) as container:
        return f"decoded {sum(1 for _ in container.decode(video=0))} frames"


TRIES: dict[str, Callable[[Any], str]] = {
    "read": _read, "write": _write, "list": _list, "make": _make, "delete": _delete,
    "connect": _connect, "listen": _listen, "decode": _decode, "datagram": _send_datagram,
    "pair": _pair, "run": _run, "thread": _start_thread,
}  # fmt: skip


def main() -> None:
    child._load()
    for line in sys.stdin:
        if not (pid := os.fork()):
            _try_all(json.loads(line))
        _, status = os.waitpid(pid, 0)
        if status:
            sys.stdout.write(json.dumps({"died": status}) + "\n")
        sys.stdout.flush()


def _try_all(asked: dict[str, Any]) -> NoReturn:
    """In a process that does nothing else, and is held for good."""
    child._prctl(child._PR_SET_NO_NEW_PRIVS, 1)
    if asked["readable"] is not None:
        landlock.restrict(asked["readable"], landlock.libraries())
    if asked["calls"]:
        assert seccomp.restrict()
    told = []
    for what, value in asked["tries"]:
        try:
            told.append(TRIES[what](value))
        except (OSError, av.error.FFmpegError, IndexError) as error:
            told.append(type(error).__name__)
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
