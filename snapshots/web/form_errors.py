"""Middleware that answers a form's errors before its view: too large, too many, or no space."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import render

from ..errors import DomainError, StorageFull, Throttled, TooLarge
from ..translation import translate
from .upload_handler import DiskUploadHandler

_STATUS = {
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


class FormErrors:
    """Parses a form where Django's CSRF check would, and shows the upload handler's error.

    Views that are exempt from the CSRF check parse their own bodies and render their own errors.
    Whatever a broken body has left is freed with its response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._get_response(request)
        finally:
            if request.content_type == "multipart/form-data":
                for handler in request.upload_handlers:
                    if isinstance(handler, DiskUploadHandler):
                        handler.end()

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.content_type != "multipart/form-data" or getattr(view, "csrf_exempt", False):
            return None
        try:
            request.POST  # noqa: B018 - parses the body
        except UnreadablePostError:  # for the CSRF check to handle
            return None
        except DomainError as error:
            why = {"why": translate(error.message)}
            return render(request, "form_error.html", why, status=_STATUS[type(error)])
        return None
