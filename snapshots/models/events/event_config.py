"""The event configuration: one row for the whole site."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .event import Event


class EventConfig(models.Model):
    """How events are delivered. Its keys are encrypted at rest."""

    mode = models.CharField(_("mode"), max_length=4, choices=Event.Mode, default=Event.Mode.PULL)
    url = models.URLField(_("URL"), max_length=2048, blank=True, default="")
    upload_event = models.BooleanField(
        _("events of ready videos"), default=True, help_text=_("Sends media.ready.")
    )
    delete_event = models.BooleanField(
        _("events of deleted videos"), default=True, help_text=_("Sends media.deleted.")
    )
    sign_key_encrypted = models.BinaryField(_("sign key"), default=b"", editable=False)
    secret_encrypted = models.BinaryField(_("secret"), default=b"", editable=False)
    old_secret_encrypted = models.BinaryField(_("old secret"), default=b"", editable=False)
    old_secret_until = models.DateTimeField(
        _("old secret valid until"), null=True, blank=True, editable=False
    )
    stopped_at = models.DateTimeField(
        _("stopped at"),
        null=True,
        blank=True,
        help_text=_("When the receiver responded with 410; nothing has been pushed since."),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("event configuration")
        verbose_name_plural = _("event configuration")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="event_config_is_one_row"),
            models.CheckConstraint(
                condition=Q(mode="pull") | ~Q(url=""), name="event_config_push_needs_a_url"
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()
