"""Doing one at a time what no constraint can say."""

from __future__ import annotations

from django.db import connection


def one_at_a_time(word: str) -> None:
    """Until the transaction ends, nobody else is past this with the same word.

    SQLite's writing transactions are one at a time anyway: the settings let each begin as one
    (`IMMEDIATE`). PostgreSQL has locks on numbers; two words of one number merely wait in vain.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [word])
