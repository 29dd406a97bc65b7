"""Workers of several hosts on one database and one media folder, each in its own processes."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import redis
from PIL import Image

from tests.support import servers
from tests.support.processes import ROOT, manage, wait_for
from tests.video.made import numbered

_SUBMIT = """
from snapshots.models import Media
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
media = Media.objects.get()
for number in range({count}):
    submission.submit(media=media, snapshots=[SnapshotSpec(10, [f"f{{number}}"])], interface="rest")
"""
# Who took up which task and when it ended, written by the database itself
_AUDIT = """
CREATE TABLE audit (task bigint, holder text, was text, became text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit VALUES (NEW.id, NEW.holder, OLD.status, NEW.status);
  RETURN NEW;
END $$;
CREATE TRIGGER audit BEFORE UPDATE ON snapshots_task FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note();
"""


@dataclass
class Site:
    """A library that no web server serves: filled and asked from here, worked on by `worker`."""

    postgresql: servers.PostgreSQL
    database: str
    data: Path
    redis: servers.Redis | None = None
    lease_s: int = 15

    @property
    def environment(self) -> dict[str, str]:
        return {
            "MEDIAHUB_LEASE_S": str(self.lease_s),
            "DATABASE_URL": self.postgresql.url(self.database),
            "MEDIAHUB_BROKER_URL": self.redis.url if self.redis else "",
            "MEDIAHUB_SWEEP_S": "0.5",
            "MEDIAHUB_AUTO_COVER": "false",
        }

    def manage(self, *words: str | Path) -> str:
        done = manage(self.data, *words, **self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def prepare(self, clip: Path) -> None:
        """Tables, templates, the clip, ready, and a book of what happens to tasks."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed_presets")
        self.manage("import_media", clip)
        with self.worker():
            ready = "SELECT status FROM snapshots_media"
            assert wait_for(lambda: self.ask(ready) == [("ready",)], 30), self.ask(ready)
        self.ask(_AUDIT)

    def copy(self, data: Path, redis: servers.Redis | None = None) -> Site:
        """Another library like this one, with its media in `data`."""
        shutil.copytree(self.data, data)
        return Site(self.postgresql, self.postgresql.new_database(self.database), data, redis)

    def submit(self, count: int) -> None:
        """`count` tasks, of one frame each: the first of the first, and so on."""
        self.manage("shell", "--no-imports", "-c", _SUBMIT.format(count=count))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        address = self.postgresql.url(self.database)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def pending_wake_ups(self) -> int:
        """How many wait, in whichever place they do."""
        if self.redis is None:
            return int(self.ask("SELECT count(*) FROM django_q_ormq")[0][0])
        with redis.Redis(port=self.redis.port) as client:
            return int(client.llen("django_q:mediahub:q"))

    def wipe(self) -> None:
        """Delete every wake-up."""
        self.ask("DELETE FROM django_q_ormq")
        if self.redis:
            with redis.Redis(port=self.redis.port) as client:
                client.flushall()

    def count(self, status: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM snapshots_task WHERE status = '{status}'")[0][0])

    def wait_until_finished(self, count: int, timeout_s: float = 60.0) -> None:
        assert wait_for(lambda: self.count("finished") == count, timeout_s), self.ask(
            "SELECT id, status, attempts, error_code FROM snapshots_task"
        )

    def assert_all_done_once(self, count: int) -> None:
        """Each task ended once, has its one picture of its own frame, and one event."""
        self.wait_until_finished(count)
        ends = "SELECT task, count(*) FROM audit WHERE became = 'finished' GROUP BY task"
        assert [times for _, times in self.ask(ends)] == [1] * count
        reported = "SELECT subject FROM snapshots_event WHERE kind = 'task.finished'"
        assert len(self.ask(reported)) == len(set(self.ask(reported))) == count
        rows = self.ask("SELECT at, picture FROM snapshots_snapshot ORDER BY id")
        assert sorted(int(at[1:]) for at, _ in rows) == list(range(count))
        for at, name in rows:
            assert frame_in(self.data / "pictures" / name) == int(at[1:])
        stored = [path for path in (self.data / "pictures").rglob("*") if path.is_file()]
        assert len(stored) == count

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        """`manage.py worker` with two workers, as on a host of its own; stopped at the end."""
        env = {name: at for name, at in os.environ.items() if not name.startswith("MEDIAHUB_")}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--workers", "2"],
            cwd=ROOT, start_new_session=True, text=True,
            env={**env, **self.environment, "MEDIAHUB_DATA": str(self.data),
                 "DJANGO_SETTINGS_MODULE": "mediahub.settings"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def frame_in(path: Path) -> int:
    """The number of the frame that a stored picture shows."""
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        return numbered.read_number(np.asarray(image))
