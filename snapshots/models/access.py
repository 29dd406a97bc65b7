"""Keys with which programs come in as a user."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_secret_id() -> str:
    """A public id in the form that VOD SDKs expect: `AKID` and 32 letters and digits."""
    return "AKID" + secrets.token_hex(16)


class SpentSignature(models.Model):
    """A signed call that was answered once and is not to be answered again while its time runs."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest


class AccessKey(models.Model):
    secret_id = models.CharField(max_length=64, unique=True, default=new_secret_id, editable=False)
    secret_encrypted = models.BinaryField(editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_keys"
    )
    name = models.CharField(max_length=64, blank=True, default="")
    is_enabled = models.BooleanField(default=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(secret_id=""), name="access_key_has_an_id"),
        ]

    def __str__(self) -> str:
        return self.name or self.secret_id
