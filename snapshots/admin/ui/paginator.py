"""A paginator for long lists, which counts only the rows that anyone pages to."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

from .generics import Paginator

COUNTED_TO = 5000


class LongPaginator(Paginator[Any]):
    """As Django's, of the first `COUNTED_TO` rows; search and filters find the others."""

    object_list: QuerySet[Model]

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `COUNTED_TO`."""
        rows = self.object_list
        return int(rows.order_by().values("pk")[:COUNTED_TO].count())

    @property
    def is_cut(self) -> bool:
        return self.count == COUNTED_TO
