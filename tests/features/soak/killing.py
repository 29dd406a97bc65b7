"""Processes of a running site by their role, and killing them."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.support.processes import children_of, command_of, is_alive, parents, tree_of

WORKERS = 2


def supervisor(root: int) -> int:
    """The process that `manage.py up` started to look after workers."""
    (pid,) = [pid for pid in children_of(root) if "manage.py worker" in command_of(pid)]
    return pid


def clusters(root: int) -> list[int]:
    """Main processes of the queue's cluster."""
    return [pid for pid in tree_of(root) if _is_main(pid)]


def _is_main(pid: int) -> bool:
    parent = parents().get(pid, 0)
    return "django cluster" in command_of(pid) and "django cluster" not in command_of(parent)


def members(root: int) -> dict[str, list[int]]:
    """Pids by role: main, sentinel, workers, monitor, pusher, decoders."""
    found: dict[str, list[int]] = {}
    for main in clusters(root):
        found.setdefault("main", []).append(main)
        for sentinel in children_of(main):
            found.setdefault("sentinel", []).append(sentinel)
            # in the order in which the sentinel starts them
            under = sorted(p for p in children_of(sentinel) if "django cluster" in command_of(p))
            found.setdefault("worker", []).extend(under[:WORKERS])
            found.setdefault("monitor", []).extend(under[WORKERS : WORKERS + 1])
            found.setdefault("pusher", []).extend(under[WORKERS + 1 : WORKERS + 2])
    servers = [pid for pid in tree_of(root) if "child.serve" in command_of(pid)]
    found["decoder"] = [child for server in servers for child in children_of(server)]
    return found


def kill_one(root: int, dice: random.Random) -> str:
    """Kill a process of a random role; which role, empty while the cluster is not whole.

    A cluster that is only just starting has nothing but its main process to kill.
    """
    there = {role: pids for role, pids in members(root).items() if pids}
    if "pusher" not in there:
        return ""
    role = dice.choice(sorted(there))
    with suppress(ProcessLookupError):
        os.kill(dice.choice(there[role]), signal.SIGKILL)
        return role
    return ""


def strays(data: Path, family: set[int]) -> list[str]:
    """Processes of a site with this data that do not belong to its family any more."""
    return [
        f"{pid} {command_of(pid)}"
        for pid in parents()
        if pid not in family and is_alive(pid) and _has_data(pid, data)
        if "tests.support.django_repl" not in command_of(pid)  # the tests' own
    ]


def _has_data(pid: int, data: Path) -> bool:
    with suppress(OSError):
        return f"MEDIAHUB_DATA={data}".encode() in Path(f"/proc/{pid}/environ").read_bytes()
    return False


def until(condition: Callable[[], object], timeout_s: float, pause_s: float = 0.2) -> float:
    """Seconds until the condition held. Raises AssertionError."""
    start = time.monotonic()
    while time.monotonic() - start < timeout_s:
        if condition():
            return time.monotonic() - start
        time.sleep(pause_s)
    raise AssertionError(f"not within {timeout_s} s")
