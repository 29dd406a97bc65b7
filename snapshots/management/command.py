"""The base of all commands: a document or lines on stdout, one clear line on stderr."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Literal, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from snapshots.errors import DomainError
from snapshots.services.ops import former_schema
from snapshots.video.sandbox.parent import SandboxError


def require_current_schema() -> None:
    """Raises `CommandError`, in one line, for a database of an earlier development version.

    One that does not answer passes: what needs it says so, and workers wait for it.
    """
    try:
        if former_schema.is_former():
            raise CommandError(former_schema.advice())
    except DatabaseError:
        return


class _OneLineParser(CommandParser):
    def error(self, message: str) -> NoReturn:
        if self.called_from_command_line:
            self.exit(2, f"{self.prog}: {message} (see --help)\n")
        raise CommandError(message)


class PlainCommand(BaseCommand):
    """Turns errors from outside our code into one line that says what to do.

    Skips Django's checks, which load every page; `check` and `doctor` run them.
    """

    requires_system_checks: list[str] | tuple[str, ...] | Literal["__all__"] = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        made = super().create_parser(prog_name, subcommand, **kwargs)
        made.__class__ = _OneLineParser
        return made

    def add_json(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(
                f"The database does not answer ({reason}). "
                "Look at DATABASE_URL, and run: python manage.py migrate"
            ) from error
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        except SandboxError as error:
            raise CommandError(f"No decoding process can be started: {error}.") from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'The system'}: {error.strerror}.") from error
