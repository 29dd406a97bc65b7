"""The real videos: where each comes from, and its verified frames."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

_PACKAGES = Path(__file__).with_name("packages.toml")
_PINS = Path(__file__).with_name("pins.json")


@dataclass(frozen=True, eq=False)  # one object for each package
class Package:
    """A published package: `files` maps the paths of its videos to the sha256 of each."""

    kind: str
    name: str
    version: str
    files: dict[str, str]
    backend: str = "setuptools.build_meta"


@dataclass(frozen=True)
class RealVideo:
    """One video of a package; `member` is its path within the archive."""

    package: Package
    member: str

    @property
    def name(self) -> str:
        """Such as "puremagic/test.mkv"."""
        return f"{self.package.name}/{PurePosixPath(self.member).name}"

    @property
    def sha256(self) -> str:
        return self.package.files[self.member]


@dataclass(frozen=True)
class PinnedFrame:
    """A frame found right: its number in the order shown, the sha256 of its decoded planes, and
    the mean colours of its picture as hexadecimal digits."""

    position: int
    planes: str
    picture: str


@dataclass(frozen=True)
class Pins:
    """What is pinned of one video: how many frames it shows, the size of its pictures as shown,
    in pixels, the colours of the first in that size, and some frames from the first to the last."""

    frames: int
    size: tuple[int, int]
    whole: str
    pinned: list[PinnedFrame]


def videos() -> list[RealVideo]:
    """All of them, in the order of the list."""
    packages = tomllib.loads(_PACKAGES.read_text("utf-8"))["package"]
    return [
        RealVideo(package, member)
        for package in (Package(**values) for values in packages)
        for member in package.files
    ]


def read_pins() -> dict[str, Pins]:
    """By name of the video."""
    return {name: _pins(values) for name, values in json.loads(_PINS.read_text("utf-8")).items()}


def write_pins(pins: dict[str, Pins]) -> None:
    """One line for each frame, so that a change can be read."""
    blocks = []
    for name, found in pins.items():
        lines = ",\n    ".join(json.dumps([f.position, f.planes, f.picture]) for f in found.pinned)
        head = f'"frames": {found.frames}, "size": {json.dumps(found.size)}'
        head += f', "whole": {json.dumps(found.whole)}'
        blocks.append(f'  {json.dumps(name)}: {{{head},\n   "pinned": [\n    {lines}\n  ]}}')
    _PINS.write_text("{\n" + ",\n".join(blocks) + "\n}\n", "utf-8")


def _pins(values: dict[str, Any]) -> Pins:
    width, height = values["size"]
    pinned = [PinnedFrame(*frame) for frame in values["pinned"]]
    return Pins(values["frames"], (width, height), values["whole"], pinned)
