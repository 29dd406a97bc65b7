"""The outbox: what happened, and every try to tell somebody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .task import Task


class Event(models.Model):
    class Kind(models.TextChoices):
        TASK_FINISHED = "task.finished", "Task finished"
        TASK_CHANGED = "task.changed", "Task changed"
        MEDIA_READY = "media.ready", "Media ready"
        MEDIA_DELETED = "media.deleted", "Media deleted"

    class Mode(models.TextChoices):
        PULL = "pull", "Pull"
        PUSH = "push", "Push"

    subject = models.CharField(max_length=80, help_text="A task_id or a file_id.")
    kind = models.CharField(max_length=16, choices=Kind)
    sequence = models.PositiveIntegerField(help_text="Counts the events of one subject.")
    mode = models.CharField(
        max_length=4, choices=Mode, help_text="How it is told: the mode in force when written."
    )
    payload = models.JSONField(help_text="Frozen: the media and, where it has one, the task.")
    door = models.CharField(
        max_length=12, choices=Task.Door, blank=True, default="",
        help_text="By which the task came: in whose form a push tells of it.",
    )  # fmt: skip
    pull_token = models.CharField(
        max_length=32, blank=True, default="", editable=False, help_text="Of the last pull."
    )
    hidden_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when whoever pulled it may confirm it."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is pushed next; never where empty."
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it was pushed.")
    sending_until = models.DateTimeField(null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(
        null=True, blank=True, help_text="When no try was left, or the receiver wanted no more."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("subject", "kind", "sequence"), name="event_once"),
        ]
        indexes = [
            models.Index(fields=("created_at",), name="event_by_age"),
            models.Index(
                fields=("id",), condition=Q(mode="pull", confirmed_at=None), name="event_to_pull"
            ),
            models.Index(
                fields=("due_at", "id"), condition=Q(due_at__isnull=False), name="event_to_push"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Delivery(models.Model):
    """One attempt to push an event, and how it went."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    attempt = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=2048)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("event", "attempt")
        constraints = [
            models.UniqueConstraint(fields=("event", "attempt"), name="delivery_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.attempt}"


class EventConfig(models.Model):
    """How events leave: one row for the whole site. Its keys are encrypted at rest."""

    mode = models.CharField(max_length=4, choices=Event.Mode, default=Event.Mode.PULL)
    url = models.URLField(max_length=2048, blank=True, default="")
    upload_event = models.BooleanField(default=True, help_text="Write media.ready.")
    delete_event = models.BooleanField(default=True, help_text="Write media.deleted.")
    sign_key_encrypted = models.BinaryField(default=b"", editable=False)
    secret_encrypted = models.BinaryField(default=b"", editable=False)
    old_secret_encrypted = models.BinaryField(default=b"", editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="When the receiver answered 410: nothing is pushed since."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "event configuration"
        verbose_name_plural = "event configuration"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="event_config_is_one_row"),
            models.CheckConstraint(
                condition=Q(mode="pull") | ~Q(url=""), name="event_config_push_needs_a_url"
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()
