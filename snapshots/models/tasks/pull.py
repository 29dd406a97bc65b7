"""Pulls: videos that are fetched by URL."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...messages import Message
from .task import Task


def new_incoming_name() -> str:
    return secrets.token_hex(16)


class Pull(models.Model):
    """What a task of kind `pull` fetches, and its progress.

    Its bytes are the incoming file `incoming`. The byte counts here are for display; the file's
    own size tells where to resume.
    """

    task = models.OneToOneField(
        Task, on_delete=models.CASCADE, related_name="pull", primary_key=True
    )
    url = models.CharField(_("URL"), max_length=4096)
    incoming = models.CharField(
        max_length=32, unique=True, default=new_incoming_name, editable=False
    )
    received_bytes = models.PositiveBigIntegerField(_("received bytes"), default=0)
    total_bytes = models.PositiveBigIntegerField(
        _("total bytes"), null=True, help_text=_("Empty if the other server does not state it.")
    )
    validator = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="Of the partial file, for If-Range.",
    )
    cover_url = models.CharField(_("cover URL"), max_length=4096, blank=True, default="")
    procedure = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="The procedure that follows.",
    )
    procedure_task_id = models.CharField(
        max_length=80,
        blank=True,
        default="",
        help_text="The id that the procedure's task will have.",
    )
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(
        _("result of the last attempt"), blank=True, default="", help_text="Message id."
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
        """The address without its query, which often holds credentials."""
        address, mark, _query = self.url.partition("?")
        return f"{address}{mark and '?…'}"
