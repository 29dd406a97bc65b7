"""Search by exact ids and by part of a media item's name."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from ...models import Media
from ...models.queries.indexed_or import matching_any
from .generics import ModelAdmin

_Row = TypeVar("_Row", bound=Model)


class IndexedSearch(ModelAdmin[_Row]):
    """An admin whose search is a union of indexed lookups. Its model has a key `media`."""

    exact_search_fields: ClassVar[tuple[str, ...]] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        exact = [self.exact_condition(field, text) for field in self.exact_search_fields]
        media = Media.objects.order_by().filter(name__icontains=text)
        return matching_any(queryset, *exact, Q(media__in=media.values("pk"))), False

    def exact_condition(self, field: str, text: str) -> Q:
        return Q(**{field: text})
