"""Who signed a call: TC3-HMAC-SHA256 and the older HmacSHA1 and HmacSHA256, read and checked.

Pure: a call in, and whether a secret made its signature. Keys, clocks of replays and rights are
`interface`'s.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import parse_qsl

from .errors import VodError

TC3 = "TC3-HMAC-SHA256"
TC3_WINDOW_S = 5 * 60
LEGACY_WINDOW_S = 2 * 60 * 60

_SERVICE = "vod"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_AUTHORIZATION = re.compile(
    rf"{TC3} +Credential=(?P<id>[0-9A-Za-z_-]{{1,128}})/(?P<date>\d{{4}}-\d\d-\d\d)/"
    r"(?P<service>[a-z0-9-]+)/tc3_request, *SignedHeaders=(?P<names>[0-9A-Za-z_;-]{1,512}), *"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_MUST_SIGN = {"content-type", "host"}
_SECRET_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_DIGITS = re.compile(r"[0-9]{1,20}")
_V1_HASHES = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came: header names in lower case, the query and the body untouched.

    Query and headers are WSGI's: each character a byte.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> list[tuple[str, str]]:
        """The decoded pairs of the query, of a POST those of the body. Raises VodError."""
        try:
            sent = self.query.encode("latin-1") if self.method == "GET" else self.body
            return parse_qsl(
                sent.decode(), keep_blank_values=True, errors="strict", max_num_fields=10_000
            )
        except ValueError as error:
            raise VodError("InvalidParameter", "The parameters cannot be decoded.") from error


class Signed(Protocol):
    """A call that claims to be signed by whoever holds the secret of `secret_id`."""

    @property
    def secret_id(self) -> str: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def window_s(self) -> int: ...

    def is_by(self, secret: str, aliases: Sequence[str]) -> bool:
        """Whether `secret` made the signature, for the host named or one of its `aliases`."""
        ...

    def once(self) -> str:
        """What may come only once while the window is open."""
        ...


# --- TC3 -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedTc3:
    """By the Authorization header, over the raw body and the headers it lists."""

    call: Call
    secret_id: str
    timestamp: int
    date: str
    names: tuple[str, ...]
    signature: str
    window_s: int = TC3_WINDOW_S

    def is_by(self, secret: str, aliases: Sequence[str]) -> bool:
        key = b"TC3" + secret.encode()
        for part in (self.date, _SERVICE, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        is_right = False
        for text in self._texts((self.call.headers.get("host", ""), *aliases)):
            made = hmac.new(key, text, hashlib.sha256).hexdigest()
            is_right |= hmac.compare_digest(made, self.signature)
        return is_right

    def once(self) -> str:
        return f"tc3 {self.secret_id} {self.signature}"

    def _texts(self, hosts: Sequence[str]) -> Iterator[bytes]:
        """What may have been signed: for each host, with values as sent and in lower case.

        Some SDKs sign the values of headers in lower case.
        """
        unsigned = self.call.headers.get("x-tc-content-sha256") == _UNSIGNED
        payload = hashlib.sha256(_UNSIGNED.encode() if unsigned else self.call.body).hexdigest()
        sent = {name: self.call.headers.get(name, "").strip() for name in self.names}
        for host in hosts:
            values = sent | {"host": host}
            lowered = {name: value.lower() for name, value in values.items()}
            yield self._text(values, payload)
            if lowered != values:
                yield self._text(lowered, payload)

    def _text(self, values: Mapping[str, str], payload: str) -> bytes:
        canonical = "\n".join(
            (
                self.call.method,
                self.call.path,
                self.call.query,
                "".join(f"{name}:{values[name]}\n" for name in self.names),
                ";".join(self.names),
                payload,
            )
        )
        digest = hashlib.sha256(canonical.encode("latin-1", "backslashreplace")).hexdigest()
        return f"{TC3}\n{self.timestamp}\n{self.date}/{_SERVICE}/tc3_request\n{digest}".encode()


def read_tc3(call: Call, *, now: float) -> SignedTc3:
    """What the Authorization header says.

    Raises VodError `AuthFailure.InvalidAuthorization` for one that cannot be read, and
    `AuthFailure.SignatureExpire` for a clock that is off by more than five minutes.
    """
    found = _AUTHORIZATION.fullmatch(call.headers.get("authorization", "").strip())
    if found is None or found["service"] != _SERVICE:
        raise VodError("AuthFailure.InvalidAuthorization", "The Authorization header is malformed.")
    names = tuple(found["names"].lower().split(";"))
    if not set(names) >= _MUST_SIGN or len(set(names)) < len(names):
        raise VodError(
            "AuthFailure.InvalidAuthorization", "Sign content-type and host, each header once."
        )
    timestamp = _timestamp(call.headers.get("x-tc-timestamp", ""), now, TC3_WINDOW_S)
    if datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d") != found["date"]:
        raise VodError(
            "AuthFailure.SignatureFailure", "The credential's date is not X-TC-Timestamp's in UTC."
        )
    return SignedTc3(call, found["id"], timestamp, found["date"], names, found["signature"])


# --- Version 1 -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedV1:
    """By a parameter among the others, over all of them in order of their names."""

    call: Call
    pairs: tuple[tuple[str, str], ...]
    secret_id: str
    timestamp: int
    nonce: str
    method: str
    signature: str
    window_s: int
    may_skip_at: bool

    def is_by(self, secret: str, aliases: Sequence[str]) -> bool:
        is_right = False
        claimed = self.signature.encode("utf-8", "replace")
        for joined in self._joined():
            for host in (self.call.headers.get("host", ""), *aliases):
                text = f"{self.call.method}{host}{self.call.path}?{joined}".encode()
                made = hmac.new(secret.encode(), text, _V1_HASHES[self.method]).digest()
                is_right |= hmac.compare_digest(base64.b64encode(made), claimed)
        return is_right

    def once(self) -> str:
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
    """What the common parameters among `pairs` (names with dots) say.

    `may_skip_at`: the legacy SDK leaves values that begin with @ out of what it signs of a POST.

    Raises VodError `MissingParameter`, `AuthFailure.SignatureFailure` for a method that is not
    known, `AuthFailure.SignatureExpire`.
    """
    given = dict(pairs)
    for name in ("SecretId", "Timestamp", "Nonce", "Signature"):
        if not given.get(name):
            raise VodError("MissingParameter", f"The parameter {name} is missing.", number=4000)
    method = given.get("SignatureMethod") or "HmacSHA1"
    if method not in _V1_HASHES or not _DIGITS.fullmatch(given["Nonce"]):
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
        _timestamp(given["Timestamp"], now, window_s),
        given["Nonce"],
        method,
        given["Signature"],
        window_s,
        may_skip_at,
    )


def _join(pairs: Sequence[tuple[str, str]], *, skip_at: bool) -> str:
    kept = [(n, v) for n, v in pairs if n != "Signature" and not (skip_at and v[:1] == "@")]
    return "&".join(f"{name}={value}" for name, value in sorted(kept))


def _timestamp(text: str, now: float, window_s: int) -> int:
    if not _DIGITS.fullmatch(text) or abs(int(text) - now) > window_s:
        raise VodError(
            "AuthFailure.SignatureExpire",
            f"The timestamp must be within {window_s // 60} minutes of the server's clock.",
        )
    return int(text)
