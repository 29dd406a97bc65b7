"""The event configuration: one row, with its encrypted keys."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from ...errors import FieldProblem, Invalid
from ...messages import message as _
from ...models import Event, EventConfig
from ...models.queries.advisory_lock import advisory_lock
from ..security.encryption import DecryptionError, decrypt, encrypt

OLD_SECRET_LIFETIME = timedelta(hours=24)
_SIGN_KEY = re.compile(r"[0-9A-Za-z]{0,32}")
SECRET_START, _SECRET_BYTES = "whsec_", range(24, 65)  # as Standard Webhooks 1.0 has them
_ONE = 1


@dataclass(frozen=True, slots=True)
class Configured:
    """The saved configuration; `new_secret` if one was generated, to be shown this once."""

    row: EventConfig
    new_secret: str | None = field(default=None, repr=False)


def current() -> EventConfig:
    """The one row, or its defaults while nothing was saved."""
    return EventConfig.objects.first() or EventConfig(pk=_ONE)


@transaction.atomic
def configure(
    *,
    mode: str | None = None,
    url: str | None = None,
    sign_key: str | None = None,
    secret: str | None = None,
    upload_event: bool | None = None,
    delete_event: bool | None = None,
    needs_secret: bool = False,
) -> Configured:
    """Save the given values and keep the rest. Events written before keep their mode.

    `sign_key` (letters and digits, at most 32; empty for none) signs VOD bodies, `secret`
    (`whsec_` and base64) the Standard Webhooks headers: with an address, or `needs_secret`, one
    is generated if there is none. A replaced secret stays valid for 24 hours. Pushing that a
    receiver stopped resumes; a new address gets the waiting events at once, with all attempts
    ahead. Raises `Invalid`.
    """
    advisory_lock("event configuration")
    row = EventConfig.objects.first() or EventConfig(pk=_ONE)
    old_url, row.stopped_at = row.url, None
    changes = {"mode": mode, "url": url, "upload_event": upload_event, "delete_event": delete_event}
    for name, value in changes.items():
        if value is not None:
            setattr(row, name, value)
    _check(row, sign_key, secret)
    if sign_key is not None:
        row.sign_key_encrypted = encrypt(sign_key) if sign_key else b""
    needs_new = not secret and not row.secret_encrypted and (needs_secret or row.url)
    made = _new_secret() if needs_new else None
    _replace_secret(row, secret or made)
    row.save()
    if row.url != old_url:
        now = timezone.now()
        Event.objects.filter(due_at__isnull=False).update(due_at=now, tries=0)
    return Configured(row, made)


def rotate_secret() -> Configured:
    """Generate a new secret; the old one stays valid for 24 hours."""
    made = _new_secret()
    return Configured(configure(secret=made).row, made)


def is_open(row: EventConfig) -> bool:
    """Whether events can be pushed: in pull mode too, for those written before."""
    return bool(row.url) and row.stopped_at is None


def secrets_of(row: EventConfig, now: datetime) -> list[str]:
    """Secrets that sign the Standard Webhooks headers now, newest first; readable ones only."""
    encrypted = [row.secret_encrypted]
    if row.old_secret_until and row.old_secret_until > now:
        encrypted.append(row.old_secret_encrypted)
    return [secret for key in encrypted if (secret := _decrypted(bytes(key)))]


def sign_key_of(row: EventConfig) -> str | None:
    """The key that signs VOD bodies, `None` if there is none that can be read."""
    return _decrypted(bytes(row.sign_key_encrypted))


def _new_secret() -> str:
    return f"{SECRET_START}{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _replace_secret(row: EventConfig, secret: str | None) -> None:
    if not secret or secret == _decrypted(bytes(row.secret_encrypted)):
        return
    if row.secret_encrypted:
        row.old_secret_encrypted = row.secret_encrypted
        row.old_secret_until = timezone.now() + OLD_SECRET_LIFETIME
    row.secret_encrypted = encrypt(secret)


def _decrypted(encrypted: bytes) -> str | None:
    """The key, `None` if there is none that can be read."""
    try:
        return decrypt(encrypted) if encrypted else None
    except DecryptionError:
        return None


def _check(row: EventConfig, sign_key: str | None, secret: str | None) -> None:
    problems = list(_url_problems(row))
    if row.mode not in Event.Mode.values:
        problems.append(
            FieldProblem(
                "mode", "invalid_choice", _("Use one of: %(choices)s.", choices="pull, push")
            )
        )
    if not _SIGN_KEY.fullmatch(sign_key or ""):
        problems.append(
            FieldProblem("sign_key", "invalid", _("Use at most 32 letters and digits."))
        )
    if secret and not _is_secret(secret):
        problems.append(
            FieldProblem(
                "secret", "invalid", _("Use whsec_ and 24 to 64 bytes in base64, or leave it out.")
            )
        )
    if problems:
        raise Invalid(problems)


def _url_problems(row: EventConfig) -> list[FieldProblem]:
    if not row.url:
        if row.mode != Event.Mode.PUSH:
            return []
        return [FieldProblem("url", "required", _("Set the address that events are pushed to."))]
    if _is_address(row.url):
        return []
    return [
        FieldProblem("url", "invalid", _("Use an http or https address without a user name in it."))
    ]


def _is_secret(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix(SECRET_START), validate=True)
    except ValueError:
        return False
    return text.startswith(SECRET_START) and len(key) in _SECRET_BYTES


def _is_address(url: str) -> bool:
    try:
        parts: Any = urlsplit(url)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 2048
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return plain and is_web and port_is_good and "@" not in parts.netloc
