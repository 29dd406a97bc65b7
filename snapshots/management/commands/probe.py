"""`manage.py probe VIDEO`: what a file holds, and what the extractor will do about it."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from snapshots.management.command import PlainCommand
from snapshots.video.errors import VideoError
from snapshots.video.info import VideoInfo
from snapshots.video.sandbox import parent as sandbox


class Command(PlainCommand):
    help = "Say what a video file holds. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("video", type=Path, metavar="VIDEO")
        self.add_json(parser)

    def handle(self, *_: Any, video: Path, **options: Any) -> None:
        shape = _shape(_probe(video))
        if options["json"]:
            self.stdout.write(json.dumps(shape))
            return
        for name, value in shape.items():
            if name != "notes":
                self.stdout.write(f"{name + ':':16}{_in_words(value)}")
        for note in shape["notes"]:
            self.stdout.write(f"- {note}")


def _probe(path: Path) -> VideoInfo:
    limits = sandbox.Limits(
        wall_s=settings.MEDIAHUB_DEADLINE_MAX_S, memory_mb=settings.MEDIAHUB_CHILD_MEMORY_MB
    )
    if not os.access(path, os.R_OK):
        raise CommandError(f"{path} cannot be read. Name a file that exists.")
    try:
        found = [x for x in sandbox.probe(path, limits=limits) if isinstance(x, sandbox.Probed)]
    except VideoError as error:
        raise CommandError(f"{error.code}: {error.message}") from error
    return found[0].info


def _shape(info: VideoInfo) -> dict[str, Any]:
    """The keys of REST's media from `container` to `has_alpha`, and what only a probe tells."""
    return {
        "container": info.container,
        "duration_s": round(float(info.duration), 6),
        "width": info.width,
        "height": info.height,
        "rotation": info.rotation,
        "codec": info.codec,
        "fps": round(float(info.fps), 6),
        "bitrate": info.bitrate,
        "has_audio": info.has_audio,
        "is_vfr": info.is_vfr,
        "is_hdr": info.is_hdr,
        "has_alpha": info.has_alpha,
        "sar": _ratio(info.sar),
        "pixel_format": info.pixel_format,
        "color": {
            "matrix": info.color.matrix,
            "range": info.color.range,
            "primaries": info.color.primaries,
            "transfer": info.color.transfer,
        },
        "is_interlaced": info.is_interlaced,
        "time_base": f"{info.extent.time_base.numerator}/{info.extent.time_base.denominator}",
        "start_pts": info.extent.start_pts,
        "notes": [str(note) for note in info.notes],
    }


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part or 'not said'}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}:{value.denominator}"
