"""URLs and addresses: parsed, resolved, and checked against private networks and our own."""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

from ..messages import message as _
from .errors import OutboundError, forbidden
from .own_addresses import Address, is_own

Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

_PORTS = {"http": 80, "https": 443}
_OWN_NAME_S = 5.0
_PLAIN = re.compile(r"[!-~]+")  # what may stand in a request line as it is
_NAME = re.compile(r"[0-9a-z_-]+(\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)

# `ipaddress.is_global` of Python 3.11 lets several of these through. From IANA's registries of
# special-purpose addresses, with those for documentation, benchmarks and tunnels.
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


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL. `host` is ASCII; `path` has the query, and not the fragment."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: without the default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, *, allowed: Sequence[Network] = ()) -> None:
    """Raises `OutboundError` `forbidden_url` for a URL that is never called, judged by its text.

    Names are not resolved here but when the URL is called.
    """
    host = parse(url).host
    try:
        ip_address(host)
    except ValueError:
        return
    check([host], allowed)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name by the machine's resolver. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def parse(url: str) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise forbidden(_("not a valid address: %(why)s", why=str(error))) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise forbidden(_("only http and https addresses are allowed"))
    if "@" in parts.netloc:
        raise forbidden(_("an address must not contain a user name"))
    if port == 0:
        raise forbidden(_("there is no port 0"))
    port = port or _PORTS[parts.scheme]
    if not any(port in ports for ports in settings.MEDIAHUB_OUTBOUND_PORTS):
        raise forbidden(_("port %(port)s is not in MEDIAHUB_OUTBOUND_PORTS", port=port))
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if not _PLAIN.fullmatch(path):
        raise forbidden(_("an address must be plain ASCII, with other characters as %XX"))
    return Target(parts.scheme, _ascii(parts.hostname), port, path)


def _ascii(host: str) -> str:
    """The host in ASCII; full-width and circled digits become plain digits."""
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise forbidden(_("its host name is not valid")) from error
    if not _NAME.fullmatch(name):
        raise forbidden(_("its host name is not valid"))
    return name


def resolved(target: Target, resolver: Resolver, timeout_s: float) -> Sequence[str]:
    """The target's addresses, from a thread: the machine's resolver has no timeout."""
    found: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolver(target.host, target.port))
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        addresses = found.get(timeout=timeout_s)
    except queue.Empty as error:
        raise OutboundError(
            "timeout", _("%(host)s was not found in time.", host=target.host)
        ) from error
    if isinstance(addresses, OSError) or not addresses:
        raise OutboundError("unreachable", _("There is no host %(host)s.", host=target.host))
    return addresses


def check(addresses: Sequence[str], allowed: Sequence[Network]) -> list[str]:
    """The addresses, if all are allowed: one private address, or one of ours, forbids the name."""
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if _is_in(address, allowed):
            continue
        if _is_in(address, _DENIED):
            raise forbidden(
                _("it resolves to %(address)s, which is not a public address", address=str(address))
            )
        if is_own(address, _addresses_of_site):
            raise forbidden(
                _("it resolves to %(address)s, which is this server", address=str(address))
            )
    return list(addresses)


def _addresses_of_site(host: str) -> Sequence[str]:
    return resolved(Target("http", host, _PORTS["http"], "/"), resolve, _OWN_NAME_S)


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
