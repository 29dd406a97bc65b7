"""Authenticates calls: size limits, signature, access key and replay, in this order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from structlog.contextvars import bind_contextvars

from ..services.security import access_keys
from .errors import VodError
from .schema import Params, nest
from .signing import Call, Signed, read_tc3, read_v1

# Parameters of every call, which belong to no action. There is one account, so SubAppId is ignored.
_COMMON = frozenset(
    {
        "Action", "Language", "Nonce", "Region", "RequestClient", "SecretId", "Signature",
        "SignatureMethod", "SubAppId", "Timestamp", "Token", "Version",
    }
)  # fmt: skip
_MAX_TC3_BYTES, _MAX_FORM_BYTES, _MAX_QUERY_BYTES = 10 << 20, 1 << 20, 32 << 10


@dataclass(frozen=True, slots=True)
class VodRequest:
    """An authenticated call: its parameters are parsed only once its signature is verified."""

    user: User
    action: str
    version: str
    params: Params
    from_text: bool


def tc3_request(call: Call, now: float) -> tuple[VodRequest, Signed]:
    """A call signed by TC3-HMAC-SHA256. Raises VodError."""
    _check_size(call, _MAX_TC3_BYTES)
    signed = read_tc3(call, now=now)
    user = _authenticate(signed)
    from_text = call.method == "GET"
    request = VodRequest(
        user,
        call.headers.get("x-tc-action", ""),
        call.headers.get("x-tc-version", ""),
        _without_common(nest(call.form())) if from_text else _json(call.body),
        from_text,
    )
    return request, signed


def v1_request(call: Call, now: float, window_s: int, *, may_skip_at: bool = False) -> VodRequest:
    """A call signed by version 1, which may be sent once. Raises VodError."""
    _check_size(call, _MAX_FORM_BYTES)
    pairs = [(name.replace("_", "."), value) for name, value in call.form()]
    signed = read_v1(call, pairs, now=now, window_s=window_s, may_skip_at=may_skip_at)
    user = _authenticate(signed)
    _reject_replay(signed, "AuthFailure.SignatureFailure")
    given = dict(pairs)
    params = _without_common(nest(pairs))
    return VodRequest(
        user, given.get("Action", ""), given.get("Version", ""), params, from_text=True
    )


@contextmanager
def once(signed: Signed) -> Iterator[None]:
    """Reject a replay of the call. One that ends in an error changed nothing and may be resent."""
    _reject_replay(signed, "FailedOperation.TaskDuplicate")
    try:
        yield
    except (VodError, OperationalError, InterfaceError):
        access_keys.take_back(signature=signed.replay_id())
        raise


def _check_size(call: Call, max_bytes: int) -> None:
    if len(call.body) > max_bytes or len(call.query) > _MAX_QUERY_BYTES:
        raise VodError("RequestSizeLimitExceeded", "The call is too large.")


def _without_common(params: Params) -> Params:
    return {name: value for name, value in params.items() if name not in _COMMON}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise VodError("InvalidParameter", "The body is not JSON in UTF-8.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _authenticate(signed: Signed) -> User:
    key, secret = access_keys.key_and_secret(secret_id=signed.secret_id)
    is_verified = signed.verify(secret, settings.MEDIAHUB_VOD_HOSTS)
    if key is None:
        raise VodError("AuthFailure.SecretIdNotFound", "There is no such access key, or not now.")
    if not is_verified:
        raise VodError(
            "AuthFailure.SignatureFailure",
            "The signature is not right. Check the secret, and that nothing on the way changes "
            "the host, the query or the body.",
        )
    access_keys.record_use(key)
    bind_contextvars(user=key.user_id, key=key.secret_id)
    return key.user


def _reject_replay(signed: Signed, code: str) -> None:
    until = datetime.fromtimestamp(signed.timestamp, UTC) + timedelta(seconds=signed.window_s + 1)
    if not access_keys.spend(signature=signed.replay_id(), until=until):
        raise VodError(code, "This very call was answered before. Sign it anew.", number=4500)
