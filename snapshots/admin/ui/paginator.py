"""Pages of long lists: nobody pages beyond some thousand rows, so no more are counted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.utils.functional import cached_property

COUNTED_TO = 5000


class LongPaginator(Paginator):  # type: ignore[type-arg]
    """As Django's, of the first `COUNTED_TO` rows; others are found by search or filter."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `COUNTED_TO`."""
        rows = self.object_list
        return int(rows.order_by().values("pk")[:COUNTED_TO].count())

    @property
    def is_cut(self) -> bool:
        return self.count == COUNTED_TO
