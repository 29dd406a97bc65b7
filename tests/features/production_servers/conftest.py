"""Real servers for the tests of this folder, and hosts that share them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import servers

from .hosts import Site


def _missing(error: servers.Missing) -> None:
    """What is not installed is left out, and said at the end of the run; but not in CI."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{error}.")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.PostgreSQL]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(servers.postgresql())
        except servers.Missing as error:
            _missing(error)
        yield server


@pytest.fixture
def redis() -> Iterator[servers.Redis]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(servers.redis_server())
        except servers.Missing as error:
            _missing(error)
        yield server


@pytest.fixture(scope="session")
def library(
    postgresql: servers.PostgreSQL, clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """With the clip of 60 numbered frames in it; for copies only."""
    made = Site(postgresql, postgresql.new_database(), tmp_path_factory.mktemp("library") / "data")
    made.prepare(clip)
    return made


@pytest.fixture
def site_on_postgresql(library: Site, tmp_path: Path) -> Site:
    """The queue is in the database."""
    return library.copy(tmp_path / "data")


@pytest.fixture
def site_with_redis(library: Site, redis: servers.Redis, tmp_path: Path) -> Site:
    """The queue is in Redis."""
    return library.copy(tmp_path / "data", redis)


@pytest.fixture(params=["site_on_postgresql", "site_with_redis"])
def site(request: pytest.FixtureRequest) -> Site:
    """One after the other."""
    selected = request.getfixturevalue(request.param)
    assert isinstance(selected, Site)
    return selected
