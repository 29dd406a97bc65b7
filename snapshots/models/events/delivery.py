"""One attempt to deliver an event."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .event import Event


class Delivery(models.Model):
    """One attempt to push an event, and its result."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("event")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    url = models.URLField(_("URL"), max_length=2048)
    status_code = models.PositiveSmallIntegerField(_("status code"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=64, blank=True, default="")
    duration_ms = models.PositiveIntegerField(_("duration in milliseconds"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("event", "attempt")
        constraints = [
            models.UniqueConstraint(fields=("event", "attempt"), name="delivery_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.attempt}"
