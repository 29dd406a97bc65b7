"""Signed URLs: read access to one source without signing in, until they expire."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

LIFETIME = timedelta(hours=6)
_SALT = "mediahub.source"


def url(*, file_id: str, lifetime: timedelta = LIFETIME) -> str:
    """The absolute URL of the media's source, valid for `lifetime`."""
    return f"{settings.MEDIAHUB_BASE_URL}{path(file_id=file_id, lifetime=lifetime)}"


def path(*, file_id: str, lifetime: timedelta = LIFETIME) -> str:
    """The same as a path, for this site's own pages."""
    expires = int((timezone.now() + lifetime).timestamp())
    token = signing.dumps([file_id, expires], salt=_SALT)
    return f"{reverse('media_file', args=[file_id])}?token={token}"


def is_good(*, token: str, file_id: str) -> bool:
    """Whether `token` opens this media's source now."""
    try:
        named, expires = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return False
    return bool(named == file_id and timezone.now().timestamp() < expires)
