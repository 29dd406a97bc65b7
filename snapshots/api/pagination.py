"""Cursor pagination: a signed cursor names the row after which, or before which, a page starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from ..errors import Invalid
from ..messages import message as _

PAGE_SIZE, MAX_PAGE_SIZE = 50, 200
_SALT = "mediahub.cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row after which a page starts: its value in the ordering, and its primary key."""

    ordering: str
    value: Any
    pk: int
    backwards: bool = False

    def sign(self) -> str:
        values = [self.ordering, self.value, self.pk, self.backwards]
        return signing.dumps(values, salt=_SALT, compress=True)

    @classmethod
    def read(cls, text: str, ordering: str) -> Cursor:
        """Raises `Invalid` for one that is not ours or belongs to another ordering."""
        try:
            cursor = cls(*signing.loads(text, salt=_SALT))
        except signing.BadSignature as error:
            raise _not_ours() from error
        if cursor.ordering != ordering:
            raise _not_ours()
        return cursor


def page(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    ordering: str = "-pk",
    limit: int = PAGE_SIZE,
    cursor: str = "",
) -> dict[str, Any]:
    """`{"next", "previous", "results"}` of `rows` by `ordering`, with the key as tie-break."""
    start = Cursor.read(cursor, ordering) if cursor else None
    backwards = start is not None and start.backwards
    name, descending = ordering.lstrip("-"), ordering.startswith("-") != backwards
    if start is not None:
        rows = rows.filter(_behind(start, name, descending))
    sign = "-" if descending else ""
    found = list(rows.order_by(f"{sign}{name}", f"{sign}pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = bool(found) and (more or backwards)
    has_previous = bool(found) and start is not None and (more or not backwards)
    return {
        "next": _link(request, _at(found[-1], ordering)) if has_next else None,
        "previous": _link(request, _at(found[0], ordering, True)) if has_previous else None,
        "results": [show(row) for row in found],
    }


def _behind(start: Cursor, name: str, descending: bool) -> Q:
    beyond = "lt" if descending else "gt"
    tie = Q(**{name: start.value, f"pk__{beyond}": start.pk})
    return Q(**{f"{name}__{beyond}": start.value}) | tie


def _at(row: Model, ordering: str, backwards: bool = False) -> Cursor:
    value = getattr(row, ordering.lstrip("-"))
    if isinstance(value, datetime):
        value = value.isoformat()
    return Cursor(ordering, value, row.pk, backwards)


def _link(request: Request, cursor: Cursor) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor.sign()
    return f"{settings.MEDIAHUB_BASE_URL}{request.path}?{query.urlencode()}"


def _not_ours() -> Invalid:
    return Invalid.field("cursor", "invalid", _("Follow next and previous as they were returned."))
