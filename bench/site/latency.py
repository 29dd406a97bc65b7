"""Overhead of a task: POST to `finished_at`, minus the bare extraction."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.timepoints import parse
from snapshots.video.types import Picture, PointKey, Request
from tests.support.live_site import LiveSite, live_site
from tests.support.servers import Missing, postgresql, redis_server

from .. import footage

POINTS = [f"{5 + 10 * i}%" for i in range(10)]
ROUNDS = 10
TEMPLATE = 30  # 640×360


def run() -> None:
    _run("SQLite", {})
    try:
        with postgresql() as database, redis_server() as broker:
            environment = {"DATABASE_URL": database.url(database.new_database())}
            _run("PostgreSQL and Redis", environment | {"MEDIAHUB_BROKER_URL": broker.url})
    except Missing as missing:
        print(f"\nLeft out, PostgreSQL and Redis: {missing}")


def _run(name: str, environment: dict[str, Any]) -> None:
    path = footage.short_720p()
    with (
        tempfile.TemporaryDirectory() as data,
        live_site(data, port=0, fresh=False, **environment) as site,
    ):
        file_id = site.upload(path)
        for _ in range(4):  # so that every worker has its fork server up
            _task(site, file_id)
        tasks, bare = [], []
        for _ in range(ROUNDS):
            tasks.append(_task(site, file_id))
            bare.append(_bare(path))
    overhead = statistics.median(tasks) - statistics.median(bare)
    print(f"\nOne task of {len(POINTS)} points, 640x360 JPEG from 720p H.264, REST on {name}")
    print(f"  POST to finished_at  {1000 * statistics.median(tasks):5.0f} ms (median of {ROUNDS})")
    print(f"  bare extraction      {1000 * statistics.median(bare):5.0f} ms")
    print(f"  over it              {1000 * overhead:5.0f} ms")


def _task(site: LiveSite, file_id: str) -> float:
    """Seconds from just before the POST to `finished_at`."""
    task_spec = {"media": file_id, "snapshots": [{"template": TEMPLATE, "at": POINTS}]}
    start = datetime.now(UTC)
    task = site.wait_for_task(site.call("POST", "tasks/", task_spec))
    if task["status"] != "finished" or task["operations"][0]["status"] != "succeeded":
        raise RuntimeError(f"the task ended otherwise: {task}")
    return (datetime.fromisoformat(task["finished_at"]) - start).total_seconds()


def _bare(path: Path) -> float:
    spec = RenderSpec(width=640, height=360)
    requests = [Request(PointKey(0, n), parse(at), spec) for n, at in enumerate(POINTS)]
    start = time.perf_counter()
    results = [r for r in sandbox.extract(path, requests) if isinstance(r, Picture)]
    if len(results) != len(POINTS):
        raise RuntimeError(f"{len(results)} of {len(POINTS)} pictures")
    return time.perf_counter() - start
