"""Encryption at rest with SECRET_KEY; its fallbacks still decrypt."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class DecryptionError(Exception):
    """Encrypted with a SECRET_KEY that is gone."""


def encrypt(text: str) -> bytes:
    return _fernet(_keys()).encrypt(text.encode())


def decrypt(encrypted: bytes) -> str:
    """The plain text. Raises `DecryptionError`."""
    return _decrypted(_keys(), bytes(encrypted))


@lru_cache(maxsize=256)
def _decrypted(keys: tuple[str, ...], encrypted: bytes) -> str:
    """Cached: the same keys are used in call after call, and decryption is slow."""
    try:
        return _fernet(keys).decrypt(encrypted).decode()
    except InvalidToken as error:
        raise DecryptionError from error


def _keys() -> tuple[str, ...]:
    return (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mediahub access keys")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))
