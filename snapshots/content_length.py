"""Content-Length of requests: required, and parsed."""

from __future__ import annotations

import re
from http import HTTPStatus

from rest_framework.exceptions import APIException
from rest_framework.request import Request

from .messages import message as _
from .translation import translate_lazy

_LENGTH = re.compile(r"[0-9]{1,19}", re.ASCII)


class LengthRequired(APIException):
    """A chunked body."""

    status_code = HTTPStatus.LENGTH_REQUIRED
    default_code = "length_required"
    default_detail = translate_lazy(_("Send the body with a Content-Length, not in chunks."))


def body_bytes(request: Request) -> int:
    """The Content-Length; 0 if it is missing or invalid."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if _LENGTH.fullmatch(text) else 0


def check_not_chunked(request: Request) -> None:
    """Raises `LengthRequired` for a chunked body, which Django would read as empty."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
