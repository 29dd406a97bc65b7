"""Fault injection: named points at which tests can trigger a failure.

A fault is armed by a file named like the point in the folder MEDIAHUB_FAULTS; the file holds the
action, which happens once. Without that folder a point costs one comparison.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_FOLDER = os.environ.get("MEDIAHUB_FAULTS")


class InjectedFault(Exception):
    """An error that no code handles."""


def point(name: str) -> None:
    """Trigger the fault that is armed for this point, if any."""
    if _FOLDER is not None:
        _strike(Path(_FOLDER), name)


def _strike(folder: Path, name: str) -> None:
    armed = folder / name
    taken = folder / f"{name}.{os.getpid()}"
    try:
        os.rename(armed, taken)  # of two processes that come by, one
    except FileNotFoundError:
        return
    command = taken.read_text("utf-8")
    _ACTIONS[command.split()[0]](command)


def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(text: str) -> None:
    raise InjectedFault(text)


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
