"""Signatures that were used once and must not be accepted again."""

from __future__ import annotations

from django.db import models


class SpentSignature(models.Model):
    """A signed call that was answered once and is not to be answered again while its time runs."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
