"""HTTP connections to checked addresses, with a deadline on every wait."""

from __future__ import annotations

import http.client
import io
import math
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any

from ..messages import Message
from ..messages import message as _
from .addresses import Network, Resolver, Target, check, resolved
from .errors import OutboundError

MAX_HEAD_BYTES = 64 * 1024


class Deadline:
    """The time left: `whole_s` in all from now, and `wait_s` for each single wait."""

    def __init__(self, whole_s: float, wait_s: float = math.inf) -> None:
        self._deadline = time.monotonic() + whole_s
        self._wait_s = wait_s

    def left(self) -> float:
        """Seconds that the next wait may last. Raises `TimeoutError` when none are left."""
        left = min(self._deadline - time.monotonic(), self._wait_s)
        if left <= 0:
            raise TimeoutError
        return left


class Connection(http.client.HTTPConnection):
    """A connection over a given socket, without proxies of the environment."""

    def __init__(self, target: Target, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__(target.host, target.port)
        self._timed = _Timed(sock, deadline)
        self.sock = self._timed

    def want_body(self) -> None:
        """Lift the size limit of the headers, for the body."""
        self._timed.max_bytes = math.inf


@contextmanager
def connected(
    target: Target, *, allowed: Sequence[Network], deadline: Deadline, resolver: Resolver
) -> Iterator[Connection]:
    """A connection to the first address that answers, with TLS for the target's name.

    Raises `OutboundError`; uses of the connection need `map_network_errors` too.
    """
    with ExitStack() as stack:
        with map_network_errors():
            addresses = check(resolved(target, resolver, deadline.left()), allowed)
            sock = stack.enter_context(_connect(addresses, target.port, deadline))
            if target.scheme == "https":
                sock = stack.enter_context(_secured(sock, target, deadline))
        yield Connection(target, sock, deadline)


def _connect(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Each address gets its share of the time, so that a silent one leaves some for the next."""
    last: OSError = TimeoutError()
    for tried, address in enumerate(addresses):
        share_s = deadline.left() / (len(addresses) - tried)
        try:
            sock = socket.create_connection((address, port), timeout=share_s)
        except OSError as error:
            last = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise last


def _secured(plain: socket.socket, target: Target, deadline: Deadline) -> ssl.SSLSocket:
    plain.settimeout(deadline.left())
    return tls().wrap_socket(plain, server_hostname=target.host.rstrip("."))


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """A TLS context with the machine's certificates."""
    return ssl.create_default_context()


class _Timed:
    """A socket for `http.client` that applies the deadline to every wait."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._patience = deadline
        self.max_bytes: float = MAX_HEAD_BYTES

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._patience.left())
        self._sock.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self._sock.settimeout(self._patience.left())
        return self._sock.recv_into(buffer)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """The socket is closed by its opener."""


class _Reader(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._timed.recv_into(buffer)
        self._taken += count
        if self._taken > self._timed.max_bytes:
            raise OutboundError("bad_answer", _("The response has too many headers."))
        return count


@contextmanager
def map_network_errors() -> Iterator[None]:
    """Raises errors of the standard library as `OutboundError`."""
    try:
        yield
    except TimeoutError as error:
        raise OutboundError("timeout", _("The server did not answer in time.")) from error
    except ssl.SSLCertVerificationError as error:
        raise OutboundError(
            "bad_certificate", Message(error.verify_message or str(error))
        ) from error
    except http.client.RemoteDisconnected as error:
        raise OutboundError(
            "unreachable", _("The server closed the connection without an answer.")
        ) from error
    except http.client.HTTPException as error:
        raise OutboundError("bad_answer", _("The server's answer is not valid HTTP.")) from error
    except OSError as error:
        raise OutboundError(
            "unreachable", _("The server cannot be reached (%(why)s).", why=str(error))
        ) from error
