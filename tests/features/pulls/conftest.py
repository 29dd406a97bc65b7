"""Pulls from a local server, run by calling the downloader's own functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from snapshots.services.work import downloading

from ...support.file_server import LOOPBACK, Origin, origin


@pytest.fixture(autouse=True)
def _may_reach_this_machine(settings: Any) -> None:
    settings.MEDIAHUB_ALLOW_PRIVATE = [ip_network(LOOPBACK)]
    settings.MEDIAHUB_PULL_WAITS = [0.0, 0.0]


@pytest.fixture
def data(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture
def there(data: bytes) -> Iterator[Origin]:
    with origin(data) as there:
        yield there


@pytest.fixture
def run() -> Callable[[], bool]:
    """Does one try of the best pull that is due; whether there was one."""
    return lambda: downloading.run_next(is_stopping=lambda: False)
