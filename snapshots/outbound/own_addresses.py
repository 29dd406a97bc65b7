"""The site's own addresses: of this machine's interfaces, and of MEDIAHUB_BASE_URL."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings

from .errors import OutboundError

Address = IPv4Address | IPv6Address

_KEEP_S = 60.0  # how long the addresses of a name are taken as known
_NOBODYS = {4: "192.0.2.1", 6: "2001:db8::1"}  # for documentation: no interface has them
_known: dict[str, tuple[float, frozenset[str]]] = {}


def is_own(address: Address, resolve: Callable[[str], Sequence[str]]) -> bool:
    """Whether a connection to `address` would reach this machine or this site.

    `resolve` gives the addresses of the name in MEDIAHUB_BASE_URL, which is asked once a minute.
    """
    return _is_of_an_interface(address) or str(address) in _site_addresses(resolve)


def _is_of_an_interface(address: Address) -> bool:
    """Asks the kernel, which lets a socket have only addresses of this machine."""
    if not _can_bind(address.version, str(address)):
        return False
    if not _can_bind(address.version, _NOBODYS[address.version]):
        return True
    return _source_address(address) == str(address)  # net.ipv4.ip_nonlocal_bind is on


def _can_bind(version: int, address: str) -> bool:
    try:
        with _udp(version) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _source_address(address: Address) -> str:
    """The address that packets to `address` would come from; nothing is sent."""
    try:
        with _udp(address.version) as probe:
            probe.connect((str(address), 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _udp(version: int) -> socket.socket:
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)


def _site_addresses(resolve: Callable[[str], Sequence[str]]) -> frozenset[str]:
    host = urlsplit(settings.MEDIAHUB_BASE_URL).hostname or ""
    read_at, addresses = _known.get(host, (-_KEEP_S, frozenset()))
    if time.monotonic() - read_at < _KEEP_S:
        return addresses
    try:
        found = resolve(host)
    except OutboundError:  # the resolver is away: the last answer stays
        return addresses
    addresses = frozenset(str(ip_address(text.partition("%")[0])) for text in found)
    _known[host] = time.monotonic(), addresses
    return addresses
