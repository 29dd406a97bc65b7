"""What ends a call without an answer."""

from __future__ import annotations

from ..messages import Message
from ..messages import message as _


class OutboundError(Exception):
    """Nothing came back that counts as an answer.

    `code` is `forbidden_url`, `unreachable`, `timeout`, `bad_certificate`, `bad_answer`, or
    `bad_status` where only a good status will do. Of a `permanent` one the same address will not
    do better later.
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
