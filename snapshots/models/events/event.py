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

    subject = models.CharField(_("subject"), max_length=80, help_text=_("A task_id or file_id."))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    sequence = models.PositiveIntegerField(
        _("sequence"), help_text=_("Counts the events of one subject.")
    )
    mode = models.CharField(
        _("mode"),
        max_length=4,
        choices=Mode,
        help_text=_("Fixed when the event is created."),
    )
    payload = models.JSONField(
        _("payload"), help_text=_("A copy of the media item and the task, if any, at that time.")
    )
    interface = models.CharField(
        _("submitted via"), max_length=12, choices=Task.Interface, blank=True, default="",
        help_text=_("The interface that submitted the task; a push has its form."),
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
        help_text=_("Until then, the caller that pulled it can confirm it."),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    due_at = models.DateTimeField(
        _("due at"),
        null=True,
        blank=True,
        help_text=_("Time of the next push; empty if there is none."),
    )
    tries = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Number of pushes so far.")
    )
    sending_until = models.DateTimeField(_("sending until"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    given_up_at = models.DateTimeField(
        _("undeliverable since"),
        null=True,
        blank=True,
        help_text=_("When the last attempt failed, or the receiver responded with 410."),
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
