"""`manage.py worker`: the queue's workers with their supervisor."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from snapshots import checks
from snapshots.management.command import PlainCommand, require_current_schema
from snapshots.worker.supervisor import Supervisor


class Command(PlainCommand):
    requires_system_checks = (checks.LIBRARIES,)
    help = "Run the workers that probe media and take snapshots, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers",
            type=int,
            default=settings.MEDIAHUB_WORKERS,
            help="How many jobs run at once (default: the number of cores).",
        )

    def handle(self, *_: Any, workers: int, **__: Any) -> None:
        require_current_schema()
        Supervisor(workers=max(workers, 1)).run()
