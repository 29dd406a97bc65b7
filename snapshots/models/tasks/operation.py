"""One step of a task, with its template frozen as values."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..work.row_error import RowWithError
from .task import Task


class Operation(RowWithError):
    class Type(models.TextChoices):
        SNAPSHOT = "snapshot", _("Snapshots")
        COVER = "cover", _("Cover")

    class Mode(models.TextChoices):
        EXACT = "exact", _("Exact frame")
        KEYFRAME = "keyframe", _("Key frame")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PROCESSING = "processing", _("Processing")
        SUCCEEDED = "succeeded", _("Succeeded")
        PARTIAL = "partial", _("Partly succeeded")
        FAILED = "failed", _("Failed")

    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, related_name="operations", verbose_name=_("task")
    )
    index = models.PositiveSmallIntegerField(_("index"))
    type = models.CharField(_("type"), max_length=8, choices=Type)
    definition = models.PositiveIntegerField(_("template ID"))
    template = models.JSONField(
        _("template"), help_text=_("The template as it was when the task was submitted.")
    )
    mode = models.CharField(_("frame"), max_length=8, choices=Mode, default=Mode.EXACT)
    at = models.JSONField(
        _("time points"), help_text=_("The time points as written, in the order requested.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ("task", "index")
        constraints = [
            models.UniqueConstraint(fields=("task", "index"), name="operation_index_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.index}"
