"""Real processes, observed through /proc."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def manage(
    data: Path,
    *words: str | bytes | Path,
    cwd: Path = ROOT,
    program: Path = ROOT / "manage.py",
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in a process of its own, with the shipped settings on `data`."""
    shipped = {
        "DJANGO_SETTINGS_MODULE": "mediahub.settings",
        "MEDIAHUB_DATA": str(data),
        "DATABASE_URL": "",
    }
    return subprocess.run(
        [sys.executable, program, *words],
        cwd=cwd, env={**os.environ, **shipped, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def parents() -> dict[int, int]:
    """Every process and its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, IndexError, ValueError):
            stat = (entry / "stat").read_text()
            found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def children_of(pid: int) -> list[int]:
    return [child for child, parent in parents().items() if parent == pid]


def tree_of(pid: int) -> set[int]:
    """The process and all that descend from it."""
    family, known = {pid}, parents()
    while new := {child for child, parent in known.items() if parent in family} - family:
        family |= new
    return family


def command_of(pid: int) -> str:
    """The command line, empty when the process is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def waits_in(pid: int) -> str:
    """The kernel function in which the process sleeps."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/wchan").read_text()
    return ""


def is_alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has reaped does not."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def decode_children() -> list[int]:
    """The children of this process's fork server."""
    return [
        child
        for server in children_of(os.getpid())
        if "child.serve" in command_of(server)
        for child in children_of(server)
    ]


def wait_for(condition: Callable[[], object], timeout_s: float = 10.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False
