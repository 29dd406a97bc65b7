"""Health checks of everything MediaHub depends on, for `/readyz` and `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ... import queue, storage
from ...errors import Busy, StorageFull
from . import former_schema, heartbeats, stats


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one check.

    `detail` is fit for the public; `note`, and the `fix` of a failed check, are for the operator.
    """

    name: str
    is_ok: bool
    detail: str
    note: str = ""
    fix: str = ""


def check_all() -> list[HealthCheck]:
    """Run all checks; those that need the database are omitted if it does not answer."""
    return [*_database(), _queue(), *_files()]


def _database() -> Iterator[HealthCheck]:
    try:
        connection.ensure_connection()
        yield HealthCheck("database", True, "answers", _database_location())
        if former_schema.is_former():
            detail = "those of an earlier development version"
            yield HealthCheck("migrations", False, detail, fix=former_schema.advice())
            return
        pending = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
        yield HealthCheck(
            "migrations",
            not pending,
            f"{len(pending)} to apply" if pending else "all applied",
            fix="python manage.py migrate",
        )
        if not pending:
            yield from (_workers(), _waiting())
    except Error as error:
        fix = "Look at DATABASE_URL and the server."
        yield HealthCheck("database", False, "does not answer", str(error).strip(), fix)


def _database_location() -> str:
    """Kind, version and location of the database, without user and password."""
    database = connection.settings_dict
    where = str(database["NAME"])
    if database["HOST"]:
        where = f"{database['HOST']}:{database['PORT'] or 5432}/{where}"
    version = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {version}, {where}"


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Migrations of the running code."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _workers() -> HealthCheck:
    alive = heartbeats.alive()
    if alive:
        count = sum(row.workers for row in alive)
        detail = f"{count} running under {len(alive)} supervisor{'s' if len(alive) > 1 else ''}"
    else:
        detail = f"no sign of life within {heartbeats.FRESH.seconds} s"
    hosts = ", ".join(f"{row.workers} on {row.host}" for row in alive)
    fix = "python manage.py worker (or: make up)"
    return HealthCheck("workers", bool(alive), detail, hosts, fix)


def _waiting() -> HealthCheck:
    limit_s, age = settings.MEDIAHUB_WAITING_MAX_S, stats.oldest_waiting_s()
    detail = f"oldest task waits for {age:.0f} s" if age else "nothing waits"
    fix = "Run more workers (MEDIAHUB_WORKERS), or raise MEDIAHUB_WAITING_MAX_S."
    return HealthCheck("waiting", age <= limit_s, detail, f"at most {limit_s:g} s", fix)


def _queue() -> HealthCheck:
    try:
        return HealthCheck("queue", True, "answers", queue.describe())
    except Error as error:
        fix = "Look at MEDIAHUB_BROKER_URL and the server."
        if not settings.MEDIAHUB_BROKER_URL:
            fix = "It lies in the database: mend the lines above first."
        return HealthCheck("queue", False, "does not answer", str(error).partition("\n")[0], fix)


def _files() -> Iterator[HealthCheck]:
    place = storage.describe()
    try:
        storage.try_writing()
        free = storage.free_bytes()
    except (OSError, Busy, StorageFull) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error.message)
        fix = "Make it writable, or look at MEDIAHUB_DATA and MEDIAHUB_STORE_URL."
        yield HealthCheck("storage", False, "cannot be written to", f"{place}: {reason}", fix)
        return
    yield HealthCheck("storage", True, "can be written to", place)
    is_roomy = free >= settings.MEDIAHUB_DISK_FLOOR_MB * 2**20
    fix = "Free some space, or set MEDIAHUB_DATA."
    yield HealthCheck("disk", is_roomy, f"{free / 2**30:.1f} GiB free", fix=fix)
