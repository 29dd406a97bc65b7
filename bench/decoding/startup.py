"""Start-up times, apart from those of extraction."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable

from snapshots.video.sandbox.forkserver import ForkServer, server

from .. import footage
from ..measure import ROOT, run_commands

_ROUNDS = 7
_MANAGE = (sys.executable, str(ROOT / "manage.py"))


def measure() -> dict[str, float]:
    """Seconds, medians, by what was started."""
    return {
        "Python alone": _median(lambda: _command(sys.executable, "-c", "pass")),
        "Python and Django, to `manage.py snapshot --help`": _median(
            lambda: _command(*_MANAGE, "snapshot", "--help")
        ),
        "`manage.py snapshot` of one point, all of it": _median(_snapshot),
        "a fork server, to its first child's hello": _median(_first_child),
        "a child of a warm fork server, to its hello": _median(_child),
    }


def _median(action: Callable[[], None]) -> float:
    action()
    return statistics.median(_seconds(action) for _ in range(_ROUNDS))


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _command(*command: str) -> None:
    run_commands([command])


def _snapshot() -> None:
    video = str(footage.short_720p())
    with tempfile.TemporaryDirectory() as folder:
        _command(*_MANAGE, "snapshot", video, "--at", "3.3s", "--out", folder)


def _first_child() -> None:
    fresh = ForkServer()
    fresh.fork().end()
    fresh.stop()


def _child() -> None:
    server.fork().end()
