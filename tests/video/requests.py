"""Requests of an extraction from time points as text."""

from __future__ import annotations

from snapshots.video.render.spec import RenderSpec
from snapshots.video.timepoints import parse
from snapshots.video.types import PointKey, Request


def request(
    at: str,
    spec: RenderSpec | None = None,
    *,
    operation: int = 0,
    point: int = 0,
    mode: str = "exact",
) -> Request:
    """One request, by default for a PNG of the exact frame."""
    return Request(PointKey(operation, point), parse(at), spec or RenderSpec("png"), mode)
