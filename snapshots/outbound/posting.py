"""Posting: one body to one URL, and the response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .addresses import Network, Resolver, parse, resolve
from .connection import Deadline, connected, map_network_errors

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Response:
    """Status and headers of a response, the headers by names in lower case."""

    status: int
    headers: Mapping[str, str]


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Sequence[Network] = (),
    timeout_s: float = TIMEOUT_S,
    resolver: Resolver = resolve,
) -> Response:
    """Post a body; redirects are returned, not followed. Raises `OutboundError`.

    `timeout_s` covers everything from name resolution to the last header. Status and headers of
    the response are read, 64 KiB at most, and not its body. `allowed` are private networks that
    may be reached.
    """
    deadline = Deadline(timeout_s)
    target = parse(url)
    with connected(target, allowed=allowed, deadline=deadline, resolver=resolver) as connection:
        whole = {"Host": target.authority, "Connection": "close", **headers}
        with map_network_errors():
            connection.request("POST", target.path, body, whole)
            with connection.getresponse() as response:
                named = {name.lower(): value for name, value in response.getheaders()}
                return Response(response.status, named)
