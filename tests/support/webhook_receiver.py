"""Webhook receivers: real servers on free local ports."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answering = Callable[[Received], tuple[int, dict[str, str]]]


class Receiver:
    """Keeps what came, and answers as it is told to: 200, unless `answer` says otherwise."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.got: list[Received] = []
        self.answer: Answering = lambda _: (200, {})

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=mediahub"

    def status(self, code: int, **headers: str) -> None:
        """Answer this from now on; `Retry_After="3"` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _: (code, named)


def _handler(receiver: list[Receiver]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # whoever sent it died over it
            request = Received(self.path, dict(self.headers), body)
            receiver[0].got.append(request)
            code, headers = receiver[0].answer(request)
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests look at what came."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Senders that are killed hang up in the middle."""


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens until the end of the block; on a free port unless told which."""
    cell: list[Receiver] = []
    with _Server(("127.0.0.1", port), _handler(cell)) as server:
        cell.append(Receiver(server))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield cell[0]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket that takes connections, and keeps silent on each."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


def connections_to(sock: socket.socket) -> int:
    """How many connections wait to be taken."""
    sock.setblocking(False)
    count = 0
    while True:
        try:
            taken, _ = sock.accept()
        except BlockingIOError:
            return count
        taken.close()
        count += 1


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
