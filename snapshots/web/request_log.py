"""The request log: a line for every request, and an id that all its log lines have."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import escape_uri_path
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger()

HEADER = "X-Request-Id"
_ID = re.compile(r"[0-9A-Za-z._-]{8,128}", re.ASCII)


class RequestLog:
    """Middleware: takes the client's `X-Request-Id` or makes one, and returns it.

    The line has no query and no header: they contain tokens, signatures and keys. The duration of
    a streamed response is that until its first byte.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        clear_contextvars()
        given = request.headers.get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else str(uuid.uuid4())
        bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self._get_response(request)
        response[HEADER] = request_id
        _log(request, response.status_code, time.perf_counter() - started)
        clear_contextvars()
        return response


def _log(request: HttpRequest, status: int, seconds: float) -> None:
    # Django caches the user here if the view read it; reading it now would cost a query.
    user = getattr(request, "_cached_user", None)
    if user is not None and user.pk is not None:
        bind_contextvars(user=user.pk)
    log.info(
        "request",
        method=request.method,
        path=escape_uri_path(request.path),
        status=status,
        ms=round(seconds * 1000, 1),
    )
