"""`manage.py snapshot VIDEO --at POINT --out DIR`: snapshots without server or queue."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError

from snapshots.management.command import PlainCommand
from snapshots.messages import message as _
from snapshots.video.errors import VideoError
from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.timepoints import parse
from snapshots.video.types import Failure, Picture, PointKey, Request

_FLAGS = ("width", "height", "format", "fill", "quality", "adaptive")
_RECEIPT = ("format", "width", "height", "time_ms", "pts", "time_base", "frame_time", "key_frame")
SOME_FAILED, NONE_DONE, WRONG_ARGUMENTS = 3, 1, 2
MAX_POINTS = 100
_STEM_BYTES = 200  # of 255; a number, a time and a suffix follow


class Command(PlainCommand):
    help = (
        "Take snapshots of a file on disk, exactly as the workers do. Ends with 0 when all points "
        "are done, 3 when some failed, 1 when none was done, 2 for wrong arguments."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("video", type=Path, metavar="VIDEO", help="A file on this machine.")
        parser.add_argument(
            "--at",
            action="append",
            required=True,
            metavar="POINT",
            help="3.5s, 3500ms, 10%%, 00:01:02.500 or f120; may be given many times.",
        )
        parser.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="Where the pictures go."
        )
        parser.add_argument(
            "--template", type=int, metavar="ID", help="A template's id (default: 10)."
        )
        parser.add_argument("--width", type=int, help="0 (from the source), or 128 to 4096.")
        parser.add_argument("--height", type=int, help="0 (from the source), or 128 to 4096.")
        parser.add_argument("--format", help="jpg (default), png, webp or avif.")
        parser.add_argument(
            "--fill", help="black (default), stretch, white, transparent or gauss (blurred)."
        )
        parser.add_argument("--quality", type=int, help="1 to 100 (default: 90).")
        parser.add_argument(
            "--adaptive",
            action=BooleanOptionalAction,
            default=None,
            help="Width is the long side, height the short one (default: yes).",
        )
        parser.add_argument(
            "--mode",
            choices=("exact", "keyframe"),
            default="exact",
            help="The frame on screen (default), or the key frame at or before it.",
        )
        self.add_json(parser)

    def handle(self, *_: Any, video: Path, **options: Any) -> None:
        spec = _spec(options)
        requests = _requests(options["at"], spec, options["mode"])
        out = _out_folder(options["out"])
        show_progress = sys.stderr.isatty() and not options["json"]
        results: dict[int, dict[str, Any]] = {}
        for index, result in _results(video, requests, options["at"], out):
            results[index] = result
            if show_progress:
                self.stderr.write(f"\r{len(results)} of {len(requests)}", ending="")
        if show_progress:
            self.stderr.write("")
        self._print([results[index] for index in sorted(results)], as_json=options["json"])

    def _print(self, results: list[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(results))
        else:
            for result in results:
                self.stdout.write(_line(result))
        failed = [result for result in results if result["status"] == "failed"]
        if failed:
            error = failed[0]["error"]
            raise CommandError(
                f"{len(failed)} of {len(results)} points failed; the first: "
                f"{error['code']}: {error['message']}",
                returncode=NONE_DONE if len(failed) == len(results) else SOME_FAILED,
            )


def _usage_error(message: str) -> CommandError:
    return CommandError(message, returncode=WRONG_ARGUMENTS)


def _spec(options: dict[str, Any]) -> RenderSpec:
    flags = {name: options[name] for name in _FLAGS if options[name] is not None}
    if options["template"] is not None and flags:
        raise _usage_error("Give either --template or the template's own flags, not both.")
    try:
        if flags:
            return RenderSpec(**flags)
        return _template_spec(10 if options["template"] is None else options["template"])
    except VideoError as error:
        raise _usage_error(str(error.message)) from error


def _template_spec(definition: int) -> RenderSpec:
    # Imported here: only this path needs the models behind the services.
    from snapshots.errors import NotFound
    from snapshots.services import presets, templates

    preset_values = presets.preset_values()
    if definition in preset_values:
        return templates.spec(preset_values[definition])
    try:
        return templates.spec(templates.get(definition=definition).as_values())
    except NotFound as error:
        raise _usage_error(f"There is no template {definition}.") from error
    except DatabaseError as error:
        raise _usage_error(
            f"Template {definition} is no preset, and there is no database to look it up in."
        ) from error


def _requests(points: list[str], spec: RenderSpec, mode: str) -> list[Request]:
    if len(points) > MAX_POINTS:
        raise _usage_error(f"{len(points)} time points are too many: at most {MAX_POINTS}.")
    requests = []
    for index, text in enumerate(points):
        try:
            requests.append(Request(PointKey(0, index), parse(text), spec, mode))
        except VideoError as error:
            raise _usage_error(str(error.message)) from error
    return requests


def _out_folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _usage_error(f"{out} cannot be made a folder: {error.strerror}.") from error
    if not os.access(out, os.W_OK):
        raise _usage_error(f"{out} cannot be written to.")
    return out


def _results(
    video: Path, requests: list[Request], points: list[str], out: Path
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The result of each point as it is done. If the file is refused, each point fails."""
    left = {request.key: request for request in requests}
    try:
        for result in _extract(video, requests):
            if isinstance(result, Picture | Failure):
                del left[result.key]
                yield result.key.point, _shape(result, points, video, out)
    except VideoError as error:
        for request in left.values():
            failure = Failure(request.key, request.at.text, error.code, error.message)
            yield request.key.point, _shape(failure, points, video, out)


def _extract(video: Path, requests: list[Request]) -> Iterator[Picture | Failure | sandbox.Tick]:
    if not os.access(video, os.R_OK):
        raise VideoError(
            "unreadable", _("%(path)s cannot be read. Name a file that exists.", path=str(video))
        )
    limits = sandbox.ChildLimits(
        wall_s=settings.MEDIAHUB_DEADLINE_MAX_S, memory_mb=settings.MEDIAHUB_CHILD_MEMORY_MB
    )
    return sandbox.extract(video, requests, limits=limits)


def _shape(result: Picture | Failure, points: list[str], video: Path, out: Path) -> dict[str, Any]:
    at = points[result.key.point]  # as written
    if isinstance(result, Failure):
        nothing = dict.fromkeys(("path", "format", "width", "height", "bytes", "sha256"))
        receipt = dict.fromkeys(("time_ms", "pts", "time_base", "frame_time", "key_frame"))
        error = {"code": result.code, "message": str(result.message)}
        return {"at": at, "status": "failed", "error": error, **nothing, **receipt}
    # The point's number keeps doubles apart.
    stem = os.fsdecode(os.fsencode(video.stem)[:_STEM_BYTES].decode(errors="ignore").encode())
    name = f"{stem}-{result.key.point + 1:03d}_{round(result.time_ms)}ms.{result.format}"
    path = out / name
    path.write_bytes(result.data)
    return {
        "at": at,
        "status": "done",
        "error": None,
        "path": str(path),
        "bytes": len(result.data),
        "sha256": hashlib.sha256(result.data).hexdigest(),
        **{field: getattr(result, field) for field in _RECEIPT},
    }


def _line(result: dict[str, Any]) -> str:
    if result["error"]:
        return f"{result['at']}: {result['error']['code']}: {result['error']['message']}"
    return (
        f"{result['at']}: {result['path']} ({result['width']}×{result['height']}), "
        f"frame at {result['frame_time']:.3f} s, pts {result['pts']}"
    )
