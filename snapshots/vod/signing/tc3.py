"""TC3-HMAC-SHA256: the signature of the current generation, in the Authorization header."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import VodError
from .call import Call, read_timestamp

TC3_WINDOW_S = 5 * 60

_ALGORITHM = "TC3-HMAC-SHA256"
_SERVICE = "vod"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_AUTHORIZATION = re.compile(
    rf"{_ALGORITHM} +Credential=(?P<id>[0-9A-Za-z_-]{{1,128}})/(?P<date>\d{{4}}-\d\d-\d\d)/"
    r"(?P<service>[a-z0-9-]+)/tc3_request, *SignedHeaders=(?P<names>[0-9A-Za-z_;-]{1,512}), *"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_MUST_SIGN = {"content-type", "host"}


@dataclass(frozen=True, slots=True)
class SignedTc3:
    """A call signed by its Authorization header, over the raw body and the headers it lists."""

    call: Call
    secret_id: str
    timestamp: int
    date: str
    names: tuple[str, ...]
    signature: str
    window_s: int = TC3_WINDOW_S

    def verify(self, secret: str, aliases: Sequence[str]) -> bool:
        key = b"TC3" + secret.encode()
        for part in (self.date, _SERVICE, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        is_verified = False
        for text in self._texts((self.call.headers.get("host", ""), *aliases)):
            made = hmac.new(key, text, hashlib.sha256).hexdigest()
            is_verified |= hmac.compare_digest(made, self.signature)
        return is_verified

    def replay_id(self) -> str:
        return f"tc3 {self.secret_id} {self.signature}"

    def _texts(self, hosts: Sequence[str]) -> Iterator[bytes]:
        """The texts that may have been signed: for each host, with values as sent and lower-cased.

        Some SDKs sign header values in lower case.
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
        return (
            f"{_ALGORITHM}\n{self.timestamp}\n{self.date}/{_SERVICE}/tc3_request\n{digest}".encode()
        )


def read_tc3(call: Call, *, now: float) -> SignedTc3:
    """The signature in the Authorization header.

    Raises VodError `AuthFailure.InvalidAuthorization` for a malformed one, and
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
    timestamp = read_timestamp(call.headers.get("x-tc-timestamp", ""), now, TC3_WINDOW_S)
    if datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d") != found["date"]:
        raise VodError(
            "AuthFailure.SignatureFailure", "The credential's date is not X-TC-Timestamp's in UTC."
        )
    return SignedTc3(call, found["id"], timestamp, found["date"], names, found["signature"])
