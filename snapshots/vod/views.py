"""The two addresses of the dialect: always 200, plain JSON, and an id of the request."""

from __future__ import annotations

import re
import time
import uuid
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from structlog.contextvars import bind_contextvars, get_contextvars

from . import dispatch
from .errors import VodError
from .registry import Shape
from .signing import Call

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_MOST_BODY = (10 << 20) + 1  # one byte beyond what the interface takes, so that it can refuse it


@csrf_exempt
@never_cache
def root(request: HttpRequest) -> HttpResponse:
    """The current generation, for SDKs that know no other path; for people the console."""
    if not is_call(request):
        return HttpResponseRedirect(reverse("admin:index"))
    return current_answer(
        *dispatch.answered(lambda: dispatch.answer_current(_call(request), now=time.time()))
    )


@csrf_exempt
@never_cache
def legacy(request: HttpRequest) -> HttpResponse:
    """The legacy generation."""
    return legacy_answer(
        *dispatch.answered(lambda: dispatch.answer_legacy(_call(request), now=time.time()))
    )


def is_call(request: HttpRequest) -> bool:
    """Whether who asks for `/` means the current generation, not the site: marked, or sending."""
    is_marked = "X-TC-Action" in request.headers or _names_action(request)
    return is_marked or request.method not in ("GET", "HEAD")


def current_answer(shape: Shape, error: VodError | None) -> HttpResponse:
    """`shape`, or the refusal that took its place, as SDKs of the current generation read it."""
    if error:
        shape = {"Error": {"Code": error.code, "Message": error.message}}
    return JsonResponse({"Response": {**shape, "RequestId": _request_id()}})


def legacy_answer(shape: Shape, error: VodError | None) -> HttpResponse:
    """The same for the legacy generation, which tells refusals by their numbers."""
    if error:
        shape = {"code": error.number, "message": error.message, "codeDesc": error.code}
    else:
        shape = {"code": 0, "message": "", "codeDesc": "Success", **shape}
    return JsonResponse(shape)


def _request_id() -> str:
    """The id under which the log knows this call; one more where the client's own is no UUID."""
    known = str(get_contextvars().get("request_id", ""))
    if _UUID.fullmatch(known):
        return known
    made = str(uuid.uuid4())
    bind_contextvars(vod_request_id=made)
    return made


def _names_action(request: HttpRequest) -> bool:
    """Whether the query does: `request.GET` would refuse a long one with a status of its own."""
    parts = request.META.get("QUERY_STRING", "").split("&")
    return any(unquote_plus(part.partition("=")[0]) == "Action" for part in parts)


def _call(request: HttpRequest) -> Call:
    if request.method not in ("GET", "POST"):
        raise VodError("InvalidRequest", "Use GET or POST.")
    return Call(
        method=request.method,
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(_MOST_BODY),
    )
