"""What ends a call without an answer."""

from __future__ import annotations


class OutboundError(Exception):
    """Nothing came back that counts as an answer.

    `code` is `forbidden_url`, `unreachable`, `timeout`, `bad_certificate`, `bad_answer`, or
    `bad_status` where only a good status will do. Of a `permanent` one the same address will not
    do better later.
    """

    def __init__(self, code: str, message: str, *, permanent: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.permanent = permanent

    def __str__(self) -> str:
        return self.message


def forbidden(why: str) -> OutboundError:
    return OutboundError("forbidden_url", f"The address is not called: {why}.", permanent=True)
