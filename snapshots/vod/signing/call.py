"""A call as it was received, and the interface of a signed one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from ..errors import VodError

DIGITS = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as received: header names in lower case, query and body unchanged.

    Query and headers are WSGI strings: each character is a byte.
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
    """A call that claims to be signed with the secret of `secret_id`."""

    @property
    def secret_id(self) -> str: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def window_s(self) -> int: ...

    def verify(self, secret: str, aliases: Sequence[str]) -> bool:
        """Whether `secret` made the signature, for the host named or one of its `aliases`."""
        ...

    def replay_id(self) -> str:
        """What identifies the call: it is accepted once within `window_s`."""
        ...


def read_timestamp(text: str, now: float, window_s: int) -> int:
    """Seconds since 1970. Raises VodError if they are more than `window_s` from `now`."""
    if not DIGITS.fullmatch(text) or abs(int(text) - now) > window_s:
        raise VodError(
            "AuthFailure.SignatureExpire",
            f"The timestamp must be within {window_s // 60} minutes of the server's clock.",
        )
    return int(text)
