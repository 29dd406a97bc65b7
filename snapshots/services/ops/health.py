"""Whether all that MediaHub stands on is well: looked at by `/readyz` and by `doctor`."""

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
class Look:
    """What was looked at, and how it is.

    `detail` tells strangers nothing; `note` is for whoever runs the site, and so is the `fix` of
    what is not well.
    """

    name: str
    is_ok: bool
    detail: str
    note: str = ""
    fix: str = ""


def looks() -> list[Look]:
    """All of them; what needs the database is left out where that does not answer."""
    return [*_database(), _queue(), *_files()]


def _database() -> Iterator[Look]:
    try:
        connection.ensure_connection()
        yield Look("database", True, "answers", _place_of_database())
        if former_schema.is_former():
            detail = "those of an earlier development version"
            yield Look("migrations", False, detail, fix=former_schema.advice())
            return
        pending = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
        yield Look(
            "migrations",
            not pending,
            f"{len(pending)} to apply" if pending else "all applied",
            fix="python manage.py migrate",
        )
        if not pending:
            yield from (_workers(), _waiting())
    except Error as error:
        fix = "Look at DATABASE_URL and the server."
        yield Look("database", False, "does not answer", str(error).strip(), fix)


def _place_of_database() -> str:
    """Which one it is and where it lies, without user and password."""
    place = connection.settings_dict
    where = str(place["NAME"])
    if place["HOST"]:
        where = f"{place['HOST']}:{place['PORT'] or 5432}/{where}"
    version = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {version}, {where}"


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Those of the code that runs: files that do not change under it."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _workers() -> Look:
    alive = heartbeats.alive()
    if alive:
        count = sum(row.workers for row in alive)
        detail = f"{count} running under {len(alive)} supervisor{'s' if len(alive) > 1 else ''}"
    else:
        detail = f"no sign of life within {heartbeats.FRESH.seconds} s"
    hosts = ", ".join(f"{row.workers} on {row.host}" for row in alive)
    return Look("workers", bool(alive), detail, hosts, "python manage.py worker (or: make up)")


def _waiting() -> Look:
    most, age = settings.MEDIAHUB_WAITING_MAX_S, stats.oldest_waiting_s()
    detail = f"oldest task waits for {age:.0f} s" if age else "nothing waits"
    fix = "Run more workers (MEDIAHUB_WORKERS), or raise MEDIAHUB_WAITING_MAX_S."
    return Look("waiting", age <= most, detail, f"at most {most:g} s", fix)


def _queue() -> Look:
    try:
        return Look("queue", True, "answers", queue.describe())
    except Error as error:
        fix = "Look at MEDIAHUB_BROKER_URL and the server."
        if not settings.MEDIAHUB_BROKER_URL:
            fix = "It lies in the database: mend the lines above first."
        return Look("queue", False, "does not answer", str(error).partition("\n")[0], fix)


def _files() -> Iterator[Look]:
    place = storage.describe()
    try:
        storage.try_writing()
        free = storage.free_bytes()
    except (OSError, Busy, StorageFull) as error:
        reason = error.strerror if isinstance(error, OSError) else error.message
        fix = "Make it writable, or look at MEDIAHUB_DATA and MEDIAHUB_STORE_URL."
        yield Look("storage", False, "cannot be written to", f"{place}: {reason}", fix)
        return
    yield Look("storage", True, "can be written to", place)
    is_roomy = free >= settings.MEDIAHUB_DISK_FLOOR_MB * 2**20
    fix = "Free some space, or set MEDIAHUB_DATA."
    yield Look("disk", is_roomy, f"{free / 2**30:.1f} GiB free", fix=fix)
