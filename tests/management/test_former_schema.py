"""Databases of an earlier development version: refused in one line and left unchanged."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from snapshots.services.ops import former_schema, health
from tests.support.processes import manage

FORMER = [
    "0001_initial",
    "0002_custom_templates_start_at_10001",
    "0003_events_flows_and_signatures",
    "0004_pushes_heartbeats_and_keyed_requests",
]
OURS = ["0001_initial", "0002_template_numbering", "0003_trigram_index"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the migrations table of the former schema, and one of its rows."""
    folder = tmp_path / "data"
    folder.mkdir()
    with sqlite3.connect(folder / "mediahub.sqlite3") as database:
        database.execute(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255) NOT NULL,"
            " name varchar(255) NOT NULL, applied datetime NOT NULL)"
        )
        database.executemany(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('snapshots', ?, '2026-01-01')",
            [(name,) for name in FORMER],
        )
        database.execute("CREATE TABLE snapshots_media (id integer PRIMARY KEY, name text)")
        database.execute("INSERT INTO snapshots_media VALUES (1, 'holiday.mp4')")
    database.close()
    return folder


def rows(folder: Path) -> list[str]:
    database = sqlite3.connect(folder / "mediahub.sqlite3")
    try:
        return list(database.iterdump())
    finally:
        database.close()


@pytest.mark.parametrize("command", ["up", "worker", "cluster", "migrate"])
def test_commands_reject_it_and_write_nothing(data: Path, command: str) -> None:
    before = rows(data)
    done = manage(data, command)
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert str(data) in line
    for word in ("earlier development version", "MEDIAHUB_DATA", "manage.py import_media"):
        assert word in line
    assert done.stdout == ""
    assert rows(data) == before


def test_doctor_shows_it(data: Path) -> None:
    done = manage(data, "doctor", "--json")
    (line,) = [row for row in json.loads(done.stdout) if row["name"] == "migrations"]
    assert (line["is_ok"], line["detail"]) == (False, "those of an earlier development version")
    assert "manage.py import_media" in line["fix"]


def record(names: list[str]) -> None:
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="snapshots").delete()
    for name in names:
        recorder.record_applied("snapshots", name)


@pytest.mark.parametrize(
    ("names", "is_former"),
    [
        (FORMER, True),
        (FORMER[-1:], True),
        ([], False),
        (OURS[:2], False),
        (OURS, False),
        ([*OURS, "9999_of_a_later_version"], False),
    ],
)
def test_recognised_by_its_migrations(db: None, names: list[str], is_former: bool) -> None:
    record(names)
    assert former_schema.is_former() is is_former


def test_migrate_and_health_name_it(db: None) -> None:
    record(FORMER)
    with pytest.raises(CommandError, match="earlier development version"):
        call_command("migrate", verbosity=0)
    (check,) = [check for check in health.check_all() if check.name == "migrations"]
    assert (check.is_ok, check.fix) == (False, former_schema.advice())
    assert "\n" not in former_schema.advice()
