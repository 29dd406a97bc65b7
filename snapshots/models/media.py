"""A video in the library, what is known of it, and its cover."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from .lease import Leased, LeasedQuerySet


def new_file_id() -> str:
    """A public id of 19 decimal digits, not guessable from another one."""
    return str(secrets.randbelow(9 * 10**18) + 10**18)


class MediaQuerySet(LeasedQuerySet["Media"]):
    waiting = Q(status="probing")

    def search(self, text: str) -> MediaQuerySet:
        """Part of the name (3 characters and more) or its start, an exact file id or tag."""
        text = text.strip()
        if not text:
            return self
        by_name = Q(name__icontains=text) if len(text) >= 3 else Q(name__istartswith=text)
        by_tag = MediaTag.objects.filter(media=models.OuterRef("pk"), name=text)
        return self.filter(by_name | Q(file_id=text) | models.Exists(by_tag))

    def for_reading(self) -> MediaQuerySet:
        """With all that showing one needs, in a fixed number of queries."""
        return (
            self.select_related("cover_snapshot__operation")
            .prefetch_related("tag_rows")
            .defer("frame_index")
        )


class Media(Leased):
    class Status(models.TextChoices):
        PULLING = "pulling", "Pulling"
        PROBING = "probing", "Probing"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    class SourceType(models.TextChoices):
        UPLOAD = "upload", "Upload"
        URL = "url", "URL"
        IMPORT = "import", "Import"
        LINK = "link", "Linked file"

    class CoverBy(models.TextChoices):
        NOBODY = "", "—"
        AUTO = "auto", "MediaHub"
        TASK = "task", "A task"
        USER = "user", "A person"

    file_id = models.CharField(max_length=19, unique=True, default=new_file_id, editable=False)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="", max_length=4096)

    source_type = models.CharField(max_length=8, choices=SourceType, default=SourceType.UPLOAD)
    source = models.CharField(
        max_length=512, blank=True, default="", help_text="Name in the store of sources."
    )
    link = models.CharField(
        max_length=4096, blank=True, default="", help_text="A file used where it lies."
    )
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")

    status = models.CharField(max_length=8, choices=Status, default=Status.PROBING)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    container = models.CharField(max_length=16, blank=True, default="")
    codec = models.CharField(max_length=32, blank=True, default="")
    duration_s = models.FloatField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    probe = models.JSONField(
        null=True, blank=True, help_text="All of VideoInfo; the columns above are for lists."
    )
    frame_index = models.BinaryField(null=True, blank=True)

    cover_snapshot = models.ForeignKey(
        "snapshots.Snapshot", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cover_picture = models.CharField(
        max_length=255, blank=True, default="", help_text="A picture of its own, in the store."
    )
    cover_at = models.CharField(max_length=64, blank=True, default="")
    cover_by = models.CharField(max_length=8, choices=CoverBy, blank=True, default=CoverBy.NOBODY)
    cover_user = models.CharField(max_length=150, blank=True, default="")
    cover_set_at = models.DateTimeField(null=True, blank=True)
    cover_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was asked for: of two wishes the later one wins."
    )

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = "media"
        verbose_name_plural = "media"
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(file_id__regex=r"^[0-9]{19}$"), name="media_file_id_is_19_digits"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="media_has_a_name"),
            models.CheckConstraint(
                condition=Q(cover_snapshot=None) | Q(cover_picture=""),
                name="media_has_at_most_one_cover",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(probe__isnull=False),
                name="media_ready_means_probed",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error_code=""), name="media_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(source="") | Q(link=""), name="media_source_is_stored_or_linked"
            ),
        ]
        indexes = [
            models.Index(fields=("created_at", "id"), name="media_by_age"),
            models.Index(fields=("name", "id"), name="media_by_name"),
            models.Index(fields=("size_bytes", "id"), name="media_by_size"),
            models.Index(
                fields=("id",),
                condition=Q(status__in=["pulling", "probing"]),
                name="media_to_work_on",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tags(self) -> list[str]:
        """The tags in the order given."""
        return [row.name for row in self.tag_rows.all()]


class MediaTag(models.Model):
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="tag_rows")
    name = models.CharField(max_length=32)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("media", "name"), name="media_tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="media_tag_not_empty"),
        ]
        indexes = [models.Index(fields=("name", "media"), name="media_by_tag")]

    def __str__(self) -> str:
        return self.name
