"""What is asked, and what it took: wall clock, CPU of all processes together, peak memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# The product's children are nice; whoever is measured beside them is as nice, or a machine that
# does other things as well would favour one side.
NICE = ("nice", "-n", "5")
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Job:
    """Pictures wanted: of `path` at `moments` (seconds) into `folder`; width 0 is full size."""

    path: str
    moments: tuple[float, ...]
    folder: str
    width: int = 0
    height: int = 0
    mode: str = "exact"

    def picture(self, number: int) -> str:
        """Where picture `number` goes."""
        return f"{self.folder}/{number}.jpg"


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds, CPU seconds (user and system), MiB resident at the most in any one process."""

    wall_s: float
    cpu_s: float
    peak_mb: float


class Watch:
    """Wall and CPU time of this process and those it has waited for, from its making on."""

    def __init__(self) -> None:
        self._cpu_s = _cpu_s()
        self._start = time.perf_counter()

    def taken(self) -> Taken:
        wall_s = time.perf_counter() - self._start
        own, others = (_usage(who).ru_maxrss for who in _BOTH)
        return Taken(wall_s, _cpu_s() - self._cpu_s, max(own, others) / 1024)


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _usage(who: int) -> resource.struct_rusage:
    return resource.getrusage(who)


def _cpu_s() -> float:
    return sum(usage.ru_utime + usage.ru_stime for usage in map(_usage, _BOTH))


def run_commands(commands: Sequence[Sequence[str]], at_once: int = 1) -> Taken:
    """Run the commands, `at_once` at a time, and add up what they took."""
    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        usages = list(pool.map(_run, commands))
    wall_s = time.perf_counter() - start
    cpu_s = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return Taken(wall_s, cpu_s, max(usage.ru_maxrss for usage in usages) / 1024)


def _run(command: Sequence[str]) -> resource.struct_rusage:
    with tempfile.TemporaryFile() as said:  # libdav1d names itself each time
        process = subprocess.Popen(
            [*NICE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode()}")
    return usage


def run_worker(name: str, job: Job, env: dict[str, str] | None = None) -> Taken:
    """What `name` of bench.worker took for the job in a fresh process, its start apart."""
    done = subprocess.run(
        [*NICE, sys.executable, "-m", "bench.worker", name],
        input=json.dumps(asdict(job)),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Taken(**answer)
