"""`manage.py import_media PATH…`: files and folders on disk into the library."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from snapshots.errors import DomainError
from snapshots.management.command import PlainCommand
from snapshots.management.import_paths import Finder, Folder, Unreadable
from snapshots.services.library import media
from snapshots.services.library.duplicates import KnownFiles

_INTERRUPTED = 130  # as the shell has it for Ctrl-C

Result = dict[str, Any]


class Command(PlainCommand):
    help = "Copy video files, and those in folders, into the library; the workers probe them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--link", action="store_true", help="Use the files where they lie; never write them."
        )
        parser.add_argument(
            "--pattern", action="append", default=[], metavar="GLOB",
            help="In folders, only files with such a name ('*.mp4'); may be given repeatedly.",
        )  # fmt: skip
        parser.add_argument(
            "--again", action="store_true", help="Also import files that the library has already."
        )
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        finder = Finder(options["pattern"], excluded=settings.MEDIAHUB_DATA)
        found = [item for path in options["paths"] for item in finder.find(path)]
        results: list[Result] = []
        try:
            for result in self._results(found, link=options["link"], again=options["again"]):
                self._add(results, result, options["json"])
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=_INTERRUPTED) from None
        finally:  # whatever ended it, each path is accounted for
            for item in found[len(results) :]:
                reason = "The import ended before this was done."
                self._add(results, _failure(item, "interrupted", reason), options["json"])
            if options["json"]:
                self.stdout.write(json.dumps(results))
        failed = sum(1 for result in results if result["error"])
        if failed:
            total = sum(1 for result in results if result["status"] != "folder")
            raise CommandError(f"{failed} of {total} files were not imported.")

    def _add(self, results: list[Result], result: Result, as_json: bool) -> None:
        results.append(result)
        if not as_json:
            self.stdout.write(_line(result))
            self.stdout.flush()

    def _results(
        self, found: list[Path | Folder | Unreadable], *, link: bool, again: bool
    ) -> Iterator[Result]:
        """One result for each item, in order."""
        paths = [item for item in found if isinstance(item, Path)]
        known = KnownFiles(()) if again else KnownFiles(_sizes(paths))
        for item in found:
            if isinstance(item, Folder):
                yield _folder(item)
            elif isinstance(item, Unreadable):
                yield _failure(item, "unreadable", item.reason)
            else:
                yield _import(item, None if again else known, link=link)


def _sizes(paths: list[Path]) -> Iterator[int]:
    for path in paths:
        try:
            yield os.stat(path).st_size
        except OSError:  # reported when its turn comes
            continue


def _import(path: Path, known: KnownFiles | None, *, link: bool) -> Result:
    try:
        row = known.find(path) if known and path.is_file() else None
        if row is not None:
            return _result(path, file_id=row.file_id, status="known")
        row = media.import_file(path=path, link=link)
    except DomainError as error:
        return _failure(path, error.code, str(error.message))
    except OSError as error:
        return _failure(path, "unreadable", error.strerror or str(error))
    if known:
        known.add(row)
    return _result(path, file_id=row.file_id, status=row.status)


def _result(path: Path, *, file_id: str | None, status: str) -> Result:
    return {"path": str(path), "file_id": file_id, "status": status, "error": None}


def _folder(folder: Folder) -> Result:
    counts = ("files", "hidden", "not_matching", "not_video")
    passed_over = {name: getattr(folder, name) for name in counts}
    return {**_result(folder.path, file_id=None, status="folder"), **passed_over}


def _failure(item: Path | Folder | Unreadable, code: str, message: str) -> Result:
    path = item if isinstance(item, Path) else item.path
    error = {"code": code, "message": message}
    return {**_result(path, file_id=None, status="failed"), "error": error}


def _line(result: Result) -> str:
    if result["error"]:
        return f"{result['path']}: {result['error']['code']}: {result['error']['message']}"
    if result["status"] == "folder":
        return (
            f"{result['path']}: {result['files']} files; passed over: {result['hidden']} hidden, "
            f"{result['not_matching']} that do not match, {result['not_video']} that are no videos"
        )
    if result["status"] == "known":
        return f"{result['path']}: {result['file_id']} is in the library already"
    return f"{result['path']}: {result['file_id']}"
