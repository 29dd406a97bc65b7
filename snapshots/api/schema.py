"""How calls are told in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

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

_REFUSALS = {
    400: "`invalid`: `errors` names each wrong field.",
    401: "`not_authenticated`: send an access key by HTTP Basic, or sign in to the console.",
    403: "`permission_denied`, `csrf_failed`; for a preset `preset_read_only`.",
    404: "Not there, or not for this user to see.",
    409: "Right in itself, but not now; `Retry-After` says when waiting helps.",
    413: "`too_large`.",
    415: "`unsupported`: a kind of body or file that is not taken.",
    422: "`no_video`, `unreadable`: the media itself stands in the way; `forbidden_url`.",
    429: "`throttled`: too often; `Retry-After` says when to try again.",
    503: "`unavailable`: too much at once; `Retry-After` says when to try again.",
    507: "`storage_full`.",
}
_MISMATCH = "`idempotency_mismatch`: the key came with another request."
_ONCE = [
    OpenApiParameter(
        HEADER,
        {"type": "string", "minLength": 1, "maxLength": 255},
        OpenApiParameter.HEADER,
        description=(
            "Any text of yours, new for each piece of work. For 24 hours the same request with the "
            "same key is answered as the first one was, and nothing is done again; with another "
            "request it is 422 `idempotency_mismatch`, while the first is at work 409 "
            "`in_progress`. A request that was refused or failed keeps no key. Equal are requests "
            "with the same values, and files of the same name and bytes."
        ),
    ),
    OpenApiParameter(
        "Idempotency-Replayed", str, OpenApiParameter.HEADER, response=[200, 201, 202],
        description="`true` where the answer is that of an earlier call.",
    ),
]  # fmt: skip


def example(name: str, value: Any) -> list[OpenApiExample]:
    """A body to begin with, as the docs page offers it for trying out."""
    return [OpenApiExample(name, value=value, request_only=True, media_type="application/json")]


def describe(
    name: str,
    summary: str,
    *,
    answer: Any = None,
    status: int | tuple[int, ...] = 200,
    media_type: str = "application/json",
    also: Mapping[int, str] = MappingProxyType({}),
    refuses: Sequence[int] = (),
    once: bool = False,
    **more: Any,
) -> Any:
    """A call in the OpenAPI document: what it answers and which problems it can have.

    `also` are further answers, without a body; `once` for a POST, which takes an Idempotency-Key.
    """
    statuses = status if isinstance(status, tuple) else (status,)
    responses: dict[Any, Any] = {
        (code, media_type) if answer else code: answer for code in statuses
    }
    responses |= {code: OpenApiResponse(description=text) for code, text in also.items()}
    told = _refusals(refuses, once)
    for code in sorted(told):
        responses[(code, CONTENT_TYPE)] = OpenApiResponse(Problem, description=told[code])
    if once:
        more["parameters"] = [*more.get("parameters", []), *_ONCE]
    more.setdefault("description", f"{summary}.")
    return extend_schema(operation_id=name, summary=summary, responses=responses, **more)


def _refusals(codes: Sequence[int], once: bool) -> dict[int, str]:
    told = {code: _REFUSALS[code] for code in {401, 403, *codes}}
    if once:
        told.setdefault(409, _REFUSALS[409])
        told[422] = f"{told[422]} {_MISMATCH}" if 422 in told else _MISMATCH
    return told


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
            "description": "The console's session; writing calls need the `X-CSRFToken` header.",
        }
