"""Whether the site is well, told to whoever asks, and nothing more than that."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shipped
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from snapshots.models import Heartbeat, Media, Task
from snapshots.services.ops import heartbeats

Settings = Any
ALL = ["database", "migrations", "workers", "waiting", "queue", "storage", "disk"]


def beat(age_s: float = 0.0) -> None:
    heartbeats.beat(host="here", pid=1, workers=2)
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=age_s))


def looked(client: Client, status: int) -> dict[str, tuple[bool, str]]:
    response = client.get("/readyz")
    assert response.status_code == status, response.content
    assert "no-store" in response["Cache-Control"]
    body = response.json()
    assert body["ok"] == (status == 200)
    return {row["name"]: (row["ok"], row["detail"]) for row in body["checks"]}


def ill(client: Client) -> dict[str, str]:
    """What is not well, with its words."""
    return {name: detail for name, (ok, detail) in looked(client, 503).items() if not ok}


def test_the_process_lives_without_a_database(client):
    """No database fixture here: a query would be refused."""
    for call in (client.get, client.head):
        response = call("/healthz")
        assert response.status_code == 200
    assert client.get("/healthz").json() == {"ok": True}
    assert client.post("/healthz").status_code == 405


def test_it_is_ready_when_all_is_well(client, db):
    beat(29)
    found = looked(client, 200)
    assert list(found) == ALL
    assert all(ok for ok, _ in found.values())
    assert found["workers"][1] == "2 running under 1 supervisor"
    assert found["waiting"][1] == "nothing waits"


def test_it_is_not_ready_without_workers(client, db):
    assert list(ill(client)) == ["workers"]
    beat(31)
    assert ill(client) == {"workers": "no sign of life within 30 s"}


def test_it_is_not_ready_when_a_task_waits_too_long(
    client: Client, ready_media: Media, make_task: Callable[..., Task], settings: Settings
) -> None:
    beat()
    settings.MEDIAHUB_WAITING_MAX_S = 60
    task = make_task(ready_media)
    make_task(ready_media)
    looked(client, 200)
    Task.objects.filter(pk=task.pk).update(created_at=timezone.now() - timedelta(seconds=100))
    assert ill(client) == {"waiting": "oldest task waits for 100 s"}
    Task.objects.filter(pk=task.pk).update(status="aborted", finished_at=timezone.now())
    looked(client, 200)


def test_it_is_not_ready_with_a_migration_to_apply(client, db):
    beat()
    last = MigrationRecorder.Migration.objects.filter(app="snapshots").latest("name")
    last.delete()
    assert ill(client) == {"migrations": "1 to apply"}


def test_it_is_not_ready_below_the_floor_of_the_disk(client, db, settings):
    beat()
    settings.MEDIAHUB_DISK_FLOOR_MB = 2**40
    assert list(ill(client)) == ["disk"]


def test_it_is_not_ready_when_nothing_can_be_stored(client, db, settings, tmp_path):
    beat()
    (tmp_path / "file").touch()
    stores = {name: {**store} for name, store in shipped.STORAGES.items()}
    stores["pictures"]["OPTIONS"] = {"location": tmp_path / "file", "base_url": None}
    settings.STORAGES = stores
    assert ill(client) == {"storage": "cannot be written to"}
    assert str(tmp_path) not in client.get("/readyz").content.decode()


def test_looking_leaves_no_file(client, db):
    beat()
    looked(client, 200)
    root = Path(shipped.MEDIAHUB_DATA)
    assert not [path for name in ("sources", "pictures") for path in (root / name).rglob(".part-*")]


@pytest.fixture
def lost_database(db: None, tmp_path: Path) -> Any:
    """The database of this thread cannot be opened any more."""
    real, lost = connections["default"], connections["default"].copy()
    if connection.vendor == "sqlite":
        lost.settings_dict = {**real.settings_dict, "NAME": str(tmp_path / "no" / "secret.sqlite3")}
    else:
        lost.settings_dict = {**real.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    connections["default"] = lost
    yield
    lost.close()
    connections["default"] = real


def test_a_lost_database_is_reported_without_its_address(client, lost_database, tmp_path):
    response = client.get("/readyz")
    assert response.status_code == 503
    found = {row["name"]: row["ok"] for row in response.json()["checks"]}
    assert found == {"database": False, "queue": False, "storage": True, "disk": True}
    text = response.content.decode()
    for secret in (str(tmp_path), "secret", "127.0.0.1", str(os.getuid()) + "@"):
        assert secret not in text
    assert client.get("/healthz").status_code == 200


def test_strangers_learn_no_paths_and_no_hosts(client, db):
    beat()
    text = json.dumps(client.get("/readyz").json())
    assert str(shipped.MEDIAHUB_DATA) not in text
    assert "here" not in text
    assert "sqlite" not in text


# --- Signs of life -------------------------------------------------------------------------------


def test_a_supervisor_has_one_row(db):
    for workers in (2, 3):
        heartbeats.beat(host="here", pid=1, workers=workers)
    heartbeats.beat(host="there", pid=1, workers=1)
    assert [(row.host, row.workers) for row in heartbeats.alive()] == [("here", 3), ("there", 1)]
    heartbeats.end(host="here", pid=1)
    assert [row.host for row in heartbeats.alive()] == ["there"]


def test_who_is_silent_for_an_hour_is_forgotten(db):
    beat(3601)
    heartbeats.beat(host="there", pid=1, workers=1)
    assert heartbeats.delete_dead() == 1
    assert Heartbeat.objects.get().host == "there"


def test_a_canary_is_answered_for_ones_own_supervisor(db, monkeypatch):
    since = timezone.now()
    beat()
    heartbeats.record_canary()
    monkeypatch.setenv("MEDIAHUB_SUPERVISOR", "here:2")
    heartbeats.record_canary()
    assert not heartbeats.canary_answered_since(since)
    monkeypatch.setenv("MEDIAHUB_SUPERVISOR", "here:1")
    heartbeats.record_canary()
    assert heartbeats.canary_answered_since(since)
    assert not heartbeats.canary_answered_since(timezone.now())
