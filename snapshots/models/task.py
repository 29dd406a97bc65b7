"""A request, its steps, and the pictures that came of it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from .lease import Leased, LeasedQuerySet
from .media import Media


def new_task_id() -> str:
    """The public id of every door but one: `<app id>-procedurev2-<32 hex>t0`."""
    return f"{settings.MEDIAHUB_APP_ID}-procedurev2-{secrets.token_hex(16)}t0"


def new_snapshot_task_id() -> str:
    """The public id that the legacy call CreateSnapshotByTimeOffset gives."""
    return f"CreateSnapshotByTimeOffset-{secrets.token_hex(16)}"


def new_id_like(task: Task) -> str:
    """An id of the same kind as the task's."""
    is_legacy = task.task_id.startswith("CreateSnapshotByTimeOffset-")
    return new_snapshot_task_id() if is_legacy else new_task_id()


class TaskQuerySet(LeasedQuerySet["Task"]):
    waiting = Q(status="waiting")

    def for_reading(self) -> TaskQuerySet:
        """With operations and pictures, in a fixed number of queries."""
        return self.prefetch_related("operations__snapshots")


class Task(Leased):
    class Kind(models.TextChoices):
        PROCESS = "process", "Snapshots"

    class Door(models.TextChoices):
        CONSOLE = "console", "Web console"
        REST = "rest", "REST API"
        VOD_LEGACY = "vod_legacy", "VOD API (2017)"
        VOD_CURRENT = "vod_current", "VOD API (2018)"
        COMMAND = "command", "Command line"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PROCESSING = "processing", "Processing"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        ABORTED = "aborted", "Aborted"

    class Notify(models.TextChoices):
        FINISH = "finish", "When it ends"
        CHANGE = "change", "On every change"
        NONE = "none", "Never"

    task_id = models.CharField(max_length=80, unique=True, default=new_task_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PROCESS)
    door = models.CharField(max_length=12, choices=Door)
    redo_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    media = models.ForeignKey(
        Media, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    file_id = models.CharField(max_length=19, help_text="Stays when the media is deleted.")
    priority = models.SmallIntegerField(default=0)
    notify_mode = models.CharField(max_length=6, choices=Notify, default=Notify.FINISH)
    session_id = models.CharField(max_length=50, blank=True, default="")
    session_context = models.CharField(max_length=1000, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
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


class Operation(models.Model):
    class Type(models.TextChoices):
        SNAPSHOT = "snapshot", "Snapshots"
        COVER = "cover", "Cover"

    class Mode(models.TextChoices):
        EXACT = "exact", "Exact frame"
        KEYFRAME = "keyframe", "Key frame"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PROCESSING = "processing", "Processing"
        SUCCEEDED = "succeeded", "Succeeded"
        PARTIAL = "partial", "Partly succeeded"
        FAILED = "failed", "Failed"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="operations")
    index = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=8, choices=Type)
    definition = models.PositiveIntegerField()
    template = models.JSONField(help_text="The template as it was when asked.")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.EXACT)
    at = models.JSONField(help_text="The time points as written, in the order asked.")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("task", "index")
        constraints = [
            models.UniqueConstraint(fields=("task", "index"), name="operation_index_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.index}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def done(self) -> SnapshotQuerySet:
        """The rows that are pictures, not errors."""
        return self.exclude(picture="")


class Snapshot(models.Model):
    """One point of an operation: its picture with the receipt, or why there is none."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="snapshots")
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="snapshots")
    index = models.PositiveSmallIntegerField()
    at = models.CharField(max_length=64)
    definition = models.PositiveIntegerField()
    is_current = models.BooleanField(default=False)

    picture = models.CharField(max_length=255, blank=True, default="")
    format = models.CharField(max_length=4, blank=True, default="")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    size_bytes = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    time_ms = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    pts = models.BigIntegerField(null=True)
    time_base = models.CharField(max_length=32, blank=True, default="")
    frame_time = models.FloatField(null=True, help_text="Seconds from the first frame shown.")
    key_frame = models.BooleanField(null=True)

    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
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
