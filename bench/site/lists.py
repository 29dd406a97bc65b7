"""The console's lists with 100,000 media items: server time and queries of each page."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COUNT = 100_000
ROUNDS = 7
MAX_MS = 150
PAGES = {
    "home": "/admin/",
    "media": "/admin/snapshots/media/",
    "media, page 40": "/admin/snapshots/media/?p=40",
    "media by name": "/admin/snapshots/media/?o=2",
    "media, ready": "/admin/snapshots/media/?status__exact=ready",
    "media, failed": "/admin/snapshots/media/?status__exact=failed",
    "media, codec": "/admin/snapshots/media/?codec=hevc",
    "media, part of a name": "/admin/snapshots/media/?q=beach-4242",
    "media, part of many names": "/admin/snapshots/media/?q=beach",
    "media, start of a name": "/admin/snapshots/media/?q=be",
    "media, tag": "/admin/snapshots/media/?q=tag7",
    "media, nothing found": "/admin/snapshots/media/?q=nothing-at-all",
    "snapshots": "/admin/snapshots/snapshot/",
    "snapshots, current": "/admin/snapshots/snapshot/?is_current__exact=1",
    "snapshots, part of a name": "/admin/snapshots/snapshot/?q=beach-4242",
    "snapshots, part of many names": "/admin/snapshots/snapshot/?q=beach",
    "tasks": "/admin/snapshots/task/",
    "tasks, failed": "/admin/snapshots/task/?status__exact=failed",
    "tasks, some points failed": "/admin/snapshots/task/?outcome=some",
    "tasks, part of a name": "/admin/snapshots/task/?q=beach-4242",
    "tasks, part of many names": "/admin/snapshots/task/?q=beach",
    "events": "/admin/snapshots/event/",
    "events, to be sent": "/admin/snapshots/event/?delivery=waiting",
}


def run() -> None:
    """Run in a process of its own, with a temporary data folder."""
    with tempfile.TemporaryDirectory(prefix="mediahub-lists-") as data:
        env = {**os.environ, "MEDIAHUB_DATA": data, "DJANGO_SETTINGS_MODULE": "mediahub.settings"}
        subprocess.run([sys.executable, "-m", "bench.site.lists"], cwd=ROOT, env=env, check=True)


def _main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from structlog import configure, make_filtering_bound_logger

    configure(wrapper_class=make_filtering_bound_logger(50))  # no log line per request
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    _fill()
    print(f"\nThe console's pages with {COUNT:,} media, snapshots, tasks and events, on SQLite")
    client = _client()
    slow = [name for name, path in PAGES.items() if _measured(client, name, path) > MAX_MS]
    print(f"  more than {MAX_MS} ms: {', '.join(slow) or 'none'}")


def _fill() -> None:
    """Insert rows as the services would, thousands at a time."""
    from snapshots.models import Media, MediaTag, SnapshotTemplate
    from snapshots.services import presets

    presets.seed()
    template = SnapshotTemplate.objects.get(pk=10).as_values()
    for start in range(0, COUNT, 5000):
        numbers = range(start, start + 5000)
        media = Media.objects.bulk_create(_media(n) for n in numbers)
        MediaTag.objects.bulk_create(
            MediaTag(media=row, name=f"tag{n % 100}") for n, row in zip(numbers, media, strict=True)
        )
        snapshots = _work(numbers, media, template)
        for row, snapshot in zip(media, snapshots, strict=True):
            row.cover_snapshot = snapshot
        Media.objects.bulk_update(media, ["cover_snapshot"], batch_size=200)
    _age()


def _media(number: int) -> Any:
    from snapshots.models import Media

    is_bad = number % 500 == 0
    return Media(
        name=f"{'beach' if number % 3 else 'forest'}-{number:06}.mp4",
        status="failed" if is_bad else "ready",
        error_code="no_video" if is_bad else "",
        probe=None if is_bad else {"notes": [], "fps": "25", "text": "x" * 400},
        frame_index=os.urandom(512),
        codec=("h264", "hevc", "vp9")[number % 3],
        container="mp4",
        duration_s=number % 600,
        width=1920,
        height=1080,
        size_bytes=number * 1000,
    )


def _work(numbers: range, media: list[Any], template: dict[str, Any]) -> list[Any]:
    """Insert a task with a snapshot, and an event, for each media item; the snapshots."""
    from django.utils import timezone

    from snapshots.models import Event, Operation, Snapshot, Task

    now = timezone.now()
    rows = zip(numbers, media, strict=True)
    tasks = Task.objects.bulk_create(
        Task(media=row, file_id=row.file_id, interface="rest", progress=100, started_at=now,
             finished_at=now - timedelta(hours=n % 1000), error_code="timeout" * (n % 50 == 0),
             status="failed" if n % 50 == 0 else "finished")
        for n, row in rows
    )  # fmt: skip
    steps = Operation.objects.bulk_create(
        Operation(task=task, index=0, type="snapshot", definition=10, template=template, at=["1s"],
                  status="partial" if n % 100 == 7 else "succeeded")
        for n, task in zip(numbers, tasks, strict=True)
    )  # fmt: skip
    Event.objects.bulk_create(
        Event(kind="task.finished", subject=task.task_id, sequence=1, mode="push",
              payload={"text": "x" * 500}, due_at=now if n % 1000 == 0 else None)
        for n, task in zip(numbers, tasks, strict=True)
    )  # fmt: skip
    return Snapshot.objects.bulk_create(
        Snapshot(operation=step, media=row, index=0, at="1s", definition=10, is_current=True,
                 picture=f"{step.task_id}/0-0-{n}.jpg", format="jpg", width=1920, height=1080,
                 size_bytes=50_000, pts=1, time_base="1/25", frame_time=1.0)
        for n, step, row in zip(numbers, steps, media, strict=True)
    )  # fmt: skip


def _age() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _client() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create_superuser("admin"))
    return client


def _measured(client: Any, name: str, path: str) -> float:
    """Median server time of the page in milliseconds."""
    from django.db import connection

    queries: list[tuple[float, str]] = []
    with connection.execute_wrapper(lambda *call: _timed(queries, *call)):
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} does not answer")
    times_ms = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(path)
        times_ms.append(1000 * (time.perf_counter() - start))
    middle = statistics.median(times_ms)
    print(f"  {name:28} {middle:7.1f} ms, {len(queries):2} queries", flush=True)
    if os.environ.get("MEDIAHUB_BENCH_QUERIES"):
        for ms, sql in sorted(queries, reverse=True)[:3]:
            print(f"      {ms:.1f} ms  {sql[:600]}")
    return middle


def _timed(queries: list[tuple[float, str]], execute: Any, sql: str, *more: Any) -> Any:
    start = time.perf_counter()
    try:
        return execute(sql, *more)
    finally:
        queries.append((1000 * (time.perf_counter() - start), sql))


if __name__ == "__main__":
    _main()
