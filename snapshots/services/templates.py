"""Snapshot templates: presets that come with MediaHub, and people's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from ..messages import message as _
from ..models import Procedure, SnapshotTemplate
from ..models.library.template import MAX_SIDE, MIN_SIDE
from ..models.queries.advisory_lock import one_at_a_time
from ..video.render.spec import RenderSpec

PRESETS = Path(__file__).parent.parent / "fixtures" / "preset_templates.json"
DEFAULT_DEFINITION = 10
_ALPHA_FORMATS = ("png", "webp", "avif")
EDITABLE = (
    "name",
    "comment",
    "format",
    "width",
    "height",
    "resolution_adaptive",
    "fill_type",
    "quality",
)


@dataclass(frozen=True, slots=True)
class SeedReport:
    """Definitions that seeding made, put right, or found as they should be."""

    created: list[int]
    updated: list[int]
    unchanged: list[int]


def get(*, definition: int) -> SnapshotTemplate:
    try:
        return SnapshotTemplate.objects.get(pk=definition)
    except SnapshotTemplate.DoesNotExist as error:
        raise NotFound(
            "template_not_found",
            _("There is no template %(id)s. List them at templates/.", id=definition),
        ) from error


def listed(*, definitions: Sequence[int] = (), type_: str = "") -> QuerySet[SnapshotTemplate]:
    """In the order of their definitions: all, or those of these, and of the type that is named."""
    rows = SnapshotTemplate.objects.order_by("definition")
    if definitions:
        rows = rows.filter(definition__in=definitions)
    return rows.filter(type=type_) if type_ else rows


def unsaved(*, values: Mapping[str, Any]) -> SnapshotTemplate:
    """A custom template for one use; what is not given takes the defaults. Raises `Invalid`."""
    template = SnapshotTemplate(type=SnapshotTemplate.Type.CUSTOM, **_known(values))
    _check(template)
    return template


def create(*, values: Mapping[str, Any]) -> SnapshotTemplate:
    """A custom template; what is not given takes the defaults. Raises `Invalid`, `Conflict`."""
    template = unsaved(values=values)
    with transaction.atomic():
        one_at_a_time("templates are counted")
        count = SnapshotTemplate.objects.filter(type=SnapshotTemplate.Type.CUSTOM).count()
        if count >= settings.MEDIAHUB_MAX_TEMPLATES:
            raise Conflict(
                "too_many_templates",
                _(
                    "There are %(count)s custom templates already. Delete one that is not needed.",
                    count=count,
                ),
            )
        template.save(force_insert=True)
    return template


def update(*, template: SnapshotTemplate, values: Mapping[str, Any]) -> SnapshotTemplate:
    """Change the named fields; the result is checked as a whole. Raises `Forbidden`, `Invalid`."""
    _refuse_preset(template)
    changed = _known(values)
    for name, value in changed.items():
        setattr(template, name, value)
    _check(template)
    template.updated_at = timezone.now()
    template.save(update_fields=[*changed, "updated_at"])
    return template


def delete(*, template: SnapshotTemplate) -> None:
    """Tasks keep the copy they froze.

    Raises `Forbidden` for a preset, `Conflict` (`in_use`) while a saved flow names it.
    """
    _refuse_preset(template)
    with transaction.atomic():
        if flows := Procedure.objects.select_for_update().naming(template.pk):
            raise Conflict(
                "in_use",
                _("The flow %(name)s uses it. Change that flow first.", name=flows[0].name),
            )
        template.delete()


def spec(values: Mapping[str, Any]) -> RenderSpec:
    """Template values, frozen or live, as the video core wants them."""
    return RenderSpec(
        format=values["format"],
        width=values["width"],
        height=values["height"],
        adaptive=values["resolution_adaptive"],
        fill=values["fill_type"],
        quality=values["quality"],
    )


@cache
def preset_values() -> dict[int, dict[str, Any]]:
    """The presets as the fixture has them; needs no database."""
    rows = json.loads(PRESETS.read_text())
    return {row["pk"]: {**row["fields"], "definition": row["pk"]} for row in rows}


@transaction.atomic
def seed(*, dry_run: bool = False) -> SeedReport:
    """Create missing presets and put changed ones right. Custom templates are not looked at."""
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


def problems(template: SnapshotTemplate) -> list[FieldProblem]:
    """Everything wrong with the template as a whole, field by field."""
    found = [*_choice_problems(template), *_range_problems(template)]
    if template.fill_type == "transparent" and template.format not in _ALPHA_FORMATS:
        found.append(
            FieldProblem(
                "fill_type",
                "invalid_combination",
                _("A transparent fill needs a format with transparency: png, webp or avif."),
            )
        )
    return found


def _choice_problems(template: SnapshotTemplate) -> list[FieldProblem]:
    choices = {
        "format": SnapshotTemplate.Format.values,
        "fill_type": SnapshotTemplate.Fill.values,
    }
    return [
        FieldProblem(
            name, "invalid_choice", _("Use one of: %(choices)s.", choices=", ".join(allowed))
        )
        for name, allowed in choices.items()
        if getattr(template, name) not in allowed
    ]


def _range_problems(template: SnapshotTemplate) -> list[FieldProblem]:
    found = [
        FieldProblem(
            name,
            "out_of_range",
            _(
                "Use 0 (from the source) or %(min)s to %(max)s pixels.",
                min=MIN_SIDE,
                max=MAX_SIDE,
            ),
        )
        for name in ("width", "height")
        if (side := getattr(template, name)) != 0 and not MIN_SIDE <= side <= MAX_SIDE
    ]
    if not 1 <= template.quality <= 100:
        found.append(FieldProblem("quality", "out_of_range", _("Use a quality from 1 to 100.")))
    for name, most in (("name", 64), ("comment", 256)):
        if len(getattr(template, name)) > most:
            found.append(
                FieldProblem(name, "too_long", _("Use at most %(max)s characters.", max=most))
            )
    return found


def _check(template: SnapshotTemplate) -> None:
    if found := problems(template):
        raise Invalid(found)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        raise Invalid(
            [
                FieldProblem(name, "unknown_field", _("There is no field %(name)s.", name=name))
                for name in unknown
            ]
        )
    return dict(values)


def _refuse_preset(template: SnapshotTemplate) -> None:
    if template.is_preset:
        raise Forbidden(
            "preset_read_only",
            _("Presets cannot be changed. Create a template of your own with the values you need."),
        )
