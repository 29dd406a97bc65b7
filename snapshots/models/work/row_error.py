"""The error of a row: a code, and a message that is translated where it is shown."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...messages import Message

ERROR_FIELDS = ("error_code", "error_message", "error_params")
NO_ERROR: dict[str, Any] = {"error_code": "", "error_message": "", "error_params": {}}


class RowWithError(models.Model):
    error_code = models.CharField(_("error code"), max_length=64, blank=True, default="")
    error_message = models.TextField(_("error"), blank=True, default="", help_text="Message id.")
    error_params = models.JSONField(blank=True, default=dict, help_text="Of the message.")

    class Meta:
        abstract = True

    @property
    def error(self) -> Message:
        """False where there is none."""
        return Message.of(self.error_message, self.error_params)


def error_values(code: str, message: Message) -> dict[str, Any]:
    """The fields of `RowWithError`, for a row's `create` or `update`."""
    return {
        "error_code": code,
        "error_message": message.id,
        "error_params": message.params_json(),
    }
