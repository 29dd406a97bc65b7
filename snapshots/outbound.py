"""HTTP out, guarded: the only client that goes to an address which somebody else named.

An address is resolved once, every answer of the resolver is checked against a table of ours, and
the connection goes to what was checked: a name that means another machine a moment later leads
nowhere. Nothing is taken from the environment but the certificates that TLS trusts.
"""

from __future__ import annotations

import http.client
import io
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!-~]+")  # what may stand in a request line as it is
_NAME = re.compile(r"[0-9a-z_-]+(\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)

# `ipaddress.is_global` of Python 3.11 lets several of these through. From IANA's registries of
# special-purpose addresses; what only documents, measures or leads through a tunnel is in as well.
_DENIED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        # All but 2000::/3, of which the internet is made: loopback, v4-mapped and v4-compatible,
        # NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), unique local, link- and site-local, multicast
        "::/3", "4000::/2", "8000::/1",
        "2001::/23",  # Teredo and its neighbours
        "2001:db8::/32", "2002::/16", "3fff::/20",  # examples, 6to4, examples
    )
)  # fmt: skip


class OutboundError(Exception):
    """Nothing came back that counts as an answer.

    `code` is `forbidden_url`, `unreachable`, `timeout`, `bad_certificate` or `bad_answer`. Of a
    `permanent` one the same address will not do better later.
    """

    def __init__(self, code: str, message: str, *, permanent: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.permanent = permanent

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: its status, and its headers by names in lower case."""

    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Target:
    """An address in its parts. `host` is ASCII; `path` has the query, and not the fragment."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header has it: without the port that goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine's resolver tells them. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Sequence[Network] = (),
    timeout_s: float = TIMEOUT_S,
    resolver: Resolver = resolve,
) -> Answer:
    """Send a body; redirects are not followed, they are the answer. Raises `OutboundError`.

    `timeout_s` is for all of it, from the name to the last header. Of the answer its status and
    headers are read, 64 KiB at most; its body is left where it is. `allowed` are networks that
    may be reached although they are private.
    """
    deadline = time.monotonic() + timeout_s
    target = _parse(url)
    with _told_apart():
        addresses = _checked(_resolved(target, resolver, deadline), allowed)
        with _connection(target, addresses, deadline) as connection:
            whole = {"Host": target.authority, "Connection": "close", **headers}
            connection.request("POST", target.path, body, whole)
            with connection.getresponse() as answer:
                named = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, named)


# --- Where to ------------------------------------------------------------------------------------


def _parse(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _forbidden(f"not an address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _forbidden("only http and https addresses are called")
    if "@" in parts.netloc:
        raise _forbidden("an address with a user name in it is not called")
    if port == 0:
        raise _forbidden("there is no port 0")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if not _PLAIN.fullmatch(path):
        raise _forbidden("an address is written in plain ASCII, other characters as %XX")
    return _Target(parts.scheme, _ascii(parts.hostname), port or _PORTS[parts.scheme], path)


def _ascii(host: str) -> str:
    """The host as it is looked up; full-width and circled digits become the digits they are."""
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise _forbidden("its host is no name") from error
    if not _NAME.fullmatch(name):
        raise _forbidden("its host is no name")
    return name


def _resolved(target: _Target, resolver: Resolver, deadline: float) -> Sequence[str]:
    """In a thread, which may be left behind: the machine's resolver knows no time limit."""
    found: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolver(target.host, target.port))
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        addresses = found.get(timeout=_left(deadline))
    except queue.Empty as error:
        raise OutboundError("timeout", f"{target.host} was not found in time.") from error
    if isinstance(addresses, OSError) or not addresses:
        raise OutboundError("unreachable", f"There is no host {target.host}.")
    return addresses


def _checked(addresses: Sequence[str], allowed: Sequence[Network]) -> list[str]:
    """All of them, or none: a name that leads inside as well is not one to be called."""
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if _is_in(address, _DENIED) and not _is_in(address, allowed):
            raise _forbidden(f"it leads to {address}, which is not on the internet")
    return list(addresses)


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _forbidden(why: str) -> OutboundError:
    return OutboundError("forbidden_url", f"The address is not called: {why}.", permanent=True)


# --- The connection ------------------------------------------------------------------------------


@contextmanager
def _connection(
    target: _Target, addresses: Sequence[str], deadline: float
) -> Iterator[http.client.HTTPConnection]:
    """To the first address that answers, with TLS for the name and not for the address."""
    is_tls = target.scheme == "https"
    with (
        _connect(addresses, target.port, deadline) as plain,
        _secured(plain, target, deadline) if is_tls else plain as sock,
    ):
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = _Timed(sock, deadline)
        yield connection


def _connect(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    """Each gets its share of the time, so that one that keeps silent leaves some to the next."""
    last: OSError = TimeoutError()
    for tried, address in enumerate(addresses):
        share_s = _left(deadline) / (len(addresses) - tried)
        try:
            sock = socket.create_connection((address, port), timeout=share_s)
        except OSError as error:
            last = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise last


def _secured(plain: socket.socket, target: _Target, deadline: float) -> ssl.SSLSocket:
    plain.settimeout(_left(deadline))
    return _tls().wrap_socket(plain, server_hostname=target.host.rstrip("."))


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    """Seconds until the deadline. Raises `TimeoutError` when none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """A socket as `http.client` uses one, each of whose waits ends at the one deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))

    def close(self) -> None:
        """Closed by whoever opened it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._taken += count
        if self._taken > MOST_BYTES:
            raise OutboundError("bad_answer", "The answer begins with too many headers.")
        return count


@contextmanager
def _told_apart() -> Iterator[None]:
    """What the standard library raises, in our words."""
    try:
        yield
    except TimeoutError as error:
        raise OutboundError("timeout", "It did not answer in time.") from error
    except ssl.SSLCertVerificationError as error:
        raise OutboundError("bad_certificate", error.verify_message or str(error)) from error
    except http.client.RemoteDisconnected as error:
        raise OutboundError("unreachable", "It hung up without an answer.") from error
    except http.client.HTTPException as error:
        raise OutboundError("bad_answer", "It did not answer as HTTP does.") from error
    except OSError as error:
        raise OutboundError("unreachable", f"It cannot be reached ({error}).") from error
