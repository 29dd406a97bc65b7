"""Hits that rate limits count, for as long as they count."""

from __future__ import annotations

from django.db import models


class RateLimitHit(models.Model):
    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64, help_text="A hash of the user, address or name.")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "who", "at"), name="rate_limit_hit_by_who"),
            models.Index(fields=("at",), name="rate_limit_hit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
