"""Middleware that rejects calls as the VOD API does, before Django rejects them in HTML."""

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
    """Rejects calls for an unknown host, or without the https that is required.

    Requests that are not VOD calls pass on, and Django rejects them as it rejects pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _refusal(request) or self._get_response(request)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    render = _renderer(request)
    error = _error(request) if render else None
    if render is None or error is None:
        return None
    response = render({}, error)
    add_never_cache_headers(response)
    return response


def _renderer(request: HttpRequest) -> Callable[..., HttpResponse] | None:
    """The renderer of the call's generation; `None` if the request is not a call."""
    if request.path_info in _LEGACY:
        return views.render_legacy
    if request.path_info == "/" and views.is_call(request):
        return views.render_current
    return None


def _error(request: HttpRequest) -> VodError | None:
    """Why Django's `CommonMiddleware` or `SecurityMiddleware` would reject the request."""
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
