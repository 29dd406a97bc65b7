"""The two URLs of the VOD API: always 200, JSON, with a request id."""

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
_MAX_BODY_BYTES = (10 << 20) + 1  # one more than is allowed, to detect a larger one


@csrf_exempt
@never_cache
def root(request: HttpRequest) -> HttpResponse:
    """The current generation, whose SDKs know no other path; browsers are sent to the console."""
    if not is_call(request):
        return HttpResponseRedirect(reverse("admin:index"))
    return render_current(
        *dispatch.guarded(lambda: dispatch.dispatch_current(_call(request), now=time.time()))
    )


@csrf_exempt
@never_cache
def legacy(request: HttpRequest) -> HttpResponse:
    """The legacy generation."""
    return render_legacy(
        *dispatch.guarded(lambda: dispatch.dispatch_legacy(_call(request), now=time.time()))
    )


def is_call(request: HttpRequest) -> bool:
    """Whether a request for `/` is a VOD call and not a browser's: by its action or method."""
    is_marked = "X-TC-Action" in request.headers or _has_action(request)
    return is_marked or request.method not in ("GET", "HEAD")


def render_current(shape: Shape, error: VodError | None) -> HttpResponse:
    """A result or an error in the form of the current generation."""
    if error:
        shape = {"Error": {"Code": error.code, "Message": error.message}}
    return JsonResponse({"Response": {**shape, "RequestId": _request_id()}})


def render_legacy(shape: Shape, error: VodError | None) -> HttpResponse:
    """A result or an error in the form of the legacy generation, whose errors have numbers."""
    if error:
        shape = {"code": error.number, "message": error.message, "codeDesc": error.code}
    else:
        shape = {"code": 0, "message": "", "codeDesc": "Success", **shape}
    return JsonResponse(shape)


def _request_id() -> str:
    """The request id of the log; a new one if the client's own is not a UUID."""
    known = str(get_contextvars().get("request_id", ""))
    if _UUID.fullmatch(known):
        return known
    made = str(uuid.uuid4())
    bind_contextvars(vod_request_id=made)
    return made


def _has_action(request: HttpRequest) -> bool:
    """Whether the query has an action: `request.GET` would reject a long query with a status."""
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
        body=request.read(_MAX_BODY_BYTES),
    )
