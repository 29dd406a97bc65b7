"""Rows found by any of several features, each of which has an index of its own."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

_FEW = 1000
_Rows = TypeVar("_Rows", bound="QuerySet[Model]")


def found_by(rows: _Rows, *features: Q) -> _Rows:
    """The rows that have any of the features; asks one query now.

    A database looks through all rows for one `OR` of features, which is fast only where many have
    them: then a page of rows, in the order of an index, is soon full. So the keys are looked for
    first, by each feature's index; where they are few, they are the answer.
    """
    model = rows.model._default_manager
    first, *others = (model.order_by().filter(q).values_list("pk", flat=True) for q in features)
    keys = list(first.union(*others, all=True)[: _FEW + 1])
    return rows.filter(pk__in=keys) if len(keys) <= _FEW else rows.filter(reduce(or_, features))
