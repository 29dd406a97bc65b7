"""Earlier covers of a media item, for undo."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .media import Media


class CoverChange(models.Model):
    """A former cover of a media item; all fields are empty if it had none."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="cover_changes")
    snapshot = models.ForeignKey(
        "snapshots.Snapshot", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picture = models.CharField(max_length=255, blank=True, default="", db_index=True)
    at = models.CharField(max_length=64, blank=True, default="")
    by = models.CharField(
        max_length=8, choices=Media.CoverBy, blank=True, default=Media.CoverBy.NOBODY
    )
    user = models.CharField(max_length=150, blank=True, default="")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("cover change")
        verbose_name_plural = _("cover changes")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.media}: {self.by or '—'}"

    @property
    def shown(self) -> str:
        """Name of its picture; empty if there was none, or if it was deleted since."""
        return self.snapshot.picture if self.snapshot else self.picture

    @property
    def can_come_back(self) -> bool:
        return bool(self.shown) or self.by == Media.CoverBy.NOBODY
