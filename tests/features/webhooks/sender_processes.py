"""Webhook senders in processes of their own, to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.support.processes import ROOT

from ...support.webhook_receiver import LOOPBACK


def database_url() -> str:
    """Of this test's database, for a process of its own."""
    place = {key: quote(str(value), safe="/") for key, value in connection.settings_dict.items()}
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**place)


@contextmanager
def sender_process(**environment: str) -> Iterator[subprocess.Popen[str]]:
    """A sender on this test's database, with tries of 1 s and waits of half a second.

    Killed at the end of the block.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.features.webhooks.sender_command"], cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mediahub.settings",
            "MEDIAHUB_DATA": str(settings.MEDIAHUB_DATA),
            "DATABASE_URL": database_url(),
            "MEDIAHUB_ALLOW_PRIVATE": LOOPBACK,
            "MEDIAHUB_CALLBACK_S": "1",
            "MEDIAHUB_CALLBACK_WAITS": ",".join(["0", *["0.5"] * 200]),
            **environment,
        },
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    try:
        assert process.stdout.readline().strip() == "sending"
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
