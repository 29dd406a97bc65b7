"""The OpenAPI description of the calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from .auth import AccessKeyAuthentication, ConsoleSessionAuthentication
from .errors import CONTENT_TYPE
from .idempotency import HEADER
from .response_schemas import Problem

_View = TypeVar("_View", bound=Callable[..., Any])

_ERRORS = {
    400: "`invalid`: `errors` lists each invalid field.",
    401: "`not_authenticated`: send an access key by HTTP Basic, or sign in to the console.",
    403: "`permission_denied`, `csrf_failed`; for a preset `preset_read_only`.",
    404: "It does not exist, or this user may not see it.",
    409: "A valid request that conflicts with the current state; `Retry-After` says when to retry.",
    413: "`too_large`.",
    415: "`unsupported`: a content type or file type that is not supported.",
    422: "`no_video`, `unreadable`: the video itself is the problem; `forbidden_url`.",
    429: "`throttled`: too many requests; `Retry-After` says when to retry.",
    503: "`unavailable`: the server is busy; `Retry-After` says when to retry.",
    507: "`storage_full`.",
}
_MISMATCH = "`idempotency_mismatch`: the key was used with a different request."
_IDEMPOTENCY = [
    OpenApiParameter(
        HEADER,
        {"type": "string", "minLength": 1, "maxLength": 255},
        OpenApiParameter.HEADER,
        description=(
            "Any text you choose, a new one for each operation. For 24 hours, repeating the same "
            "request with the same key returns the first response and does nothing else. A "
            "different request with that key is 422 `idempotency_mismatch`; while the first is "
            "still running, it is 409 `in_progress`. A request that ends in an error does not use "
            "up its key. Requests are the same if they have the same values, and files of the "
            "same names and bytes."
        ),
    ),
    OpenApiParameter(
        "Idempotency-Replayed", str, OpenApiParameter.HEADER, response=[200, 201, 202],
        description="`true` if the response is that of an earlier request.",
    ),
]  # fmt: skip


def example(name: str, value: Any) -> list[OpenApiExample]:
    """A request body that the docs page offers for trying the call."""
    return [OpenApiExample(name, value=value, request_only=True, media_type="application/json")]


def describe(
    name: str,
    summary: str,
    *,
    response: Any = None,
    status: int | tuple[int, ...] = 200,
    media_type: str = "application/json",
    also: Mapping[int, str] = MappingProxyType({}),
    errors: Sequence[int] = (),
    idempotent: bool = False,
    **more: Any,
) -> Callable[[_View], _View]:
    """A call in the OpenAPI document: its response and the errors it can have.

    `also` are further responses, without a body; `idempotent` for a POST, which takes an
    Idempotency-Key.
    """
    statuses = status if isinstance(status, tuple) else (status,)
    responses: dict[Any, Any] = {
        (code, media_type) if response else code: response for code in statuses
    }
    responses |= {code: OpenApiResponse(description=text) for code, text in also.items()}
    for code, text in sorted(_error_texts(errors, idempotent).items()):
        responses[(code, CONTENT_TYPE)] = OpenApiResponse(Problem, description=text)
    if idempotent:
        more["parameters"] = [*more.get("parameters", []), *_IDEMPOTENCY]
    more.setdefault("description", f"{summary}.")
    decorator: Callable[[_View], _View] = extend_schema(
        operation_id=name, summary=summary, responses=responses, **more
    )
    return decorator


def _error_texts(codes: Sequence[int], idempotent: bool) -> dict[int, str]:
    texts = {code: _ERRORS[code] for code in {401, 403, *codes}}
    if idempotent:
        texts.setdefault(409, _ERRORS[409])
        texts[422] = f"{texts[422]} {_MISMATCH}" if 422 in texts else _MISMATCH
    return texts


class AccessKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AccessKeyAuthentication
    name = "accessKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "basic",
            "description": "An access key: `secret_id` as user, `secret_key` as password.",
        }


class ConsoleSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ConsoleSessionAuthentication
    name = "consoleSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The console's session; unsafe methods need the `X-CSRFToken` header.",
        }
