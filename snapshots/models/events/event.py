"""Events: the outbox rows, with the state of their delivery."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..tasks.task import Task


class Event(models.Model):
    class Kind(models.TextChoices):
        TASK_FINISHED = "task.finished", _("Task finished")
        TASK_CHANGED = "task.changed", _("Task changed")
        MEDIA_READY = "media.ready", _("Media ready")
        MEDIA_DELETED = "media.deleted", _("Media deleted")

    class Mode(models.TextChoices):
        PULL = "pull", _("Pull")
        PUSH = "push", _("Push")

    subject = models.CharField(_("subject"), max_length=80, help_text=_("A task_id or a file_id."))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    sequence = models.PositiveIntegerField(
        _("sequence"), help_text=_("Counts the events of one subject.")
    )
    mode = models.CharField(
        _("mode"),
        max_length=4,
        choices=Mode,
        help_text=_("The delivery mode when the event was written."),
    )
    payload = models.JSONField(
        _("payload"), help_text=_("Frozen: the media and, where it has one, the task.")
    )
    interface = models.CharField(
        _("submitted via"), max_length=12, choices=Task.Interface, blank=True, default="",
        help_text=_("The interface that submitted the task: webhooks use its format."),
    )  # fmt: skip
    pull_token = models.CharField(
        _("pull token"),
        max_length=32,
        blank=True,
        default="",
        editable=False,
        help_text=_("Token of the last pull."),
    )
    hidden_until = models.DateTimeField(
        _("hidden until"),
        null=True,
        blank=True,
        help_text=_("Until when the last pull can be confirmed."),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    due_at = models.DateTimeField(
        _("due at"),
        null=True,
        blank=True,
        help_text=_("When it is pushed next; empty if never."),
    )
    tries = models.PositiveSmallIntegerField(
        _("tries"), default=0, help_text=_("Number of attempts to push it.")
    )
    sending_until = models.DateTimeField(_("sending until"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    given_up_at = models.DateTimeField(
        _("given up at"),
        null=True,
        blank=True,
        help_text=_("When no attempt was left, or the receiver refused further events."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
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
            models.Index(
                fields=("id",), condition=Q(given_up_at__isnull=False), name="event_given_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
