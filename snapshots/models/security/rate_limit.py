"""What is limited in number: each use is a row, for as long as it counts."""

from __future__ import annotations

from django.db import models


class RateLimitHit(models.Model):
    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64, help_text="A hash of whoever it was, or what was tried.")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "who", "at"), name="use_by_who"),
            models.Index(fields=("at",), name="use_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
