"""The error of outbound calls."""

from __future__ import annotations


class OutboundError(Exception):
    """A call without a usable response.

    `code` is `forbidden_url`, `unreachable`, `timeout`, `bad_certificate`, `bad_answer`, or
    `bad_status` where a good status is needed. After a `permanent` error, retrying the same
    address will not help.
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
