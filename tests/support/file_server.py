"""A web server with one file and the habits of servers on the internet."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.0/8"


@dataclass
class Origin:
    """Has `data` at every path that `others` has nothing for.

    `asked` are the requests' paths and their Range headers.
    """

    data: bytes
    etag: str = '"one"'
    knows_ranges: bool = True
    tells_length: bool = True
    modified: float | None = None
    cuts: list[int] = field(default_factory=list)  # after so many bytes each, it hangs up
    statuses: list[int] = field(default_factory=list)  # are answered first
    redirects: dict[str, str] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    max_bytes: int | None = None  # bytes of one answer to a range
    pause: threading.Event | None = None  # waited for after the first block
    asked: list[tuple[str, str]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/films/holiday%20one.mp4?token=secret"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    origin: Origin

    def do_GET(self) -> None:
        origin = self.origin
        origin.asked.append((self.path, self.headers.get("Range", "")))
        origin.hosts.append(self.headers["Host"])
        self.close_connection = True
        if target := origin.redirects.get(self.path):
            self._say(302, {"Location": target})
        elif self.path in origin.others:
            self._say(200, {}, origin.others[self.path])
        elif origin.statuses:
            self._say(origin.statuses.pop(0), {})
        else:
            self._send_file(origin)

    def _say(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, origin: Origin) -> None:
        begin, data = self._begin(origin), origin.data
        if begin >= len(data) > 0:
            self._say(416, {"Content-Range": f"bytes */{len(data)}"})
            return
        body = data[begin:][: origin.max_bytes if begin else None]
        self.send_response(206 if begin else 200)
        if begin:
            end = begin + len(body) - 1
            self.send_header("Content-Range", f"bytes {begin}-{end}/{len(data)}")
        if origin.etag:
            self.send_header("ETag", origin.etag)
        if origin.modified is not None:
            self.send_header("Last-Modified", formatdate(origin.modified, usegmt=True))
        if origin.tells_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(origin, body)

    def _begin(self, origin: Origin) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not found or not origin.knows_ranges:
            return 0
        named = self.headers.get("If-Range", "")
        dated = formatdate(origin.modified, usegmt=True) if origin.modified is not None else None
        return int(found[1]) if named in (origin.etag, dated) else 0

    def _write(self, origin: Origin, body: bytes) -> None:
        cut = origin.cuts.pop(0) if origin.cuts else len(body)
        try:
            if origin.pause:
                self.wfile.write(body[:4096])
                origin.pause.wait(20)
                body = body[4096:]
            self.wfile.write(body[:cut])
        except OSError:
            return  # nobody reads any more

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at what was asked."""


@contextmanager
def origin(data: bytes, **habits: object) -> Iterator[Origin]:
    """The server, until the end of the block."""
    there = Origin(data, **habits)  # type: ignore[arg-type]
    handler = type("Handler", (_Handler,), {"origin": there})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield there
    finally:
        if there.pause:
            there.pause.set()
        server.shutdown()
        thread.join()
        server.server_close()
