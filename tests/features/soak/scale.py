"""Scale of the runs: short in CI, whole by `make soak`, with the same code."""

from __future__ import annotations

import os

IS_WHOLE = os.environ.get("MEDIAHUB_SOAK") == "whole"


def of(whole: int, short: int) -> int:
    """The size of a run; a short one is never below a fifth."""
    if 5 * short < whole:
        raise ValueError("a short run is at least a fifth of the whole")
    return whole if IS_WHOLE else short
