"""OR-queries as a union of indexed lookups."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

_MAX_KEYS = 1000
_Rows = TypeVar("_Rows", bound="QuerySet[Model]")


def matching_any(rows: _Rows, *conditions: Q) -> _Rows:
    """Rows matching any of the conditions, each of which has an index; runs one query now.

    For an `OR` a database scans all rows, which is fast only if many match: then a page of rows in
    index order is soon full. So the keys are looked up first by each condition's own index; if
    they are few, the rows are selected by them.
    """
    keys_of = rows.model._default_manager.order_by().values_list("pk", flat=True)
    first, *others = (keys_of.filter(condition) for condition in conditions)
    keys = list(first.union(*others, all=True)[: _MAX_KEYS + 1])
    if len(keys) <= _MAX_KEYS:
        return rows.filter(pk__in=keys)
    return rows.filter(reduce(or_, conditions))
