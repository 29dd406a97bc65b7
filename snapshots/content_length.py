"""How a request says how long its body is."""

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
    """How long the body says it is; 0 where it says nothing."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if _LENGTH.fullmatch(text) else 0


def refuse_chunked(request: Request) -> None:
    """Django reads no body without a length: better refused than taken for an empty one.

    Raises `LengthRequired`.
    """
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
