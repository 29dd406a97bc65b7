"""Each test on each set-up that this run is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import setups


@pytest.fixture(params=setups.NAMES)
def setup(request: pytest.FixtureRequest) -> Iterator[setups.Setup]:
    with setups.made(request.param) as made:
        yield made
