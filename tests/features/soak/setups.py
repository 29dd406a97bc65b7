"""The three set-ups of MediaHub: database and queue."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.support.live_site import LiveSite
from tests.support.servers import PostgreSQL, Redis, postgresql, redis_server

from . import scale

NAMES = ("sqlite", "postgresql", "redis") if scale.IS_WHOLE else ("sqlite",)
_WIPE = "from django_q.models import OrmQ; OrmQ.objects.all().delete()"
_TRIPLE = (
    "from django_q.models import OrmQ; "
    "[OrmQ.objects.create(key=q.key, payload=q.payload, lock=q.lock) "
    "for q in list(OrmQ.objects.all()) for _ in range(2)]"
)


@dataclass
class Setup:
    """A set-up's environment, and how to harm what it stands on."""

    name: str
    env: dict[str, str]
    database: PostgreSQL | None = None
    broker: Redis | None = None

    def wipe(self, site: LiveSite) -> None:
        """Delete every wake-up."""
        if self.broker:
            redis.Redis.from_url(self.broker.url).flushall()
        else:
            site.run(_WIPE)

    def triple(self, site: LiveSite) -> None:
        """Triple every wake-up."""
        if self.broker:
            _triple(redis.Redis.from_url(self.broker.url))
        else:
            site.run(_TRIPLE)

    def hold_up(self, data: Path, seconds: float) -> None:
        """Let the database not answer for a while: locked, or stopped and started again."""
        if self.database:
            self.database.stop()
            time.sleep(seconds)
            self.database.start()
            return
        other = sqlite3.connect(data / "mediahub.sqlite3", timeout=20, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("ROLLBACK")
        other.close()


def _triple(client: Any) -> None:
    for key in client.keys("*"):
        if client.type(key) == b"list":
            waiting = client.lrange(key, 0, -1)
            if waiting:
                client.rpush(key, *waiting, *waiting)


@contextmanager
def made(name: str) -> Iterator[Setup]:
    """The set-up of that name, with servers of its own."""
    with ExitStack() as stack:
        setup = Setup(name, {})
        if name != "sqlite":
            setup.database = stack.enter_context(postgresql())
            setup.env["DATABASE_URL"] = setup.database.url(setup.database.new_database())
        if name == "redis":
            setup.broker = stack.enter_context(redis_server())
            setup.env["MEDIAHUB_BROKER_URL"] = setup.broker.url
        yield setup
