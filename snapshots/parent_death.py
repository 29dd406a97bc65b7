"""Child processes that do not outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process the signal `number` when its parent dies (prctl(2)).

    Call in the child, right after the fork; the signal comes at once if the parent is dead already.
    """
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent or parent == 1:
        os.kill(os.getpid(), number)
