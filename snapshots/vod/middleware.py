"""Calls that Django would refuse before any view, in HTML and by status: refused in the dialect."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from . import views
from .errors import VodError

log = structlog.get_logger()

_LEGACY = ("/v2/index.php", "/v2/interface.php")


class RefusedCalls:
    """Middleware before Django's own: a call under an unknown host, or without the https required.

    Whatever is no call goes on, to be refused as pages are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _refusal(request) or self._get_response(request)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    answer = _answer_of(request)
    error = _error(request) if answer else None
    if answer is None or error is None:
        return None
    response = answer({}, error)
    add_never_cache_headers(response)
    return response


def _answer_of(request: HttpRequest) -> Callable[..., HttpResponse] | None:
    """In which form the call is to be answered; `None` of what is none."""
    if request.path_info in _LEGACY:
        return views.legacy_answer
    if request.path_info == "/" and views.is_call(request):
        return views.current_answer
    return None


def _error(request: HttpRequest) -> VodError | None:
    """What Django's `CommonMiddleware` and `SecurityMiddleware` would not let pass."""
    try:
        request.get_host()
    except DisallowedHost:
        log.warning("a call under an unknown host", host=request.headers.get("Host", ""))
        return VodError(
            "InvalidRequest",
            "The site does not answer to this host name. Call it by one that it knows, or have "
            "this one added to MEDIAHUB_ALLOWED_HOSTS.",
        )
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return VodError("UnsupportedProtocol", "The site is called by https only.")
    return None
