"""Preset templates: those that come with MediaHub, and their seeding."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..models import SnapshotTemplate

PRESETS = Path(__file__).parent.parent / "fixtures" / "preset_templates.json"
DEFAULT_DEFINITION = 10


@dataclass(frozen=True, slots=True)
class SeedReport:
    """Definitions that seeding created, corrected, or found unchanged."""

    created: list[int]
    updated: list[int]
    unchanged: list[int]


@cache
def preset_values() -> dict[int, dict[str, Any]]:
    """The presets as the fixture has them; needs no database."""
    rows = json.loads(PRESETS.read_text("utf-8"))
    return {row["pk"]: {**row["fields"], "definition": row["pk"]} for row in rows}


@transaction.atomic
def seed(*, dry_run: bool = False) -> SeedReport:
    """Create missing presets and correct changed ones. Custom templates are left alone."""
    report = SeedReport([], [], [])
    for definition, values in preset_values().items():
        row = SnapshotTemplate.objects.filter(pk=definition).first()
        if row is None:
            report.created.append(definition)
        elif any(getattr(row, name) != value for name, value in values.items()):
            report.updated.append(definition)
        else:
            report.unchanged.append(definition)
            continue
        if not dry_run:
            SnapshotTemplate.objects.update_or_create(
                pk=definition, defaults={**values, "updated_at": timezone.now()}
            )
    return report
