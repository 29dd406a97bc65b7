"""`manage.py import_media PATH…`: files on disk into the library."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from snapshots.errors import DomainError
from snapshots.management.command import PlainCommand
from snapshots.services.library import media


class Command(PlainCommand):
    help = "Copy video files into the library; the workers probe them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--link", action="store_true", help="Use the files where they lie; never write them."
        )
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        results = [self._one(path, link=options["link"]) for path in options["paths"]]
        if options["json"]:
            self.stdout.write(json.dumps(results))
        else:
            for result in results:
                self.stdout.write(_line(result))
        failed = sum(1 for result in results if result["error"])
        if failed:
            raise CommandError(f"{failed} of {len(results)} files were not imported.")

    def _one(self, path: Path, *, link: bool) -> dict[str, Any]:
        try:
            row = media.import_file(path=path, link=link)
        except DomainError as error:
            reason = {"code": error.code, "message": str(error.message)}
            return {"path": str(path), "file_id": None, "status": "failed", "error": reason}
        return {"path": str(path), "file_id": row.file_id, "status": row.status, "error": None}


def _line(result: dict[str, Any]) -> str:
    if result["error"]:
        return f"{result['path']}: {result['error']['code']}: {result['error']['message']}"
    return f"{result['path']}: {result['file_id']}"
