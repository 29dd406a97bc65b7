"""One picture of an operation, or the error of its point."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..library.media import Media
from ..work.row_error import RowWithError
from .operation import Operation


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def done(self) -> SnapshotQuerySet:
        """The rows that are pictures, not errors."""
        return self.exclude(picture="")


class Snapshot(RowWithError):
    """One point of an operation: its picture with the receipt, or why there is none."""

    operation = models.ForeignKey(
        Operation, on_delete=models.CASCADE, related_name="snapshots", verbose_name=_("operation")
    )
    media = models.ForeignKey(
        Media, on_delete=models.CASCADE, related_name="snapshots", verbose_name=_("media")
    )
    index = models.PositiveSmallIntegerField(_("index"))
    at = models.CharField(_("time point"), max_length=64)
    definition = models.PositiveIntegerField(_("template ID"))
    is_current = models.BooleanField(_("current"), default=False)

    picture = models.CharField(_("picture"), max_length=255, blank=True, default="")
    format = models.CharField(_("format"), max_length=4, blank=True, default="")
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    size_bytes = models.PositiveIntegerField(_("size in bytes"), null=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, default="")
    time_ms = models.DecimalField(
        _("time in milliseconds"), max_digits=16, decimal_places=3, null=True
    )
    pts = models.BigIntegerField(_("PTS"), null=True)
    time_base = models.CharField(_("time base"), max_length=32, blank=True, default="")
    frame_time = models.FloatField(
        _("frame time"), null=True, help_text=_("Seconds from the first frame shown.")
    )
    key_frame = models.BooleanField(_("key frame"), null=True)

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("operation", "index"), name="snapshot_point_once"),
            models.UniqueConstraint(
                fields=("picture",), condition=~Q(picture=""), name="snapshot_owns_its_file"
            ),
            models.CheckConstraint(
                condition=(~Q(picture="") & Q(error_code="", pts__isnull=False))
                | (Q(picture="") & ~Q(error_code="")),
                name="snapshot_is_picture_or_error",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | ~Q(picture=""), name="snapshot_current_is_picture"
            ),
        ]
        indexes = [
            models.Index(fields=("media", "-id"), name="snapshot_by_media"),
            models.Index(
                fields=("media", "definition"),
                condition=Q(is_current=True),
                name="snapshot_current",
            ),
        ]

    def __str__(self) -> str:
        return self.picture or f"{self.at}: {self.error_code}"
