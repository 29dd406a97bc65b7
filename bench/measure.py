"""Jobs and their cost: wall clock, CPU time of all processes together, peak memory."""

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

# The product's children run at this niceness, so all others do too: on a busy machine a difference
# would favour one side.
NICE = ("nice", "-n", "5")
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class PictureJob:
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
class Cost:
    """Seconds, CPU seconds (user and system), and the peak MiB of any single process."""

    wall_s: float
    cpu_s: float
    peak_mb: float


class CostMeter:
    """Measures this process and those it has waited for, from its creation on."""

    def __init__(self) -> None:
        self._cpu_s = _cpu_s()
        self._start = time.perf_counter()

    def cost(self) -> Cost:
        wall_s = time.perf_counter() - self._start
        own, others = (_usage(who).ru_maxrss for who in _BOTH)
        return Cost(wall_s, _cpu_s() - self._cpu_s, max(own, others) / 1024)


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _usage(who: int) -> resource.struct_rusage:
    return resource.getrusage(who)


def _cpu_s() -> float:
    return sum(usage.ru_utime + usage.ru_stime for usage in map(_usage, _BOTH))


def run_commands(commands: Sequence[Sequence[str]], at_once: int = 1) -> Cost:
    """Run the commands, `at_once` at a time, and add up their cost."""
    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        usages = list(pool.map(_run, commands))
    wall_s = time.perf_counter() - start
    cpu_s = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return Cost(wall_s, cpu_s, max(usage.ru_maxrss for usage in usages) / 1024)


def _run(command: Sequence[str]) -> resource.struct_rusage:
    with tempfile.TemporaryFile() as stderr:  # libdav1d prints its name each time
        process = subprocess.Popen(
            [*NICE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            stderr.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {stderr.read().decode()}")
    return usage


def run_worker(name: str, job: PictureJob, env: dict[str, str] | None = None) -> Cost:
    """The cost of the job for `name` in a fresh process, without its start."""
    done = subprocess.run(
        [*NICE, sys.executable, "-m", "bench.decoding.worker", name],
        input=json.dumps(asdict(job)),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        check=True,
    )
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Cost(**values)
