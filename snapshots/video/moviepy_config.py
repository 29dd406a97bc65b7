"""A stand-in for `moviepy.config`, to be installed before MoviePy is imported."""

from __future__ import annotations

import sys
from types import ModuleType


def install() -> None:
    """Put the stand-in in the place of `moviepy.config`."""
    sys.modules.setdefault("moviepy.config", _settings())


def _settings() -> ModuleType:
    """The values of a machine without ffmpeg.

    The real one runs `ffmpeg -version` and `ffplay` when imported (0.8 s), and loads the nearest
    `.env` above site-packages or the working directory into the environment: a foreign file that
    may set anything. Frames here come from PyAV, so neither program is needed.
    """
    settings = ModuleType("moviepy.config")
    settings.FFMPEG_BINARY = "unset"  # type: ignore[attr-defined]
    settings.FFPLAY_BINARY = "unset"  # type: ignore[attr-defined]
    return settings
