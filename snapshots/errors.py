"""What MediaHub refuses, and why. Every interface renders these in its own dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .messages import Message, joined


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field's fault. `field` is a path such as `snapshots.0.at.1`."""

    field: str
    code: str
    message: Message


class DomainError(Exception):
    """A rule said no. `code` is stable, `message` tells the user what to do."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """The request itself is wrong, field by field."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("invalid", joined([problem.message for problem in problems]))
        self.problems = tuple(problems)

    @classmethod
    def field(cls, field: str, code: str, message: Message) -> Invalid:
        """The usual case: one field, one fault."""
        return cls([FieldProblem(field, code, message)])


class NotFound(DomainError):
    """What was named does not exist: `media_not_found`, `template_not_found`, …"""


class Conflict(DomainError):
    """Right in itself, but not now: `media_not_ready`, `not_waiting`, `in_use`, …

    `retry_after_s` is set where waiting helps; `existing_id` names what is in the way.
    """

    def __init__(
        self,
        code: str,
        message: Message,
        *,
        retry_after_s: int | None = None,
        existing_id: str | None = None,
    ) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s
        self.existing_id = existing_id


class Busy(DomainError):
    """The machine has its hands full: `unavailable`. The same again may succeed soon."""

    retry_after_s = 1


class Throttled(DomainError):
    """Too often in too short a time: `throttled`. The same again may succeed later."""

    def __init__(self, message: Message, *, retry_after_s: int) -> None:
        super().__init__("throttled", message)
        self.retry_after_s = retry_after_s


class Forbidden(DomainError):
    """Nobody may do this: `preset_read_only`."""


class Unprocessable(DomainError):
    """The media itself stands in the way: `no_video`, `unreadable`."""


class TooLarge(DomainError):
    """More than a limit allows: `too_large`."""


class Unsupported(DomainError):
    """A kind of file that is not taken: `unsupported`."""


class StorageFull(DomainError):
    """No room left on the disk: `storage_full`."""


class LeaseLost(Exception):
    """The work was taken over, aborted or deleted: stop, and write nothing more."""
