"""Sending: one body to one address, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .addresses import Network, Resolver, parse, resolve
from .connection import Patience, connected, told_apart

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: its status, and its headers by names in lower case."""

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
) -> Answer:
    """Send a body; redirects are not followed, they are the answer. Raises `OutboundError`.

    `timeout_s` is for all of it, from the name to the last header. Of the answer its status and
    headers are read, 64 KiB at most; its body is left where it is. `allowed` are networks that
    may be reached although they are private.
    """
    patience = Patience(timeout_s)
    target = parse(url)
    with connected(target, allowed=allowed, patience=patience, resolver=resolver) as connection:
        whole = {"Host": target.authority, "Connection": "close", **headers}
        with told_apart():
            connection.request("POST", target.path, body, whole)
            with connection.getresponse() as answer:
                named = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, named)
