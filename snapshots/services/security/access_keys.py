"""Access keys: created, shown once, checked in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ...models import AccessKey, SpentSignature
from .. import names
from .encryption import DecryptionError, decrypt, encrypt

_LIBRARY = ("media", "snapshottemplate", "procedure", "task", "snapshot")
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
# Asked with every call: a queryset takes 0.2 ms of the processor, each of these 0.06
_KEY = "SELECT * FROM snapshots_accesskey WHERE secret_id = %s"
_USER = "SELECT * FROM auth_user WHERE id = %s"
_LAST_USED_GRAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key, with the secret that is not shown again."""

    key: AccessKey
    secret_key: str = field(repr=False)


def create_key(*, user: User, name: str = "") -> NewKey:
    """Raises `Invalid` for a name that breaks the rule for names."""
    secret = secrets.token_urlsafe(24)
    row = AccessKey.objects.create(
        user=user, name=names.given(name), secret_encrypted=encrypt(secret)
    )
    return NewKey(row, secret)


def authenticate(*, secret_id: str, secret_key: str) -> AccessKey | None:
    """The enabled key of an active user, `None` otherwise; unknown ids take as long as known."""
    row, secret = key_and_secret(secret_id=secret_id)
    is_same = hmac.compare_digest(secret.encode(), secret_key.encode("utf-8", "replace"))
    if not is_same or row is None:
        return None
    record_use(row)
    return row


def key_and_secret(*, secret_id: str) -> tuple[AccessKey | None, str]:
    """The enabled key of an active user, with its secret.

    For an unknown id no key, and a random secret, so that checking a signature takes as long.
    """
    row = _enabled_key(secret_id)
    stored = bytes(row.secret_encrypted) if row else encrypt(secrets.token_urlsafe(24))
    try:
        return row, decrypt(stored)
    except DecryptionError:
        return None, secrets.token_urlsafe(24)


def _enabled_key(secret_id: str) -> AccessKey | None:
    row: AccessKey | None = next(iter(AccessKey.objects.raw(_KEY, [secret_id])), None)
    if row is None or not row.is_enabled:
        return None
    user: User | None = next(iter(User.objects.raw(_USER, [row.user_id])), None)
    if user is None or not user.is_active:
        return None
    row.user = user
    return row


def spend(*, signature: str, until: datetime) -> bool:
    """Record a signature as used; `False` if it was already. Stored until `until`."""
    digest = hashlib.sha256(signature.encode()).hexdigest()
    _, is_new = SpentSignature.objects.get_or_create(digest=digest, defaults={"expires_at": until})
    return is_new


def take_back(*, signature: str) -> None:
    """Make a used signature usable again."""
    digest = hashlib.sha256(signature.encode()).hexdigest()
    SpentSignature.objects.filter(digest=digest).delete()


def delete_spent() -> int:
    """Delete used signatures that are too old to be accepted anyway; how many."""
    return SpentSignature.objects.filter(expires_at__lt=timezone.now()).delete()[0]


@transaction.atomic
def seed_groups() -> None:
    """Create the three groups with their permissions; further permissions of them stay."""
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        wanted = Q(pk__in=[])
        for app, models, actions in rights:
            codenames = [f"{action}_{model}" for model in models for action in actions]
            wanted |= Q(content_type__app_label=app, codename__in=codenames)
        group.permissions.add(*Permission.objects.filter(wanted))


def secret_key(*, key: AccessKey) -> str:
    """The secret itself: for the page that shows a new key, and for checking signatures."""
    return decrypt(bytes(key.secret_encrypted))


def record_use(row: AccessKey) -> None:
    """Set `last_used_at`, at most once a minute, so that most calls write nothing."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USED_GRAIN)
    if row.last_used_at is None or row.last_used_at < now - _LAST_USED_GRAIN:
        AccessKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)
