"""Versions of the FFmpeg libraries that PyAV carries."""

from __future__ import annotations

import av


def libavcodec() -> tuple[int, ...]:
    """Major, minor and micro version of libavcodec."""
    return tuple(av.library_versions["libavcodec"])
