"""Ten snapshots of a long file: MediaHub's warm child against a loop of `ffmpeg -ss`."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from snapshots.video import sandbox
from snapshots.video.results import Picture, Request
from snapshots.video.spec import RenderSpec

from . import footage

POINTS = 10
ROUNDS = 5


def run() -> None:
    path = footage.five_minutes_1080p()
    times = [(i + 0.5) * 300 / POINTS for i in range(POINTS)]
    sandbox.warm_up()
    peers: dict[str, Callable[[], None]] = {
        "MediaHub": lambda: _mediahub(path, times),
        "ffmpeg -ss loop": lambda: _ffmpeg(path, times),
    }
    walls: dict[str, list[float]] = {name: [] for name in peers}
    for peer in peers.values():
        peer()  # once to warm the file cache and the fork server
    for _ in range(ROUNDS):  # interleaved, so that a slow moment hits everybody
        for name, peer in peers.items():
            start = time.perf_counter()
            peer()
            walls[name].append(time.perf_counter() - start)
    _print(walls)


def _print(walls: dict[str, list[float]]) -> None:
    limit = statistics.median(walls["ffmpeg -ss loop"])
    print(f"\n{POINTS} spread points, 5 min 1080p H.264, 250-frame GOPs, JPEG 1920x1080")
    for name, values in walls.items():
        wall = statistics.median(values)
        print(f"  {name:18} {wall:6.2f} s   {wall / limit:5.2f} of the ffmpeg loop")


def _mediahub(path: Path, times: list[float]) -> None:
    requests = [Request(str(t), f"{t}s", RenderSpec(quality=90)) for t in times]
    results = [r for r in sandbox.extract(path, requests) if isinstance(r, Picture)]
    if len(results) != POINTS:
        raise RuntimeError(f"{len(results)} of {POINTS} pictures")


def _ffmpeg(path: Path, times: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for index, t in enumerate(times):
            seek = ["-ss", str(t), "-i", str(path), "-frames:v", "1", "-q:v", "2"]
            subprocess.run(
                ["ffmpeg", "-nostdin", "-loglevel", "error", *seek, f"{folder}/{index}.jpg"],
                check=True,
            )
