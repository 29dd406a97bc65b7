"""Tasks: requests for snapshots, covers or pulls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..library.media import Media
from ..work.lease import Leased, LeasedQuerySet
from ..work.row_error import RowWithError
from .task_id import new_task_id


class TaskQuerySet(LeasedQuerySet["Task"]):
    waiting = Q(status="waiting")
    holdable = Q(status="processing")

    def processes(self) -> TaskQuerySet:
        """Tasks for workers, which decode."""
        return self.filter(kind=Task.Kind.PROCESS)

    def pulls(self) -> TaskQuerySet:
        """Tasks for the downloader, which mostly waits for other servers."""
        return self.filter(kind=Task.Kind.PULL)

    def due(self, now: datetime) -> TaskQuerySet:
        """Tasks that need not wait for a later attempt."""
        return self.filter(Q(due_at=None) | Q(due_at__lte=now))

    def for_reading(self) -> TaskQuerySet:
        """With operations and snapshots, in a fixed number of queries."""
        return self.select_related("pull").prefetch_related("operations__snapshots")


class Task(RowWithError, Leased):
    class Kind(models.TextChoices):
        PROCESS = "process", _("Snapshots")
        PULL = "pull", _("Download by URL")

    class Interface(models.TextChoices):
        CONSOLE = "console", _("Web console")
        REST = "rest", _("REST API")
        VOD_LEGACY = "vod_legacy", _("VOD API (2017)")
        VOD_CURRENT = "vod_current", _("VOD API (2018)")
        COMMAND = "command", _("Command line")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PROCESSING = "processing", _("Processing")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")
        ABORTED = "aborted", _("Aborted")

    class Notify(models.TextChoices):
        FINISH = "finish", _("When it ends")
        CHANGE = "change", _("On every change")
        NONE = "none", _("Never")

    task_id = models.CharField(
        _("task ID"), max_length=80, unique=True, default=new_task_id, editable=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PROCESS)
    interface = models.CharField(_("submitted via"), max_length=12, choices=Interface)
    rerun_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("rerun of")
    )
    media = models.ForeignKey(
        Media,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks",
        verbose_name=_("media"),
    )
    file_id = models.CharField(
        _("file ID"), max_length=19, help_text=_("Kept when the media item is deleted.")
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    notify_mode = models.CharField(_("notify"), max_length=6, choices=Notify, default=Notify.FINISH)
    session_id = models.CharField(_("session ID"), max_length=50, blank=True, default="")
    session_context = models.CharField(
        _("session context"), max_length=1000, blank=True, default=""
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    due_at = models.DateTimeField(
        _("due at"), null=True, blank=True, help_text=_("Not tried again before this time.")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__gte=-10, priority__lte=10), name="task_priority_10"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_percent"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "processing"], finished_at=None)
                | Q(status__in=["finished", "failed", "aborted"], finished_at__isnull=False),
                name="task_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="processing", lease_until__isnull=False)
                | (~Q(status="processing") & Q(lease_until=None)),
                name="task_processing_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error_code=""), name="task_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(
                models.F("priority").desc(),
                models.F("id"),
                condition=Q(status="waiting"),
                name="task_best_waiting",
            ),
            models.Index(
                fields=("lease_until",), condition=Q(status="processing"), name="task_leases"
            ),
            models.Index(fields=("media", "-id"), name="task_by_media"),
            models.Index(fields=("status", "-id"), name="task_by_status"),
            models.Index(fields=("created_at",), name="task_by_start"),
            models.Index(fields=("finished_at", "status"), name="task_by_end"),
            models.Index(
                fields=("session_id", "created_at"),
                condition=~Q(session_id=""),
                name="task_by_session",
            ),
        ]

    def __str__(self) -> str:
        return self.task_id

    @property
    def is_ended(self) -> bool:
        return self.finished_at is not None

    def options(self) -> dict[str, Any]:
        """Options that a task following from this one takes over."""
        names = ("priority", "notify_mode", "session_context")
        return {name: getattr(self, name) for name in names}
