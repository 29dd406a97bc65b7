"""Resumable uploads."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from .media import new_file_id


def new_upload_id() -> str:
    return secrets.token_hex(16)


class Upload(models.Model):
    """A resumable upload. The size of its file, not the row, tells how much was received.

    Its bytes are the incoming file `upload_id`, and once it is done, the source of its media.
    """

    upload_id = models.CharField(max_length=32, unique=True, default=new_upload_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField(help_text="Of the whole file, in bytes.")
    unchecked_from = models.PositiveBigIntegerField(
        null=True, help_text="Bytes from here on await their checksum, and do not count."
    )
    file_id = models.CharField(
        max_length=19, default=new_file_id, help_text="Of the media that it becomes."
    )
    is_done = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
