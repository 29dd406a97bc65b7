"""Media items: videos in the library, their facts and covers."""

from __future__ import annotations

import secrets
import unicodedata

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..queries.indexed_or import matching_any
from ..work.lease import Leased, LeasedQuerySet
from ..work.row_error import RowWithError
from .media_tag import MediaTag


def new_file_id() -> str:
    """A public id of 19 decimal digits, not guessable from another one."""
    return str(secrets.randbelow(9 * 10**18) + 10**18)


class MediaQuerySet(LeasedQuerySet["Media"]):
    waiting = Q(status="probing")
    holdable = Q(status__in=["pulling", "probing"])

    def search(self, text: str) -> MediaQuerySet:
        """Part of the name (3 characters and more) or its start, an exact file id or tag."""
        text = unicodedata.normalize("NFC", text.strip())
        if not text:
            return self
        by_name = Q(name__icontains=text) if len(text) >= 3 else Q(name__istartswith=text)
        by_tag = MediaTag.objects.order_by().filter(name=text).values("media")
        return matching_any(self, by_name, Q(file_id=text), Q(pk__in=by_tag))

    def for_reading(self) -> MediaQuerySet:
        """With everything that presentation needs, in a fixed number of queries."""
        return (
            self.select_related("cover_snapshot__operation")
            .prefetch_related("tag_rows")
            .defer("frame_index")
        )


class Media(RowWithError, Leased):
    class Status(models.TextChoices):
        PULLING = "pulling", _("Pulling")
        PROBING = "probing", _("Analysing")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    class SourceType(models.TextChoices):
        UPLOAD = "upload", _("Upload")
        URL = "url", "URL"
        IMPORT = "import", _("Import")
        LINK = "link", _("Linked file")

    class CoverBy(models.TextChoices):
        NOBODY = "", "—"
        AUTO = "auto", "MediaHub"
        TASK = "task", _("A task")
        USER = "user", _("A user")

    file_id = models.CharField(
        _("file ID"), max_length=19, unique=True, default=new_file_id, editable=False
    )
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True, default="", max_length=4096)

    source_type = models.CharField(
        _("source"), max_length=8, choices=SourceType, default=SourceType.UPLOAD
    )
    source = models.CharField(
        _("stored source"),
        max_length=512,
        blank=True,
        default="",
        help_text=_("Its name in the storage of sources."),
    )
    link = models.CharField(
        _("linked file"),
        max_length=4096,
        blank=True,
        default="",
        help_text=_("A file that is used in place."),
    )
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, default="")

    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PROBING)

    container = models.CharField(_("container"), max_length=16, blank=True, default="")
    codec = models.CharField(_("codec"), max_length=32, blank=True, default="")
    duration_s = models.FloatField(_("duration in seconds"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    probe = models.JSONField(
        _("facts"),
        null=True,
        blank=True,
        help_text=_("All of VideoInfo; the columns above are for lists."),
    )
    frame_index = models.BinaryField(_("frame index"), null=True, blank=True)

    cover_snapshot = models.ForeignKey(
        "snapshots.Snapshot",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("cover snapshot"),
    )
    cover_picture = models.CharField(
        _("cover picture"),
        max_length=255,
        blank=True,
        default="",
        help_text=_("An uploaded picture in the storage."),
    )
    cover_at = models.CharField(_("time point of the cover"), max_length=64, blank=True, default="")
    cover_by = models.CharField(
        _("cover set by"), max_length=8, choices=CoverBy, blank=True, default=CoverBy.NOBODY
    )
    cover_user = models.CharField(_("cover set by user"), max_length=150, blank=True, default="")
    cover_set_at = models.DateTimeField(_("cover set at"), null=True, blank=True)
    cover_requested_at = models.DateTimeField(
        _("cover requested at"),
        null=True,
        blank=True,
        help_text=_("When it was requested: of two requests the later one wins."),
    )

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")
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
            models.Index(fields=("status", "created_at", "id"), name="media_by_status"),
            models.Index(fields=("codec", "created_at", "id"), name="media_by_codec"),
            models.Index(fields=("source_type", "size_bytes"), name="media_by_source"),
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
