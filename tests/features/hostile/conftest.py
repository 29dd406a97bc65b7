"""Another user's video, and a port that nobody may reach: what hostile files are after."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.support.file_server import LOOPBACK
from tests.support.webhook_receiver import listening
from tests.video.made import numbered


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven frames that must never come out of another file."""
    return numbered.make(tmp_path_factory.mktemp("others") / "secret.ts", frames=7)


@pytest.fixture(scope="module")
def inside() -> Iterator[socket.socket]:
    with listening() as sock:
        yield sock


@pytest.fixture(autouse=True)
def _pulls_may_reach_this_machine(settings: Any) -> None:
    settings.MEDIAHUB_ALLOW_PRIVATE = [ip_network(LOOPBACK)]
