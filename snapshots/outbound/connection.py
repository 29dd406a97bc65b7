"""A connection to an address that was checked, each of whose waits has an end."""

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

MOST_HEAD_BYTES = 64 * 1024


class Patience:
    """How long to wait: for all of it, from now, and for each single wait of it, in seconds."""

    def __init__(self, whole_s: float, wait_s: float = math.inf) -> None:
        self._deadline = time.monotonic() + whole_s
        self._wait_s = wait_s

    def left(self) -> float:
        """Seconds that one more wait may last. Raises `TimeoutError` when none are left."""
        left = min(self._deadline - time.monotonic(), self._wait_s)
        if left <= 0:
            raise TimeoutError
        return left


class Connection(http.client.HTTPConnection):
    """To one address, with nothing of the environment."""

    def __init__(self, target: Target, sock: socket.socket, patience: Patience) -> None:
        super().__init__(target.host, target.port)
        self._timed = _Timed(sock, patience)
        self.sock = self._timed

    def want_body(self) -> None:
        """From here on an answer may be as long as it likes."""
        self._timed.most_bytes = math.inf


@contextmanager
def connected(
    target: Target, *, allowed: Sequence[Network], patience: Patience, resolver: Resolver
) -> Iterator[Connection]:
    """To the first address of the target that answers, with TLS for the name and not for it.

    Raises `OutboundError`; what is done with the connection is for `told_apart` as well.
    """
    with ExitStack() as stack:
        with told_apart():
            addresses = check(resolved(target, resolver, patience.left()), allowed)
            sock = stack.enter_context(_connect(addresses, target.port, patience))
            if target.scheme == "https":
                sock = stack.enter_context(_secured(sock, target, patience))
        yield Connection(target, sock, patience)


def _connect(addresses: Sequence[str], port: int, patience: Patience) -> socket.socket:
    """Each gets its share of the time, so that one that keeps silent leaves some to the next."""
    last: OSError = TimeoutError()
    for tried, address in enumerate(addresses):
        share_s = patience.left() / (len(addresses) - tried)
        try:
            sock = socket.create_connection((address, port), timeout=share_s)
        except OSError as error:
            last = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise last


def _secured(plain: socket.socket, target: Target, patience: Patience) -> ssl.SSLSocket:
    plain.settimeout(patience.left())
    return tls().wrap_socket(plain, server_hostname=target.host.rstrip("."))


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Trusts what the machine trusts."""
    return ssl.create_default_context()


class _Timed:
    """A socket as `http.client` uses one, each of whose waits is no longer than it may be."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock = sock
        self._patience = patience
        self.most_bytes: float = MOST_HEAD_BYTES

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._patience.left())
        self._sock.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self._sock.settimeout(self._patience.left())
        return self._sock.recv_into(buffer)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Closed by whoever opened it."""


class _Reader(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._timed.recv_into(buffer)
        self._taken += count
        if self._taken > self._timed.most_bytes:
            raise OutboundError("bad_answer", _("The response has too many headers."))
        return count


@contextmanager
def told_apart() -> Iterator[None]:
    """What the standard library raises, in our words."""
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
