"""A pytest plugin that runs only the tests that use the database."""

from __future__ import annotations

import pytest

_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not _touches_rows(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _touches_rows(item)]


def _touches_rows(item: pytest.Item) -> bool:
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
