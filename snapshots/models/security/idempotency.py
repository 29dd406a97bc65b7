"""Idempotency keys with their stored responses."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """A POST with an Idempotency-Key, and its response once there is one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(
        null=True, help_text="Empty while the call is running."
    )
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    held_until = models.DateTimeField(help_text="Until when no other call may take over.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once"),
        ]
        indexes = [models.Index(fields=("created_at",), name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return self.key
