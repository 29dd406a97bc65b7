"""Snapshot templates: reading, changing and validating them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, TooLarge
from ..messages import message as _
from ..models import Media, Procedure, SnapshotTemplate
from ..models.library.template import MAX_SIDE, MIN_SIDE
from ..models.queries.advisory_lock import advisory_lock
from ..video.errors import VideoError
from ..video.render.geometry import Size
from ..video.render.spec import RenderSpec
from . import names

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


def get(*, definition: int) -> SnapshotTemplate:
    try:
        return SnapshotTemplate.objects.get(pk=definition)
    except SnapshotTemplate.DoesNotExist as error:
        raise NotFound(
            "template_not_found",
            _("There is no template %(id)s. List them at templates/.", id=definition),
        ) from error


def listed(*, definitions: Sequence[int] = (), type_: str = "") -> QuerySet[SnapshotTemplate]:
    """Templates by definition: all, or those of `definitions`, and of the type `type_`."""
    rows = SnapshotTemplate.objects.order_by("definition")
    if definitions:
        rows = rows.filter(definition__in=definitions)
    return rows.filter(type=type_) if type_ else rows


def unsaved(*, values: Mapping[str, Any]) -> SnapshotTemplate:
    """A custom template that is not saved, with defaults for missing values. Raises `Invalid`."""
    template = SnapshotTemplate(type=SnapshotTemplate.Type.CUSTOM, **_known(values))
    _check(template)
    return template


def create(*, values: Mapping[str, Any]) -> SnapshotTemplate:
    """A custom template, with defaults for missing values. Raises `Invalid`, `Conflict`."""
    template = unsaved(values=values)
    with transaction.atomic():
        advisory_lock("template count")
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
    """Change the given fields and validate the whole. Raises `Forbidden`, `Invalid`."""
    _check_editable(template)
    changed = _known(values)
    for name, value in changed.items():
        setattr(template, name, value)
    _check(template)
    template.updated_at = timezone.now()
    template.save(update_fields=[*changed, "updated_at"])
    return template


def delete(*, template: SnapshotTemplate) -> None:
    """Delete a custom template. Tasks have their own frozen copy.

    Raises `Forbidden` for a preset, `Conflict` (`in_use`) while a procedure uses it.
    """
    _check_editable(template)
    with transaction.atomic():
        if users := Procedure.objects.select_for_update().naming(template.pk):
            raise Conflict(
                "in_use",
                _("The flow %(name)s uses it. Change that flow first.", name=users[0].name),
            )
        template.delete()


def spec(values: Mapping[str, Any]) -> RenderSpec:
    """The render spec of template values, frozen or current."""
    return RenderSpec(
        format=values["format"],
        width=values["width"],
        height=values["height"],
        adaptive=values["resolution_adaptive"],
        fill=values["fill_type"],
        quality=values["quality"],
    )


def check_output_size(*, media: Media, spec: RenderSpec) -> None:
    """Raises `TooLarge` if a picture of this media would be larger than allowed."""
    if not media.width or not media.height:
        return
    try:
        spec.canvas(Size(media.width, media.height))
    except VideoError as error:
        raise TooLarge(error.code, error.message) from error


def problems(template: SnapshotTemplate) -> list[FieldProblem]:
    """All problems of the template as a whole, field by field."""
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
    for name, max_length in (("name", 64), ("comment", 256)):
        if len(getattr(template, name)) > max_length:
            found.append(
                FieldProblem(name, "too_long", _("Use at most %(max)s characters.", max=max_length))
            )
    if template.name and (problem := names.problem_of_name(template.name)):
        found.append(FieldProblem("name", "invalid_name", problem))
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
    known = dict(values)
    if "name" in known:
        known["name"] = names.normalised(known["name"])
    return known


def _check_editable(template: SnapshotTemplate) -> None:
    if template.is_preset:
        raise Forbidden(
            "preset_read_only",
            _("Presets cannot be changed. Create a template of your own with the values you need."),
        )
