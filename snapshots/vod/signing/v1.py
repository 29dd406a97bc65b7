"""HmacSHA1 and HmacSHA256, signature version 1: a parameter that signs all the others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import VodError
from .call import DIGITS, Call, read_timestamp

LEGACY_WINDOW_S = 2 * 60 * 60

_SECRET_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_HASHES = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class SignedV1:
    """A call signed by one of its parameters, over all others in the order of their names."""

    call: Call
    pairs: tuple[tuple[str, str], ...]
    secret_id: str
    timestamp: int
    nonce: str
    method: str
    signature: str
    window_s: int
    may_skip_at: bool

    def verify(self, secret: str, aliases: Sequence[str]) -> bool:
        is_verified = False
        claimed = self.signature.encode("utf-8", "replace")
        for joined in self._joined():
            for host in (self.call.headers.get("host", ""), *aliases):
                text = f"{self.call.method}{host}{self.call.path}?{joined}".encode()
                made = hmac.new(secret.encode(), text, _HASHES[self.method]).digest()
                is_verified |= hmac.compare_digest(base64.b64encode(made), claimed)
        return is_verified

    def replay_id(self) -> str:
        return f"v1 {self.secret_id} {self.nonce} {self.timestamp}"

    def _joined(self) -> Iterator[str]:
        yield _join(self.pairs, skip_at=False)
        if self.may_skip_at and self.call.method == "POST":
            yield _join(self.pairs, skip_at=True)


def read_v1(
    call: Call,
    pairs: Sequence[tuple[str, str]],
    *,
    now: float,
    window_s: int,
    may_skip_at: bool = False,
) -> SignedV1:
    """The signature among the common parameters in `pairs`, whose names have dots.

    `may_skip_at`: of a POST the legacy SDK does not sign values that begin with @.

    Raises VodError `MissingParameter`, `AuthFailure.SignatureFailure` for a method that is not
    known, `AuthFailure.SignatureExpire`.
    """
    given = dict(pairs)
    for name in ("SecretId", "Timestamp", "Nonce", "Signature"):
        if not given.get(name):
            raise VodError("MissingParameter", f"The parameter {name} is missing.", number=4000)
    method = given.get("SignatureMethod") or "HmacSHA1"
    if method not in _HASHES or not DIGITS.fullmatch(given["Nonce"]):
        raise VodError(
            "AuthFailure.SignatureFailure",
            "SignatureMethod must be HmacSHA1 or HmacSHA256, and Nonce a positive number.",
        )
    if sum(name == "Signature" for name, _ in pairs) > 1:
        raise VodError("AuthFailure.SignatureFailure", "Signature is given twice.")
    if not _SECRET_ID.fullmatch(given["SecretId"]):
        raise VodError("AuthFailure.InvalidSecretId", "SecretId is no id of an access key.")
    return SignedV1(
        call,
        tuple(pairs),
        given["SecretId"],
        read_timestamp(given["Timestamp"], now, window_s),
        given["Nonce"],
        method,
        given["Signature"],
        window_s,
        may_skip_at,
    )


def _join(pairs: Sequence[tuple[str, str]], *, skip_at: bool) -> str:
    signed = [(n, v) for n, v in pairs if n != "Signature" and not (skip_at and v[:1] == "@")]
    return "&".join(f"{name}={value}" for name, value in sorted(signed))
