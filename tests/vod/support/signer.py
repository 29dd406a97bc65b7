"""Signs calls as the SDKs do, written from the specification, without product code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1:8000"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_nonces = itertools.count(1)


@dataclass(frozen=True)
class Wire:
    """A request, ready to be sent."""

    method: str
    path: str = "/"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def with_header(self, name: str, value: str) -> Wire:
        return replace(self, headers={**self.headers, name: value})


def flattened(value: Any, name: str = "") -> dict[str, str]:
    """`{"A": {"B": [1]}}` as `{"A.B.0": "1"}`."""
    if isinstance(value, Mapping):
        parts: Any = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return {name: str(value)}
    flat: dict[str, str] = {}
    for key, part in parts:
        flat |= flattened(part, f"{name}.{key}" if name else str(key))
    return flat


def tc3(
    secret_id: str,
    secret_key: str,
    action: str,
    params: Mapping[str, Any],
    *,
    now: int,
    method: str = "POST",
    host: str = HOST,
    version: str = "2018-07-17",
    headers: Mapping[str, str] | None = None,
    signed: tuple[str, ...] = ("content-type", "host"),
    service: str = "vod",
    body: bytes | None = None,
) -> Wire:
    date = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    query = urlencode(flattened(params)) if method == "GET" else ""
    if body is None:
        body = b"" if method == "GET" else json.dumps(params).encode()
    sent = {
        "Content-Type": FORM if method == "GET" else JSON,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(now),
        **(headers or {}),
    }
    lower = {name.lower(): value for name, value in sent.items()}
    lines = "".join(f"{name}:{lower[name].strip()}\n" for name in signed)
    digest = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n/\n{query}\n{lines}\n{';'.join(signed)}\n{digest}"
    scope = f"{date}/{service}/tc3_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashed}"
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    sent["Authorization"] = (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    return Wire(method, "/", query, sent, body)


def v1(
    secret_id: str,
    secret_key: str,
    action: str,
    params: Mapping[str, Any],
    *,
    now: int,
    method: str = "POST",
    host: str = HOST,
    path: str = "/v2/index.php",
    algorithm: str = "HmacSHA256",
    nonce: int | None = None,
    version: str = "",
    **common: str,
) -> Wire:
    sent = {
        **flattened(params),
        "Action": action,
        "SecretId": secret_id,
        "Nonce": str(next(_nonces) if nonce is None else nonce),
        "Timestamp": str(now),
        "SignatureMethod": algorithm,
        **({"Version": version} if version else {}),
        **common,
    }
    dotted = {name.replace("_", "."): value for name, value in sent.items()}
    joined = "&".join(f"{name}={dotted[name]}" for name in sorted(dotted))
    made = hmac.new(
        secret_key.encode(),
        f"{method}{host}{path}?{joined}".encode(),
        {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}[algorithm],
    ).digest()
    encoded = urlencode({**sent, "Signature": base64.b64encode(made).decode()})
    headers = {"Host": host, "Content-Type": FORM}
    if method == "GET":
        return Wire("GET", path, encoded, headers)
    return Wire("POST", path, "", headers, encoded.encode())
