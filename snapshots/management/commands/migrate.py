"""`manage.py migrate`: Django's own, but not on the database of an earlier development version."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from snapshots.management.command import require_current_schema


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        require_current_schema()
        super().handle(*args, **options)
