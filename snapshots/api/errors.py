"""Refusals as `application/problem+json`: one table, one shape, never a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views import defaults
from drf_standardized_errors.formatter import flatten_errors
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from ..errors import (
    Busy,
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    StorageFull,
    Throttled,
    TooLarge,
    Unprocessable,
    Unsupported,
)
from ..messages import Message
from ..messages import message as _
from ..models import Media, Snapshot, SnapshotTemplate, Task
from ..translation import translate, translate_lazy

log = structlog.get_logger()

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/v1/"
STATUS: dict[type[DomainError], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    Throttled: HTTPStatus.TOO_MANY_REQUESTS,
}
MAX_ERRORS = 100  # a client needs no more to see what is wrong
_CODES = {
    "parse_error": "invalid",
    "authentication_failed": "not_authenticated",
    "unsupported_media_type": "unsupported",
    "error": "internal_error",
}
_FIELD_CODES = {
    "blank": "required",
    "min_value": "out_of_range",
    "max_value": "out_of_range",
    "max_string_length": "out_of_range",
    "max_length": "too_long",
    "not_a_list": "invalid",
    "null_characters_not_allowed": "invalid",
    "surrogate_characters_not_allowed": "invalid",
}
_UNREADABLE = _("The request could not be read.")
_INTERNAL = _("Something went wrong on the server. It has been logged.")
_WHOLE = "non_field_errors"
_VANISHED: dict[type[Exception], tuple[str, Message]] = {
    Media.DoesNotExist: ("media_not_found", _("The video was deleted a moment ago.")),
    SnapshotTemplate.DoesNotExist: (
        "template_not_found",
        _("The template was deleted a moment ago."),
    ),
    Task.DoesNotExist: ("task_not_found", _("The task was deleted a moment ago.")),
    Snapshot.DoesNotExist: ("snapshot_not_found", _("The snapshot was deleted a moment ago.")),
}


class Refused(exceptions.APIException):
    """A `DomainError` on its way out."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(translate(error.message), error.code)
        self.error = error
        self.status_code = STATUS[type(error)]
        self.wait = getattr(error, "retry_after_s", None)


class Unavailable(exceptions.APIException):
    """The database is busy or away: nothing was done, and the same call may succeed soon."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = translate_lazy(_("The server is busy. Try again in a moment."))
    wait = 1


class ProblemHandler(ExceptionHandler):
    """Whatever a view raises, as a problem."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DomainError):
            return Refused(exc)
        if isinstance(exc, (OperationalError, InterfaceError)):
            log.warning("the database did not answer", error=str(exc))
            return Unavailable()
        if isinstance(exc, RequestDataTooBig):
            return Refused(TooLarge("too_large", _("The request's fields are too large.")))
        if isinstance(exc, (SuspiciousOperation, BadRequest, UnreadablePostError)):
            return exceptions.ParseError(translate(_UNREADABLE))
        if vanished := _VANISHED.get(type(exc)):
            return Refused(NotFound(*vanished))
        return super().convert_known_exceptions(exc)

    def should_not_handle(self, exc: Exception) -> bool:
        return False

    def format_exception(self, exc: exceptions.APIException) -> dict[str, Any]:
        status = HTTPStatus(exc.status_code)
        if isinstance(exc, exceptions.ValidationError):
            return _invalid(_field_errors(exc))
        if isinstance(exc, Refused):
            return _refusal(exc.error, status)
        code = getattr(exc.detail, "code", "error")
        code, detail = _CODES.get(code, code), self._detail(exc)
        if status == HTTPStatus.BAD_REQUEST:
            return _invalid([_shown("", code, detail)])
        return problem(status, code, detail)

    def _detail(self, exc: exceptions.APIException) -> str:
        if isinstance(exc, exceptions.UnsupportedMediaType):
            taken = " or ".join(parser.media_type for parser in self.context["view"].parser_classes)
            return translate(_("Send this as %(kinds)s.", kinds=taken))
        if isinstance(exc, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
            message = _(
                "%(why)s Send an access key by HTTP Basic, as `curl -u secret_id:secret_key` does, "
                "or sign in to the console.",
                why=str(exc.detail),
            )
            return translate(message)
        if exc.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            return translate(_INTERNAL)
        return str(exc.detail)

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        if request := self.context["request"]:
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), CONTENT_TYPE
        headers = self.get_headers(exc)
        return Response(data, exc.status_code, headers=headers, content_type=CONTENT_TYPE)

    def report_exception(self, exc: exceptions.APIException, response: Response) -> None:
        if exc.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            super().report_exception(exc, response)


def problem(status: HTTPStatus, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """RFC 9457's members, and our `code`, which is the one to branch on."""
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **more,
    }


def _invalid(errors: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The problem of a request that is wrong in itself, field by field."""
    shown = errors[:MAX_ERRORS]
    detail = " ".join(error["detail"] for error in shown[:3])
    return problem(HTTPStatus.BAD_REQUEST, "invalid", detail, errors=shown)


def _shown(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}


def _refusal(error: DomainError, status: HTTPStatus) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return _invalid([_shown(p.field, p.code, translate(p.message)) for p in error.problems])
    existing = getattr(error, "existing_id", None)
    more = {"task": existing} if existing else {}
    return problem(status, error.code, translate(error.message), **more)


def _field_errors(exc: exceptions.ValidationError) -> list[dict[str, str]]:
    return [
        _shown(_field(error.attr), _FIELD_CODES.get(error.code, error.code), error.detail)
        for error in flatten_errors(exc.detail)
    ]


def _field(path: str | None) -> str:
    """A path such as `snapshots.0.at.1`; empty for the body as a whole."""
    return ".".join(part for part in str(path or "").split(".") if part != _WHOLE)


# --- Outside the views ---------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: a host or a header that is not acceptable."""
    if request.path.startswith(PREFIX):
        body = _invalid([_shown("", "invalid", translate(_UNREADABLE))])
        return JsonResponse(body, status=HTTPStatus.BAD_REQUEST, content_type=CONTENT_TYPE)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a fault outside any view."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if request.path.startswith(PREFIX):
        body = problem(status, "internal_error", translate(_INTERNAL))
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    return defaults.server_error(request)
