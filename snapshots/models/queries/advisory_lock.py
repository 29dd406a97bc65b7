"""A transaction-scoped advisory lock."""

from __future__ import annotations

from django.db import connection


def advisory_lock(name: str) -> None:
    """Hold the lock `name` until the transaction ends.

    SQLite's writing transactions exclude each other anyway: the settings make each begin as one
    (`IMMEDIATE`). PostgreSQL locks numbers; two names with one hash merely wait needlessly.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
