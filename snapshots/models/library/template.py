"""Snapshot templates: format, size and fill of the pictures."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

FIRST_CUSTOM_DEFINITION = 10001
MIN_SIDE, MAX_SIDE = 128, 4096


def _side(name: str) -> Q:
    return Q(**{name: 0}) | Q(**{f"{name}__gte": MIN_SIDE, f"{name}__lte": MAX_SIDE})


class SnapshotTemplate(models.Model):
    class Type(models.TextChoices):
        PRESET = "preset", _("Preset")
        CUSTOM = "custom", _("Custom")

    class Format(models.TextChoices):
        JPG = "jpg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"
        AVIF = "avif", "AVIF"

    class Fill(models.TextChoices):
        STRETCH = "stretch", _("Stretch")
        BLACK = "black", _("Black")
        WHITE = "white", _("White")
        TRANSPARENT = "transparent", _("Transparent")
        GAUSS = "gauss", _("Blurred")

    # An auto-incremented key is never given twice, so a deleted template's number cannot come to
    # mean something else for the pictures made with it. Migration 0002 starts it at 10001.
    definition = models.AutoField(_("ID"), primary_key=True)
    type = models.CharField(
        _("type"), max_length=6, choices=Type, default=Type.CUSTOM, editable=False
    )
    name = models.CharField(_("name"), max_length=64, blank=True, default="")
    comment = models.CharField(_("comment"), max_length=256, blank=True, default="")
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.JPG)
    width = models.PositiveSmallIntegerField(
        _("width"), default=0, help_text=_("0 (from the source), or 128–4096.")
    )
    height = models.PositiveSmallIntegerField(
        _("height"), default=0, help_text=_("0 (from the source), or 128–4096.")
    )
    resolution_adaptive = models.BooleanField(
        _("adaptive resolution"),
        default=True,
        help_text=_("Width is the long side, height the short side."),
    )
    fill_type = models.CharField(_("fill type"), max_length=11, choices=Fill, default=Fill.BLACK)
    quality = models.PositiveSmallIntegerField(
        _("quality"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("1–100, for JPEG, WebP and AVIF."),
    )
    # Plain defaults, not auto_now: `loaddata` of the fixture saves rows raw.
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("snapshot template")
        verbose_name_plural = _("snapshot templates")
        ordering = ("definition",)
        constraints = [
            models.CheckConstraint(
                condition=Q(type="custom", definition__gte=FIRST_CUSTOM_DEFINITION)
                | Q(type="preset", definition__lt=FIRST_CUSTOM_DEFINITION),
                name="template_custom_from_10001",
            ),
            models.CheckConstraint(condition=_side("width"), name="template_width_0_or_128_4096"),
            models.CheckConstraint(condition=_side("height"), name="template_height_0_or_128_4096"),
            models.CheckConstraint(
                condition=Q(quality__gte=1, quality__lte=100), name="template_quality_1_100"
            ),
            models.CheckConstraint(
                condition=Q(format__in=["jpg", "png", "webp", "avif"]), name="template_format_known"
            ),
            models.CheckConstraint(
                condition=Q(fill_type__in=["stretch", "black", "white", "transparent", "gauss"]),
                name="template_fill_known",
            ),
            models.CheckConstraint(
                condition=~Q(fill_type="transparent", format="jpg"),
                name="template_transparent_needs_alpha",
            ),
        ]

    def __str__(self) -> str:
        name = gettext(self.name) if self.name and self.is_preset else self.name
        return f"{self.definition} · {name}" if name else str(self.definition)

    @property
    def is_preset(self) -> bool:
        return self.type == self.Type.PRESET

    def as_values(self) -> dict[str, Any]:
        """The template as plain values, which a task freezes at submission."""
        return {
            "definition": self.definition,
            "type": self.type,
            "name": self.name,
            "comment": self.comment,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "resolution_adaptive": self.resolution_adaptive,
            "fill_type": self.fill_type,
            "quality": self.quality,
        }


# Names and comments of the presets in fixtures/preset_templates.json, for makemessages
_PRESET_TEXTS = (
    gettext_noop("Source size"),
    gettext_noop("1280 long side"),
    gettext_noop("1280 long side, white"),
    gettext_noop("640×360"),
    gettext_noop("640×360, white"),
    gettext_noop("Transparent PNG"),
    gettext_noop("Blurred WebP"),
    gettext_noop("Portrait card"),
    gettext_noop("The frame as it is: JPEG in the size of the source."),
    gettext_noop("JPEG 1280 on the long side, the other side from the source."),
    gettext_noop("The same, with white where a ratio leaves room."),
    gettext_noop(
        "JPEG of exactly 640×360 (360×640 for portrait), black where a ratio leaves room."
    ),
    gettext_noop("The same with white."),
    gettext_noop("PNG of exactly 1280×720 (720×1280), transparent where a ratio leaves room."),
    gettext_noop(
        "WebP of exactly 1280×720, a blurred copy of the picture where a ratio leaves room."
    ),
    gettext_noop("JPEG of exactly 360×480 for lists of cards, blurred where a ratio leaves room."),
)
