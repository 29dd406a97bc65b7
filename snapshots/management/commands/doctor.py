"""`manage.py doctor`: checks of the installation, with a fix for each problem."""

from __future__ import annotations

import json
import platform
import shlex
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.management.base import CommandError
from PIL import Image

from mediahub import data_folder
from snapshots.management.command import PlainCommand
from snapshots.models import SnapshotTemplate
from snapshots.services import presets
from snapshots.services.ops import health
from snapshots.video.errors import VideoError
from snapshots.video.sandbox import landlock, seccomp
from snapshots.video.sandbox import parent as sandbox


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: the name of a check, its result, and a fix if it failed."""

    name: str
    is_ok: bool
    detail: str
    fix: str = ""


class Command(PlainCommand):
    help = "Look at everything MediaHub stands on, with a fix for each line that is not well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        findings = [finding for check in CHECKS for finding in check()]
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


def _health() -> Iterator[Finding]:
    """The health checks of `/readyz`, with the details for the operator."""
    results = health.check_all()
    for check in results:
        detail = f"{check.detail} ({check.note})" if check.note else check.detail
        yield Finding(check.name, check.is_ok, detail, check.fix)
    if any(check.name == "migrations" and check.is_ok for check in results):
        yield from _rows()


def _rows() -> Iterator[Finding]:
    missing = set(presets.preset_values()) - set(
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


def _permissions() -> Iterator[Finding]:
    """Whether other users of the machine can read the data; the start has tightened its own."""
    data = settings.MEDIAHUB_DATA
    found = list(data_folder.wrong_modes(data, is_served=bool(settings.MEDIAHUB_ACCEL_PREFIX)))
    if not found:
        yield Finding("permissions", True, f"nobody else can read {data}")
        return
    path, mode, wanted = found[-1]  # the outermost
    yield Finding(
        "permissions",
        False,
        f"{len(found)} paths have too wide or too narrow a mode: {path} has {mode:o}",
        f"As the owner of the path: chmod {wanted:o} {shlex.quote(str(path))}",
    )


def _sandbox() -> Iterator[Finding]:
    """A real child process normalises an image of one pixel."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        Image.new("RGB", (1, 1)).save(file, "png")
        file.flush()
        try:
            sandbox.sanitise(file.name)
        except (VideoError, sandbox.SandboxError) as error:
            yield Finding("sandbox", False, str(error), "Install from requirements.lock.")
            return
    yield Finding("sandbox", True, "children start and answer")
    held = f"{_describe_landlock()}; {_describe_seccomp()}"
    yield Finding("sandbox limits", True, f"{held}; formats and decoders by list; limits")


def _describe_landlock() -> str:
    """What Landlock adds to the limits and allow lists."""
    version = landlock.abi()
    if not version:
        return "no Landlock in this kernel (Linux 5.13 and newer can have it)"
    network = "no TCP" if version >= landlock.KNOWS_TCP else "TCP not held (from Linux 6.7 on)"
    return f"Landlock {version}: one video to read, {network}"


def _describe_seccomp() -> str:
    if not seccomp.is_known():
        return "no seccomp (x86-64 and arm64 have it)"
    return "seccomp: no sockets, no other programs"


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_libraries, _health, _permissions, _sandbox)
