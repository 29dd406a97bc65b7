"""The error of outbound calls."""

from __future__ import annotations

from ..messages import Message
from ..messages import message as _


class OutboundError(Exception):
    """A call without a usable response.

    `code` is `forbidden_url`, `unreachable`, `timeout`, `bad_certificate`, `bad_answer`, or
    `bad_status` where a good status is needed. After a `permanent` error, retrying the same
    address will not help.
    """

    def __init__(self, code: str, message: Message, *, permanent: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.permanent = permanent

    def __str__(self) -> str:
        return str(self.message)


def forbidden(why: Message) -> OutboundError:
    return OutboundError(
        "forbidden_url", _("The address is not allowed: %(why)s.", why=why), permanent=True
    )
