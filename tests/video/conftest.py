"""The library of numbered videos, made on first use and cached for the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .made import av1, codecs, display_properties, numbered, sources
from .made.appearance import Appearance
from .oracle import Truth, decode_all

_APPEARANCES = {
    name: entry[-1]
    for name, entry in (display_properties.VIDEOS | display_properties.CHANGED).items()
}
VIDEOS: dict[str, dict[str, Any]] = sources.VIDEOS | codecs.VIDEOS | av1.VIDEOS
VIDEOS |= {name: recipe for name, (recipe, _) in display_properties.VIDEOS.items()}
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = (
    sources.CHANGED | codecs.CHANGED | av1.CHANGED
)
CUT = sources.CUT
CHANGED |= {
    name: (recipe, change) for name, (recipe, change, _) in display_properties.CHANGED.items()
}
# Hints for the oracle, where the file itself is not clear
ORACLE: dict[str, dict[str, Any]] = {
    "h264-open.avi": {"is_counted": True},
    "headless-mpeg4.mkv": {"starts_at_key": True},
    "headless-vp9.mp4": {"starts_at_key": True},
    "h264.avi": {"is_counted": True},
    "xvid.avi": {"is_counted": True},
    "h264-no-b.avi": {"is_counted": True},
    **{name: {"track": track} for name, track in sources.TRACKS.items()},
    **{name: {"decoder": decoder} for name, decoder in display_properties.DECODERS.items()},
}


def appearance_of(name: str) -> Appearance:
    """How a video is expected to look; by default as it was drawn."""
    if name in _APPEARANCES:
        return _APPEARANCES[name]
    recipe: Any = CHANGED[name][0] if name in CHANGED else (VIDEOS | CUT)[name]
    size = recipe.get("size", numbered.SIZE)
    scale = size[0] // numbered.SIZE[0]
    number_box = numbered.SIZE[0] * scale, numbered.SIZE[1] * scale
    return Appearance(stored=size, number_box=number_box)


@dataclass(frozen=True)
class Library:
    """Makes each video once a session."""

    folder: Path

    @cache  # noqa: B019 - lives as long as the session
    def path(self, name: str) -> Path:
        path = self.folder / name
        if name in CHANGED:
            recipe, change = CHANGED[name]
            change(_make(path, recipe))
        elif name in CUT:
            numbered.cut(_make(path, CUT[name]), 0.6)
        else:
            _make(path, VIDEOS[name])
        return path

    @cache  # noqa: B019
    def truth(self, name: str) -> Truth:
        return decode_all(self.path(name), appearance_of(name), **ORACLE.get(name, {}))


def _make(path: Path, recipe: dict[str, Any]) -> Path:
    known = {key: value for key, value in recipe.items() if key != "by"}
    return recipe.get("by", numbered).make(path, **known)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))
