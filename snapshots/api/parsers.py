"""The JSON parser: bounded in size, strict UTF-8, no value that a database cannot store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from ..errors import TooLarge
from ..messages import message as _
from ..translation import translate


class JsonParser(BaseParser):
    """Strict JSON. Raises `ParseError`, and `TooLarge` before a large body is in memory."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        max_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise TooLarge(
                "too_large", _("A JSON body may have at most %(size)s KiB.", size=max_bytes >> 10)
            )
        try:
            value = json.loads(data.decode(), parse_constant=_reject_constant)
            json.dumps(value, ensure_ascii=False).encode()  # finds lone surrogates
        except RecursionError as error:
            raise ParseError(translate(_("The JSON is nested too deeply."))) from error
        except ValueError as error:
            raise ParseError(
                translate(_("This is not JSON in UTF-8: %(why)s", why=_printable(error)))
            ) from error
        return value


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _printable(error: ValueError) -> str:
    return str(error).encode(errors="backslashreplace").decode()
