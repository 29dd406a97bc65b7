"""What can only be asked of PostgreSQL is asked where the tests run on it."""

from django.conf import settings

collect_ignore = (
    []
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    else ["test_on_postgresql.py"]
)
