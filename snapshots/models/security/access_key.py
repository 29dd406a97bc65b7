"""Access keys, by which programs authenticate as a user."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_secret_id() -> str:
    """A public id in the form that VOD SDKs expect: `AKID` and 32 letters and digits."""
    return "AKID" + secrets.token_hex(16)


class AccessKey(models.Model):
    secret_id = models.CharField(
        _("secret ID"), max_length=64, unique=True, default=new_secret_id, editable=False
    )
    secret_encrypted = models.BinaryField(_("secret"), editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="access_keys",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=64, blank=True, default="")
    is_enabled = models.BooleanField(_("enabled"), default=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(secret_id=""), name="access_key_has_an_id"),
        ]

    def __str__(self) -> str:
        return self.name or self.secret_id
