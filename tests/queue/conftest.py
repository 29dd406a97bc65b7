"""Tests for PostgreSQL are skipped on other databases."""

from django.conf import settings

collect_ignore = (
    []
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    else ["test_on_postgresql.py"]
)
