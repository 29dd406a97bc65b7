"""`manage.py seed_presets`: the preset templates and the three groups."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from snapshots.management.command import PlainCommand
from snapshots.services import presets
from snapshots.services.security import access_keys


class Command(PlainCommand):
    help = "Create the preset templates and groups, and put changed ones right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        report = presets.seed(dry_run=options["dry_run"])
        if not options["dry_run"]:
            access_keys.seed_groups()
        shape = {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
        }
        if options["json"]:
            self.stdout.write(json.dumps(shape))
            return
        would = "would be " if options["dry_run"] else ""
        for word, definitions in shape.items():
            listed = ", ".join(map(str, definitions)) or "none"
            self.stdout.write(f"{would}{word}: {listed}")
