"""How a snapshot is to look: format, size, what to do when the ratios differ."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

FIRST_CUSTOM_DEFINITION = 10001
MIN_SIDE, MAX_SIDE = 128, 4096


def _side(name: str) -> Q:
    return Q(**{name: 0}) | Q(**{f"{name}__gte": MIN_SIDE, f"{name}__lte": MAX_SIDE})


class SnapshotTemplate(models.Model):
    class Type(models.TextChoices):
        PRESET = "preset", "Preset"
        CUSTOM = "custom", "Custom"

    class Format(models.TextChoices):
        JPG = "jpg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"
        AVIF = "avif", "AVIF"

    class Fill(models.TextChoices):
        STRETCH = "stretch", "Stretch"
        BLACK = "black", "Black"
        WHITE = "white", "White"
        TRANSPARENT = "transparent", "Transparent"
        GAUSS = "gauss", "Blurred"

    # An auto-incremented key is never given twice, so a deleted template's number cannot come to
    # mean something else for the pictures made with it. Migration 0002 starts it at 10001.
    definition = models.AutoField(primary_key=True)
    type = models.CharField(max_length=6, choices=Type, default=Type.CUSTOM, editable=False)
    name = models.CharField(max_length=64, blank=True, default="")
    comment = models.CharField(max_length=256, blank=True, default="")
    format = models.CharField(max_length=4, choices=Format, default=Format.JPG)
    width = models.PositiveSmallIntegerField(
        default=0, help_text=f"0 (from the source), or {MIN_SIDE}–{MAX_SIDE}."
    )
    height = models.PositiveSmallIntegerField(
        default=0, help_text=f"0 (from the source), or {MIN_SIDE}–{MAX_SIDE}."
    )
    resolution_adaptive = models.BooleanField(
        default=True, help_text="Width is the long side, height the short one."
    )
    fill_type = models.CharField(max_length=11, choices=Fill, default=Fill.BLACK)
    quality = models.PositiveSmallIntegerField(
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="1–100, for JPEG, WebP and AVIF.",
    )
    # Plain defaults, not auto_now: `loaddata` of the fixture saves rows raw.
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
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
        return f"{self.definition} · {self.name}" if self.name else str(self.definition)

    @property
    def is_preset(self) -> bool:
        return self.type == self.Type.PRESET

    def as_values(self) -> dict[str, Any]:
        """The template as plain values: what a task freezes when it is asked for."""
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
