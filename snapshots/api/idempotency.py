"""A POST with an Idempotency-Key: done by the first call, answered the same to every later one."""

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
from ..services.security import idempotency
from ..services.security.idempotency import StoredResponse, Ticket

log = structlog.get_logger()

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


def key_of(request: Request) -> str:
    """The key that came along; empty for none. Raises `Invalid` for one that is not a key."""
    key: str = request.headers.get(HEADER, "")
    if HEADER in request.headers and not _KEY.fullmatch(key):
        raise Invalid.field(HEADER, "invalid", "Use 1 to 255 visible ASCII characters.")
    return key


def answer(
    request: Request, key: str, work: Callable[[], Response], *, apart: bool
) -> HttpResponse:
    """What `work` answers, or what it answered when it was done for this key.

    Work and answer are committed together, or `apart` where the work commits by itself and may be
    done again. What it refuses, and what fails, is not kept: nothing was done. Raises as
    `keyed_requests.begin`, and whatever `work` raises.
    """
    begun = idempotency.begin(user=request.user, key=key, fingerprint=fingerprint(request))
    if isinstance(begun, StoredResponse):
        return _shown(begun, repeated=True)
    try:
        with nullcontext() if apart else transaction.atomic():
            done = _kept(begun, work())
            fault_injection.point("before_answer")
        fault_injection.point("after_answer")
    except BaseException:
        _let_go(begun)
        raise
    return _shown(done, repeated=False)


def fingerprint(request: Request) -> str:
    """SHA-256 of what the request asks for: method, address, and each value of its body.

    JSON by its values, however it is spaced and ordered. Of a multipart body the fields, and of
    each file its name, its length and the SHA-256 that was taken while it was written to the disk.
    """
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: [_plain(value) for value in values] for name, values in data.lists()}
    told = [request.method, request.get_full_path(), data]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        return [value.name, value.size, value.sha256]  # type: ignore[attr-defined]  # web.uploads
    return value


def _kept(ticket: Ticket, response: Response) -> StoredResponse:
    """The answer, kept. Raises `Conflict` where another call has taken over meanwhile."""
    body = None if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: text for name, text in response.headers.items() if name != "Content-Type"}
    answer = StoredResponse(response.status_code, headers, body)
    if not idempotency.save(ticket=ticket, response=answer):
        raise idempotency.in_progress()
    return answer


def _shown(answer: StoredResponse, *, repeated: bool) -> HttpResponse:
    headers = {**answer.headers, "Idempotency-Replayed": "true"} if repeated else answer.headers
    if answer.body is None:
        return HttpResponse(status=answer.status, headers=headers)
    return HttpResponse(
        answer.body, status=answer.status, headers=headers, content_type="application/json"
    )


def _let_go(ticket: Ticket) -> None:
    try:
        idempotency.release(ticket=ticket)
    except Error as error:  # the hold passes by itself
        log.warning("a keyed request could not be let go", error=str(error))
