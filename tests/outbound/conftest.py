"""The guarded client may reach servers of this machine."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from tests.support.webhook_receiver import LOOPBACK


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings: Any) -> None:
    settings.MEDIAHUB_ALLOW_PRIVATE = [ip_network(LOOPBACK)]
    settings.MEDIAHUB_CALLBACK_S = 3.0
