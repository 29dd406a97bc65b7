"""Access keys: made, shown once, checked in constant time."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..models import AccessKey

_LIBRARY = ("media", "snapshottemplate", "task", "snapshot")
_OPERATIONS = ("event", "delivery", "eventconfig")
_ALL = ("view", "add", "change", "delete")
_Rights = tuple[str, tuple[str, ...], tuple[str, ...]]  # app, models, actions
_VIEWER: list[_Rights] = [("snapshots", _LIBRARY, ("view",))]
_EDITOR: list[_Rights] = [("snapshots", _LIBRARY, _ALL)]
GROUPS: dict[str, list[_Rights]] = {
    "Viewer": _VIEWER,
    "Editor": _EDITOR,
    "Administrator": [
        *_EDITOR,
        ("snapshots", (*_OPERATIONS, "accesskey"), _ALL),
        ("auth", ("user", "group"), _ALL),
    ],
}
_LAST_USED_GRAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, with the secret that is not shown again."""

    key: AccessKey
    secret_key: str = field(repr=False)


def create_key(*, user: User, name: str = "") -> NewKey:
    secret = secrets.token_urlsafe(24)
    row = AccessKey.objects.create(
        user=user, name=name, secret_encrypted=_box().encrypt(secret.encode())
    )
    return NewKey(row, secret)


def authenticate(*, secret_id: str, secret_key: str) -> AccessKey | None:
    """The enabled key of an active user, `None` otherwise; unknown ids take as long as known."""
    row = (
        AccessKey.objects.select_related("user")
        .filter(secret_id=secret_id, is_enabled=True, user__is_active=True)
        .first()
    )
    stored = bytes(row.secret_encrypted) if row else _decoy()
    try:
        is_same = hmac.compare_digest(_box().decrypt(stored), secret_key.encode())
    except InvalidToken:  # written under a SECRET_KEY that is gone
        return None
    if not is_same or row is None:
        return None
    _note_use(row)
    return row


@transaction.atomic
def seed_groups() -> None:
    """The three groups with their rights; what an administrator added to them stays."""
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        wanted = Q(pk__in=[])
        for app, models, actions in rights:
            codenames = [f"{action}_{model}" for model in models for action in actions]
            wanted |= Q(content_type__app_label=app, codename__in=codenames)
        group.permissions.add(*Permission.objects.filter(wanted))


def secret_key(*, key: AccessKey) -> str:
    """The secret itself: for the page that shows a new key, and for checking signatures."""
    return _box().decrypt(bytes(key.secret_encrypted)).decode()


def _note_use(row: AccessKey) -> None:
    """At most one write a minute, so that reading stays reading."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USED_GRAIN)
    if row.last_used_at is None or row.last_used_at < now - _LAST_USED_GRAIN:
        AccessKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)


def _decoy() -> bytes:
    return _box().encrypt(b"no such key")


def _box() -> MultiFernet:
    """Encryption at rest under SECRET_KEY; keys under its fallbacks can still be read."""
    keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(str(key))) for key in keys])


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mediahub access keys")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
