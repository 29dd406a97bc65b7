"""What every call of the REST interface shares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse, QueryDict
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from ..content_length import body_bytes, check_not_chunked
from ..errors import TooLarge
from ..services.security import audit
from . import idempotency
from .parsers import JsonParser

_RIGHTS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_IDS = {
    "media": ("file_id",), "snapshottemplate": ("definition",), "task": ("task_id",),
    "snapshot": ("id",), "event": (), "eventconfig": (),
}  # fmt: skip


class _ByAcceptHeader(DefaultContentNegotiation):
    """`format` in a query is a template's field here, not a renderer's name."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE=None)


class Endpoint(APIView):
    """A view that names its `model` and the `rights` that each method asks for.

    Its POST is done once for an Idempotency-Key; `commits_itself` where the work cannot be in one
    transaction with the answer.
    """

    model: ClassVar[str]
    rights: ClassVar[Mapping[str, str]] = {}
    commits_itself: ClassVar[bool] = False
    is_noted: ClassVar[bool] = True  # whether what it changes is written into the history
    parser_classes: Sequence[type[BaseParser]] = [JsonParser]
    content_negotiation_class = _ByAcceptHeader

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_not_chunked(request)
        super().initial(request, *args, **kwargs)
        post = getattr(self, "post", None)  # without one it is answered with 405
        if request.method == "POST" and post and (key := idempotency.key_of(request)):
            self.post = partial(self._post_once, key, post)

    def _post_once(
        self, key: str, post: Any, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        work = partial(post, request, *args, **kwargs)
        return idempotency.answer(request, key, work, apart=self.commits_itself)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        done: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        is_new = "Idempotency-Replayed" not in done.headers
        if self.is_noted and request.method in _RIGHTS and done.status_code < 300 and is_new:
            self._note(request, _told_by(response))
        return done

    def _note(self, request: Request, data: Any) -> None:
        """Who changed what, by the name that the path or the answer has for it."""
        told = {**(data if isinstance(data, dict) else {}), **self.kwargs}
        own = next((str(told[name]) for name in _IDS[self.model] if name in told), "")
        right = _RIGHTS[str(request.method)]
        if right == "add" and self.kwargs:
            right = "change"  # what is posted to a row is done with it
        how = f"REST: {request.method} {request.path}"
        audit.note(user=request.user, model=self.model, public_id=own, right=right, how=how)

    def body(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The body as `form` reads it. Raises what becomes 400 `invalid`."""
        data = self.request.data
        if isinstance(data, QueryDict):
            data = data.dict()
        return _checked(form, data)

    def query(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The query's parameters that `form` knows; empty ones count as not given."""
        return _checked(form, {k: v for k, v in self.request.query_params.items() if v})


def _told_by(response: Any) -> Any:
    """What an answer says; one to a keyed call is JSON already."""
    if hasattr(response, "data"):
        return response.data
    return json.loads(response.content) if response.content else None


def _checked(form: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    reader = form(data=data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def refuse_length(request: Request, most: int) -> None:
    """Refuse a body before any of it is read. Raises `TooLarge`."""
    if body_bytes(request) > most:
        raise TooLarge("too_large", f"This may have at most {most >> 20} MiB.")


def absolute(path: str) -> str:
    """A link as answers carry it."""
    return f"{settings.MEDIAHUB_BASE_URL}{path}"
