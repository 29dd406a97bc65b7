"""Conditional and range requests for files: RFC 9110, sections 13 and 14."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from .. import storage

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,100})-([0-9]{0,100})[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` to `start + length - 1` of a file."""

    start: int
    length: int


class OutOfRange(Exception):
    """No byte of the file lies in the requested range."""


class _Blocks:
    """Blocks of an open file, which is closed with the response even if nothing was read."""

    def __init__(self, file: storage.StoredFile, part: Part) -> None:
        self._file, self._part = file, part

    def __iter__(self) -> Iterator[bytes]:
        return self._file.blocks(self._part.start, self._part.length)

    def close(self) -> None:
        self._file.close()


def file_response(
    request: HttpRequest, file: storage.StoredFile, *, etag: str, headers: dict[str, str]
) -> HttpResponseBase:
    """The file, a part of it (206), or the status without it (304, 412, 416).

    Takes ownership of `file` and closes it. `etag` is strong, quotes included.
    """
    modified = file.modified
    response: HttpResponseBase | None = get_conditional_response(request, etag, modified)
    if response is None:
        response = _bytes(request, file, is_current(request, etag, modified))
    if not response.streaming:
        file.close()
    if response.status_code < 400:
        _add(response, headers)
    _add(
        response,
        {
            "ETag": etag,
            "Last-Modified": http_date(modified),
            "Accept-Ranges": "bytes",
            "X-Content-Type-Options": "nosniff",
        },
    )
    return response


def is_current(request: HttpRequest, etag: str, modified: int) -> bool:
    """Whether `If-Range`, if it is sent, names the current version of the file."""
    named = request.headers.get("If-Range")
    if named is None:
        return True
    if named.startswith(('"', "W/")):
        return named == etag
    return parse_http_date_safe(named) == modified


def requested_part(request: HttpRequest, size: int) -> Part | None:
    """The single range of a GET; `None` for the whole file, also for several ranges.

    Raises `OutOfRange` if it contains no byte.
    """
    found = _ONE_RANGE.fullmatch(request.headers.get("Range", "").lower())
    if request.method != "GET" or found is None or found[0].strip().endswith("=-"):
        return None
    first, last = found.groups()
    if not first:
        part = Part(size - min(int(last), size), min(int(last), size))
    elif last and int(last) < int(first):
        return None  # not a valid range
    else:
        end = min(int(last), size - 1) if last else size - 1
        part = Part(int(first), end - int(first) + 1)
    if part.length <= 0:
        raise OutOfRange
    return part


def _bytes(
    request: HttpRequest, file: storage.StoredFile, may_be_partial: bool
) -> HttpResponse | StreamingHttpResponse:
    size = file.size
    try:
        part = requested_part(request, size) if may_be_partial else None
    except OutOfRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    sent = part or Part(0, size)
    headers = {"Content-Length": str(sent.length)}
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_Blocks(file, sent), status=206 if part else 200, headers=headers)


def _add(response: HttpResponseBase, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response[name] = value
