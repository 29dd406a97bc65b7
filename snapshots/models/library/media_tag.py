"""Tags of a media item."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MediaTag(models.Model):
    media = models.ForeignKey(
        "snapshots.Media",
        on_delete=models.CASCADE,
        related_name="tag_rows",
        verbose_name=_("media"),
    )
    name = models.CharField(_("name"), max_length=32)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("media", "name"), name="media_tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="media_tag_not_empty"),
        ]
        indexes = [models.Index(fields=("name", "media"), name="media_by_tag")]

    def __str__(self) -> str:
        return self.name
