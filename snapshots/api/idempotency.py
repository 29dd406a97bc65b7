"""Idempotency keys: a POST runs once for its key, and later calls get the stored response."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import Error, transaction
from django.http import HttpResponse, QueryDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .. import fault_injection
from ..errors import Invalid
from ..messages import message as _
from ..services.security import idempotency
from ..services.security.accounts import signed_in
from ..services.security.idempotency import StoredResponse, Ticket

log = structlog.get_logger()

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


def key_of(request: Request) -> str:
    """The request's idempotency key; empty for none. Raises `Invalid` for a malformed one."""
    key: str = request.headers.get(HEADER, "")
    if HEADER in request.headers and not _KEY.fullmatch(key):
        raise Invalid.field(HEADER, "invalid", _("Use 1 to 255 visible ASCII characters."))
    return key


def run_once(
    request: Request, key: str, work: Callable[[], Response], *, is_atomic: bool
) -> HttpResponse:
    """The response of `work`, or the one stored when it ran for this key before.

    `is_atomic` commits the work and its response together; without it the work commits by itself
    and may run again. An error is not stored: nothing was done. Raises as `idempotency.begin`,
    and whatever `work` raises.
    """
    begun = idempotency.begin(
        user=signed_in(request.user), key=key, fingerprint=fingerprint(request)
    )
    if isinstance(begun, StoredResponse):
        return _http_response(begun, is_replayed=True)
    try:
        with transaction.atomic() if is_atomic else nullcontext():
            stored = _store(begun, work())
            fault_injection.point("before_answer")
        fault_injection.point("after_answer")
    except BaseException:
        _release(begun)
        raise
    return _http_response(stored, is_replayed=False)


def fingerprint(request: Request) -> str:
    """SHA-256 of the request's method, path, query and each value of its body.

    Of JSON the values, however it is spaced and ordered. Of a multipart body the fields, and of
    each file its name, its length and the SHA-256 taken while it was written to the disk.
    """
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: [_plain(value) for value in values] for name, values in data.lists()}
    values = [request.method, request.get_full_path(), data]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        return [value.name, value.size, value.sha256]  # type: ignore[attr-defined]  # web.upload_handler
    return value


def _store(ticket: Ticket, response: Response) -> StoredResponse:
    """Store the response. Raises `Conflict` where another call has taken over meanwhile."""
    body = None if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: text for name, text in response.headers.items() if name != "Content-Type"}
    answer = StoredResponse(response.status_code, headers, body)
    if not idempotency.save(ticket=ticket, response=answer):
        raise idempotency.in_progress()
    return answer


def _http_response(answer: StoredResponse, *, is_replayed: bool) -> HttpResponse:
    headers = {**answer.headers, "Idempotency-Replayed": "true"} if is_replayed else answer.headers
    if answer.body is None:
        return HttpResponse(status=answer.status, headers=headers)
    return HttpResponse(
        answer.body, status=answer.status, headers=headers, content_type="application/json"
    )


def _release(ticket: Ticket) -> None:
    try:
        idempotency.release(ticket=ticket)
    except Error as error:  # the lease expires by itself
        log.warning("an idempotency key was not released", error=str(error))
