"""Videos that are fetched from an address."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...messages import Message
from .task import Task


def new_incoming_name() -> str:
    return secrets.token_hex(16)


class Pull(models.Model):
    """What a task of kind `pull` fetches, and how far it has come.

    Its bytes lie among the incoming files under `incoming`; what is told here of them is for
    people, and the file itself says from where to go on.
    """

    task = models.OneToOneField(
        Task, on_delete=models.CASCADE, related_name="pull", primary_key=True
    )
    url = models.CharField(_("address"), max_length=4096)
    incoming = models.CharField(
        max_length=32, unique=True, default=new_incoming_name, editable=False
    )
    received_bytes = models.PositiveBigIntegerField(_("received bytes"), default=0)
    total_bytes = models.PositiveBigIntegerField(
        _("bytes of the whole"), null=True, help_text=_("Empty where the other side does not tell.")
    )
    validator = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="Of the file that was begun, for If-Range.",
    )
    cover_url = models.CharField(_("address of a cover"), max_length=4096, blank=True, default="")
    procedure = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="The saved flow that follows.",
    )
    procedure_task_id = models.CharField(
        max_length=80, blank=True, default="", help_text="The id that the flow's task will have."
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.TextField(
        _("how the last try ended"), blank=True, default="", help_text="Message id."
    )
    last_error_params = models.JSONField(blank=True, default=dict, help_text="Of the message.")

    class Meta:
        verbose_name = _("pull")
        verbose_name_plural = _("pulls")

    def __str__(self) -> str:
        return self.shown_url

    @property
    def error(self) -> Message:
        """How the last try ended; false where nothing went wrong."""
        return Message.of(self.last_error, self.last_error_params)

    @property
    def shown_url(self) -> str:
        """The address without its query, which often is what lets one in."""
        address, mark, _query = self.url.partition("?")
        return f"{address}{mark and '?…'}"
