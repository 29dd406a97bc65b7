"""Queries whose SQL is written once: Django takes longer to write one than a database to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Prepared(Generic[M]):
    """Rows of a queryset with one parameter, for calls that are made again and again.

    `rows` is given a value and returns the queryset for it, without related rows; what it defers
    is deferred here too. Used for the default database.
    """

    def __init__(self, rows: Callable[[Any], models.QuerySet[M]], example: object) -> None:
        self._rows = rows
        self._example = example

    def all(self, value: object) -> Sequence[M]:
        """The rows for `value`."""
        manager: models.Manager[M] = self._queryset.model._default_manager
        return list(manager.raw(self._sql, [value]))

    def first(self, value: object) -> M | None:
        """The only row for `value`, or `None`."""
        rows = self.all(value)
        return rows[0] if rows else None

    @cached_property
    def _queryset(self) -> models.QuerySet[M]:
        return self._rows(self._example)

    @cached_property
    def _sql(self) -> str:
        compiler = self._queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if len(params) != 1:
            raise TypeError("A prepared query has one parameter.")
        return str(sql)
