"""`manage.py doctor`: what is installed, reachable and set right, and how to mend the rest."""

from __future__ import annotations

import json
import platform
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from PIL import Image

from snapshots import queue, storage
from snapshots.management.plain import PlainCommand
from snapshots.models import SnapshotTemplate
from snapshots.services import heartbeats, templates
from snapshots.video import sandbox
from snapshots.video.errors import VideoError

_LOW_DISK_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    name: str
    is_ok: bool
    detail: str
    fix: str = ""


class Command(PlainCommand):
    help = "Look at everything MediaHub stands on, with a fix for each line that is not well."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        findings = [finding for look in LOOKS for finding in look()]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings]))
        else:
            for finding in findings:
                self.stdout.write(_line(finding))
        ill = sum(1 for finding in findings if not finding.is_ok)
        if ill:
            raise CommandError(f"{ill} of {len(findings)} lines need attention.")


def _line(finding: Finding) -> str:
    mark = "ok " if finding.is_ok else "NOT"
    fix = f"\n      Fix: {finding.fix}" if not finding.is_ok and finding.fix else ""
    return f"{mark}  {finding.name}: {finding.detail}{fix}"


def _libraries() -> Iterator[Finding]:
    names = ("Django", "django-q2", "av", "moviepy", "Pillow")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    yield Finding("libraries", True, f"Python {platform.python_version()}, {found}")
    for message in checks.run_checks():
        yield Finding("check", False, message.msg, message.hint or "")


def _database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield Finding("database", False, str(error), "Look at DATABASE_URL and the server.")
        return
    yield Finding("database", True, _place_of_database())
    yield Finding(
        "migrations",
        not pending,
        f"{len(pending)} to apply" if pending else "all applied",
        "python manage.py migrate",
    )
    if not pending:
        yield from _rows()


def _place_of_database() -> str:
    """Which one it is and where it lies, without user and password."""
    place = connection.settings_dict
    where = str(place["NAME"])
    if place["HOST"]:
        where = f"{place['HOST']}:{place['PORT'] or 5432}/{where}"
    version = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {version}, {where}"


def _queue() -> Iterator[Finding]:
    try:
        yield Finding("queue", True, queue.describe())
    except DatabaseError as error:
        fix = "Look at MEDIAHUB_BROKER_URL and the server."
        if not settings.MEDIAHUB_BROKER_URL:
            fix = "It lies in the database: mend the lines above first."
        yield Finding("queue", False, str(error).partition("\n")[0], fix)


def _rows() -> Iterator[Finding]:
    missing = set(templates.preset_values()) - set(
        SnapshotTemplate.objects.values_list("pk", flat=True)
    )
    yield Finding(
        "presets",
        not missing,
        f"{len(missing)} missing" if missing else "all there",
        "python manage.py seed_presets",
    )
    has_admin = get_user_model().objects.filter(is_superuser=True).exists()
    detail = "there is one" if has_admin else "there is none"
    yield Finding("administrator", has_admin, detail, "python manage.py createsuperuser")
    alive = heartbeats.alive()
    hosts = ", ".join(f"{beat.workers} on {beat.host}" for beat in alive)
    yield Finding(
        "workers",
        bool(alive),
        hosts or "none running",
        "python manage.py worker (or: make up)",
    )


def _files() -> Iterator[Finding]:
    data = Path(settings.MEDIAHUB_DATA)
    try:
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        yield Finding("data folder", False, f"{data}: {error.strerror}", "Make it writable.")
        return
    yield Finding("data folder", True, str(data))
    free = storage.free_bytes()
    room = f"{free / 2**30:.1f} GiB free"
    yield Finding("disk", free > _LOW_DISK_BYTES, room, "Free some space, or set MEDIAHUB_DATA.")


def _sandbox() -> Iterator[Finding]:
    """A real child at real work: a picture of one pixel goes through it."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        Image.new("RGB", (1, 1)).save(file, "png")
        file.flush()
        try:
            sandbox.normalise(file.name)
        except (VideoError, sandbox.SandboxError) as error:
            yield Finding("sandbox", False, str(error), "Install from requirements.lock.")
            return
    yield Finding("sandbox", True, "children start and answer")


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _libraries, _database, _queue, _files, _sandbox,
)  # fmt: skip
