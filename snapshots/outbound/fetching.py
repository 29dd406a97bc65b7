"""Fetching: downloads a file from its beginning, or resumes it."""

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
from .connection import Connection, Deadline, connected, map_network_errors
from .errors import OutboundError, forbidden

WAIT_S = 30.0
MAX_REDIRECTS = 3
_BLOCK_BYTES = 256 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_RETRYABLE = (408, 425, 429)  # of 4xx: the same request may succeed later
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A download in progress: the file's bytes from `offset` on, in blocks.

    `total_bytes` is the size of the whole file, `None` if the server does not say. With `validator`
    (a strong ETag or a date, empty if there is none) the download can be resumed later.
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
    """Download `url`, from byte `offset` if the file is still the one of `validator`.

    The result's own offset is 0 if the file has changed, or if the server knows no ranges. At most
    3 redirects are followed, each to an address checked anew. A wait ends after `wait_s`, the whole
    download after `whole_s`; a body that ends too early is `unreachable`. Raises `OutboundError`,
    from the blocks too.
    """
    deadline = Deadline(whole_s, wait_s)
    headers = {"Range": f"bytes={offset}-", "If-Range": validator} if offset and validator else {}
    target, redirects = parse(url), 0
    while True:
        with connected(target, allowed=allowed, deadline=deadline, resolver=resolver) as connection:
            response = _request(connection, target, headers)
            if response.status not in _REDIRECTS:
                if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and headers:
                    if response.headers.get("Content-Range") == f"bytes */{offset}":
                        yield Fetched(offset, offset, validator, iter(()))  # complete already
                        return
                    headers = {}  # the file is shorter now than `offset`
                    continue
                connection.want_body()
                yield _parse_response(response, offset if headers else 0)
                return
        redirects += 1
        target = parse(url := _redirect_target(url, response, redirects))


def _redirect_target(url: str, response: HTTPResponse, redirects: int) -> str:
    """The next address of a redirect. Raises `OutboundError`."""
    location = response.headers.get("Location")
    if location is None:
        raise OutboundError("bad_answer", _("The server redirects without saying where to."))
    if redirects > MAX_REDIRECTS:
        raise OutboundError(
            "bad_answer", _("The server redirects more than three times."), permanent=True
        )
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise forbidden(_("not a valid address: %(why)s", why=str(error))) from error


def _request(connection: Connection, target: Target, headers: dict[str, str]) -> HTTPResponse:
    all_headers = {
        "Host": target.authority,
        "Connection": "close",
        "User-Agent": "MediaHub",
        "Accept": "*/*",
        "Accept-Encoding": "identity",  # a video's bytes, and ranges of just these
        **headers,
    }
    with map_network_errors():
        connection.request("GET", target.path, headers=all_headers)
        return connection.getresponse()


def _parse_response(response: HTTPResponse, offset: int) -> Fetched:
    """The download. Raises `OutboundError` for every status but 200 and 206."""
    validator = _validator(response)
    if response.status == HTTPStatus.OK:
        return Fetched(0, response.length, validator, _blocks(response))
    if response.status == HTTPStatus.PARTIAL_CONTENT:
        content_range = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if not content_range or int(content_range[1]) != offset:
            raise OutboundError("bad_answer", _("The server sent another part of the file."))
        total = None if content_range[2] == "*" else int(content_range[2])
        return Fetched(offset, total, validator, _blocks(response))
    is_final = 400 <= response.status < 500 and response.status not in _RETRYABLE
    raise OutboundError(
        "bad_status",
        _("The server answered with status %(status)s.", status=response.status),
        permanent=is_final,
    )


def _validator(response: HTTPResponse) -> str:
    """The validator for If-Range: a strong ETag, or the date (RFC 9110, 13.1.5)."""
    tag = response.headers.get("ETag", "")
    text = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    return text if text.isascii() and text.isprintable() and len(text) <= 255 else ""


def _blocks(response: HTTPResponse) -> Iterator[bytes]:
    left = response.length
    while block := _read(response):
        if left is not None:
            left -= len(block)
        yield block
    if left:
        raise OutboundError(
            "unreachable",
            _("The server closed the connection %(count)s bytes before the end.", count=left),
        )


def _read(response: HTTPResponse) -> bytes:
    """The available bytes, up to a block, without waiting for a whole one."""
    with map_network_errors():
        try:
            return response.read1(_BLOCK_BYTES)
        except IncompleteRead as error:
            raise OutboundError(
                "unreachable", _("The server closed the connection before the end.")
            ) from error
