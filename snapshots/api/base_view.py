"""The base class of the REST API's views."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse, QueryDict
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from ..content_length import body_bytes, check_not_chunked
from ..errors import TooLarge
from ..messages import message as _
from ..services.security import audit
from ..services.security.accounts import signed_in
from . import idempotency
from .parsers import JsonParser

_RIGHTS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


class _ByAcceptHeader(DefaultContentNegotiation):
    """By the Accept header only: `format` in a query is a template's field here."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE=None)  # type: ignore[assignment]  # all it reads


class BaseView(APIView):
    """A view that names its `model` and the `rights` that each method requires.

    Its POST runs once for an Idempotency-Key; `commits_by_itself` where the work cannot share one
    transaction with the stored response.
    """

    model: ClassVar[str]
    rights: ClassVar[Mapping[str, str]] = {}
    commits_by_itself: ClassVar[bool] = False
    is_audited: ClassVar[bool] = True  # whether its changes are in the audit log
    parser_classes: Sequence[type[BaseParser]] = [JsonParser]
    content_negotiation_class: type[BaseContentNegotiation] = _ByAcceptHeader

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_not_chunked(request)
        super().initial(request, *args, **kwargs)
        post = getattr(self, "post", None)  # a view without one responds with 405
        if request.method == "POST" and post and (key := idempotency.key_of(request)):
            setattr(self, "post", partial(self._post_idempotently, key, post))  # noqa: B010

    def _post_idempotently(
        self, key: str, post: Any, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        work = partial(post, request, *args, **kwargs)
        return idempotency.run_once(request, key, work, is_atomic=not self.commits_by_itself)

    def finalize_response(  # type: ignore[override]  # a stored response is a plain HttpResponse
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        done: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        is_new = "Idempotency-Replayed" not in done.headers
        if self.is_audited and request.method in _RIGHTS and done.status_code < 300 and is_new:
            self._audit(request, _response_data(response))
        return done

    def _audit(self, request: Request, data: Any) -> None:
        """Write a change to the audit log, with the row that the path or the response names."""
        named = {**(data if isinstance(data, dict) else {}), **self.kwargs}
        right = _RIGHTS[str(request.method)]
        if right == "add" and self.kwargs:
            right = "change"  # posting to a row's URL does something with that row
        audit.note(
            user=signed_in(request.user),
            model=self.model,
            public_id=audit.public_id(self.model, named),
            right=right,
            how=f"{self._change(request, right)} (API)",
        )

    def _change(self, request: Request, right: str) -> str:
        """What a call changed, in words: the fields of its body, or the last part of its path."""
        part = request.path.rstrip("/").rpartition("/")[2]
        if self.kwargs and part not in self.kwargs.values():
            done = {"PUT": " changed", "DELETE": " removed"}.get(str(request.method), "")
            return f"{part.capitalize()}{done}"
        if right == "change" and isinstance(request.data, Mapping):
            fields = ", ".join(name.replace("_", " ") for name in request.data)
            return f"{fields.capitalize()} changed"
        return {"add": "Added", "delete": "Deleted"}.get(right, "Changed")

    def body(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The body as `form` reads it. Raises what becomes 400 `invalid`."""
        data = self.request.data
        if isinstance(data, QueryDict):
            data = data.dict()
        return _checked(form, data)

    def query(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The query's parameters that `form` knows; empty ones count as not given."""
        return _checked(form, {k: v for k, v in self.request.query_params.items() if v})


def _response_data(response: Any) -> Any:
    """A response's data; a stored one is JSON text already."""
    if hasattr(response, "data"):
        return response.data
    return json.loads(response.content) if response.content else None


def _checked(form: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    reader = form(data=data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def check_length(request: Request, max_bytes: int) -> None:
    """Reject a body that is too large before any of it is read. Raises `TooLarge`."""
    if body_bytes(request) > max_bytes:
        raise TooLarge(
            "too_large", _("The body may have at most %(size)s MiB.", size=max_bytes >> 20)
        )


def absolute(path: str) -> str:
    """A path as the absolute URL that responses contain."""
    return f"{settings.MEDIAHUB_BASE_URL}{path}"
