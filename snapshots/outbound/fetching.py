"""Fetching: a file from an address, from its beginning or from where a try before ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import urljoin

from ..messages import message as _
from .addresses import Network, Resolver, Target, parse, resolve
from .connection import Connection, Patience, connected, told_apart
from .errors import OutboundError, forbidden

WAIT_S = 30.0
MOST_REDIRECTS = 3
_BLOCK = 256 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_WORTH_WAITING = (408, 425, 429)  # of 4xx: the same request may do better later
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on its way: its bytes from `offset` on, in blocks.

    `total_bytes` is the size of the whole, `None` where the other side does not tell. With
    `validator` (a strong ETag or a date, empty where there is none) the rest of the same file
    can be asked for later.
    """

    offset: int
    total_bytes: int | None
    validator: str
    blocks: Iterator[bytes]


@contextmanager
def fetch(
    url: str,
    *,
    offset: int = 0,
    validator: str = "",
    allowed: Sequence[Network] = (),
    whole_s: float,
    wait_s: float = WAIT_S,
    resolver: Resolver = resolve,
) -> Iterator[Fetched]:
    """The file at `url`, from byte `offset` where it is still the one that `validator` names.

    The answer says where it begins: at 0 where the file is another one now, or where the other
    side knows no ranges. At most 3 redirects are followed, each to an address checked anew. A
    wait ends after `wait_s`, all of it after `whole_s`; a body that ends too early is
    `unreachable`. Raises `OutboundError`, from the blocks too.
    """
    patience = Patience(whole_s, wait_s)
    asked = {"Range": f"bytes={offset}-", "If-Range": validator} if offset and validator else {}
    target, redirects = parse(url), 0
    while True:
        with connected(target, allowed=allowed, patience=patience, resolver=resolver) as connection:
            answer = _ask(connection, target, asked)
            if answer.status not in _REDIRECTS:
                if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and asked:
                    if answer.headers.get("Content-Range") == f"bytes */{offset}":
                        yield Fetched(offset, offset, validator, iter(()))  # all of it is here
                        return
                    asked = {}  # it is shorter now than what is here
                    continue
                connection.want_body()
                yield _told(answer, offset if asked else 0)
                return
        redirects += 1
        target = parse(url := _led_to(url, answer, redirects))


def _led_to(url: str, answer: HTTPResponse, redirects: int) -> str:
    """Raises `OutboundError`."""
    place = answer.headers.get("Location")
    if place is None:
        raise OutboundError("bad_answer", _("The server redirects without saying where to."))
    if redirects > MOST_REDIRECTS:
        raise OutboundError(
            "bad_answer", _("The server redirects more than three times."), permanent=True
        )
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise forbidden(_("not a valid address: %(why)s", why=str(error))) from error


def _ask(connection: Connection, target: Target, asked: dict[str, str]) -> HTTPResponse:
    headers = {
        "Host": target.authority,
        "Connection": "close",
        "User-Agent": "MediaHub",
        "Accept": "*/*",
        "Accept-Encoding": "identity",  # a video's bytes, and ranges of just these
        **asked,
    }
    with told_apart():
        connection.request("GET", target.path, headers=headers)
        return connection.getresponse()


def _told(answer: HTTPResponse, offset: int) -> Fetched:
    """Raises `OutboundError` for every status but a file's."""
    validator = _validator(answer)
    if answer.status == HTTPStatus.OK:
        return Fetched(0, answer.length, validator, _blocks(answer))
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        told = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if not told or int(told[1]) != offset:
            raise OutboundError("bad_answer", _("The server sent another part of the file."))
        total = None if told[2] == "*" else int(told[2])
        return Fetched(offset, total, validator, _blocks(answer))
    is_final = 400 <= answer.status < 500 and answer.status not in _WORTH_WAITING
    raise OutboundError(
        "bad_status",
        _("The server answered with status %(status)s.", status=answer.status),
        permanent=is_final,
    )


def _validator(answer: HTTPResponse) -> str:
    """What If-Range takes: a strong ETag, or the date (RFC 9110, 13.1.5)."""
    tag = answer.headers.get("ETag", "")
    text = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")
    return text if text.isascii() and text.isprintable() and len(text) <= 255 else ""


def _blocks(answer: HTTPResponse) -> Iterator[bytes]:
    left = answer.length
    while block := _read(answer):
        if left is not None:
            left -= len(block)
        yield block
    if left:
        raise OutboundError(
            "unreachable",
            _("The server closed the connection %(count)s bytes before the end.", count=left),
        )


def _read(answer: HTTPResponse) -> bytes:
    """As much as is there, up to a block, and not the wait for a whole one."""
    with told_apart():
        try:
            return answer.read1(_BLOCK)
        except IncompleteRead as error:
            raise OutboundError(
                "unreachable", _("The server closed the connection before the end.")
            ) from error
