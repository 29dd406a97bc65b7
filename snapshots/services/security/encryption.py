"""What is kept encrypted at rest, under SECRET_KEY; keys under its fallbacks can still be read."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """Sealed under a SECRET_KEY that is gone."""


def seal(text: str) -> bytes:
    return _box(_keys()).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """What was sealed. Raises `Unreadable`."""
    return _opened(_keys(), bytes(sealed))


@lru_cache(maxsize=256)
def _opened(keys: tuple[str, ...], sealed: bytes) -> str:
    """Kept for a while: the same keys come again and again, and opening one takes its time."""
    try:
        return _box(keys).decrypt(sealed).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> tuple[str, ...]:
    return (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mediahub access keys")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
