"""Named places at which a test can let something go wrong. Elsewhere they cost one comparison.

A fault is armed by a file named like the place, in the folder that MEDIAHUB_FAULTS names; it
holds what is to happen, and happens once.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_FOLDER = os.environ.get("MEDIAHUB_FAULTS")


class Fault(Exception):
    """What a test asked for: nobody knows how to handle it."""


def point(name: str) -> None:
    """Let happen what is armed for this place."""
    if _FOLDER is not None:
        _strike(Path(_FOLDER), name)


def _strike(folder: Path, name: str) -> None:
    armed = folder / name
    taken = folder / f"{name}.{os.getpid()}"
    try:
        os.rename(armed, taken)  # of two processes that come by, one
    except FileNotFoundError:
        return
    _ACTIONS[taken.read_text().split()[0]](taken.read_text())


def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(text: str) -> None:
    raise Fault(text)


def _full(_: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sleep(text: str) -> None:
    time.sleep(float(text.split()[1]))


_ACTIONS: dict[str, Callable[[str], None]] = {
    "kill": _kill,
    "raise": _raise,
    "full": _full,
    "sleep": _sleep,
}
