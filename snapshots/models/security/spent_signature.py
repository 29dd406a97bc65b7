"""Used signatures, stored against replay."""

from __future__ import annotations

from django.db import models


class SpentSignature(models.Model):
    """The signature of a call that was answered, refused until it expires."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
