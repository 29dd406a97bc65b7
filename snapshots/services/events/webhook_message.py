"""Webhook messages: the body of an event, and the signatures of both kinds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from ...messages import Message
from ...messages import message as _
from ...models import Event, EventConfig
from . import config as event_config
from . import renderers

log = structlog.get_logger()

SIGN_LIFETIME_S = 600


class Unsendable(Exception):
    """An event cannot be sent: no readable secret (`no_secret`), or no body (`no_body`)."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    body: bytes
    headers: dict[str, str]


def build(*, event: Event, config: EventConfig, now: datetime) -> WebhookMessage:
    """The message of one attempt: the same id and payload each time, with new time and signatures.

    The body is what the registered renderer makes of the event: the dialect is an interface's,
    above the services. Beside it `Sequence`, and with a sign key `T` (when it expires) and
    `Sign`. The headers are those of Standard Webhooks 1.0. Raises `Unsendable`.
    """
    seconds = int(now.timestamp())
    shape = {**_shape(event), "Sequence": event.sequence, **_sign(config, seconds)}
    body = json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode()
    identity = f"evt_{event.pk}"
    signatures = [
        _signature(secret, identity, seconds, body)
        for secret in event_config.secrets_of(config, now)
    ]
    if not signatures:
        raise Unsendable("no_secret", _("There is no readable secret: create a new one."))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "MediaHub",
        "webhook-id": identity,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signatures),
    }
    return WebhookMessage(body, headers)


def _shape(event: Event) -> dict[str, Any]:
    """The body. An event of an older version may lack a key: it must not be retried for ever."""
    try:
        return renderers.render(event)
    except (LookupError, TypeError, ValueError) as error:
        log.exception("an event cannot be rendered", event_id=event.pk)
        raise Unsendable(
            "no_body", _("This event cannot be rendered as a webhook body.")
        ) from error


def _sign(config: EventConfig, seconds: int) -> dict[str, Any]:
    """`Sign` and `T` as the VOD API defines its SignKey, with MD5."""
    key = event_config.sign_key_of(config)
    if not key:
        return {}
    until = seconds + SIGN_LIFETIME_S
    digest = hashlib.md5(f"{key}{until}".encode(), usedforsecurity=False).hexdigest()
    return {"Sign": digest, "T": until}


def _signature(secret: str, identity: str, seconds: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(event_config.SECRET_START))
    content = f"{identity}.{seconds}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, content, 'sha256')).decode()}"
