"""Writing videos with the libraries that the tests have at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import OutputContainer


@contextmanager
def written(path: Path, options: dict[str, str] | None = None) -> Iterator[OutputContainer]:
    """A new video file; afterwards this process is scheduled as it was before.

    SVT-AV1 makes the whole process of a superuser a real-time one. Every server, worker and
    browser that a test starts later would inherit that, and two of them that are busy at once
    leave nobody else a moment on two cores.
    """
    policy, share = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        with av.open(str(path), "w", options=options or {}) as output:
            yield output
    finally:
        os.sched_setscheduler(0, policy, share)
