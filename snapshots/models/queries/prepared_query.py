"""Queries whose SQL is written once: Django takes longer to write one than a database to answer it.

Measured: a row by its key takes 0.26 ms through a queryset and 0.06 ms through this, and a call
that is made again and again asks for six.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
_Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The SQL, the fields that its columns fill, and what makes Python's values of some."""

    sql: str
    fields: list[str]
    converters: list[tuple[int, list[_Convert], Any]]


class Prepared(Generic[M]):
    """Rows of a queryset with one parameter, a string or a whole number, of the default database.

    `rows` is given a value and returns the queryset for it, without related rows; what it defers
    is deferred here too.
    """

    def __init__(self, rows: Callable[[Any], models.QuerySet[M]], example: object) -> None:
        self._rows = rows
        self._example = example

    def all(self, value: str | int) -> Sequence[M]:
        """The rows for `value`."""
        plan = self._plan
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [value])
            found = cursor.fetchall()
        from_db = self._queryset.model.from_db
        return [from_db(connection.alias, plan.fields, _converted(plan, row)) for row in found]

    def first(self, value: str | int) -> M | None:
        """The only row for `value`, or `None`."""
        rows = self.all(value)
        return rows[0] if rows else None

    @cached_property
    def _queryset(self) -> models.QuerySet[M]:
        return self._rows(self._example)

    @cached_property
    def _plan(self) -> _Plan:
        compiler: Any = self._queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if len(params) != 1:
            raise TypeError("A prepared query has one parameter.")
        columns = [column for column, _, _ in compiler.select]
        converters = compiler.get_converters(columns)
        return _Plan(
            sql,
            [column.target.attname for column in columns],
            [(place, list(functions), column) for place, (functions, column) in converters.items()],
        )


def _converted(plan: _Plan, row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for place, functions, column in plan.converters:
        for convert in functions:
            values[place] = convert(values[place], column, connection)
    return values
