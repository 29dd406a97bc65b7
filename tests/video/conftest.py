"""The library of numbered videos, made when first asked for and kept for the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from . import av1, foreign, numbered, sources
from .oracle import Truth, decode_all

VIDEOS: dict[str, dict[str, Any]] = sources.VIDEOS | av1.VIDEOS
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = sources.CHANGED | av1.CHANGED
CUT = sources.CUT


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
        return decode_all(self.path(name))


def _make(path: Path, recipe: dict[str, Any]) -> Path:
    maker = foreign if recipe.get("codec") in foreign.ENCODERS else numbered
    return maker.make(path, **recipe)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))
