"""Pages, API calls and claims with a million media items and five million snapshots on PostgreSQL.

The database generates the rows itself. Each measured query is also explained, and sequential scans
of large tables are listed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.servers import postgresql

ROOT = Path(__file__).resolve().parents[2]
MEDIA = int(os.environ.get("MEDIAHUB_BENCH_MEDIA", "1000000"))
SNAPSHOTS = 5  # of each media item
ROUNDS = 20
LARGE = ("media", "mediatag", "task", "operation", "snapshot", "event")
PAGES = {
    "console: home": "/admin/",
    "console: media": "/admin/snapshots/media/",
    "console: media, page 40": "/admin/snapshots/media/?p=40",
    "console: media by name": "/admin/snapshots/media/?o=2",
    "console: media, part of a name": "/admin/snapshots/media/?q=beach-0424242",
    "console: media, part of many names": "/admin/snapshots/media/?q=beach",
    "console: media, tag": "/admin/snapshots/media/?q=tag7",
    "console: media, nothing found": "/admin/snapshots/media/?q=nothing-at-all",
    "console: snapshots": "/admin/snapshots/snapshot/",
    "console: tasks": "/admin/snapshots/task/",
    "console: tasks, failed": "/admin/snapshots/task/?status__exact=failed",
    "console: events": "/admin/snapshots/event/",
    "REST: media": "/api/v1/media/",
    "REST: media, part of a name": "/api/v1/media/?search=beach-0424242",
    "REST: media by size": "/api/v1/media/?ordering=-size_bytes",
    "REST: snapshots of one video": "/api/v1/snapshots/?media={file_id}",
    "REST: current snapshots of one video": "/api/v1/snapshots/?media={file_id}&current=true",
    "REST: tasks of one video": "/api/v1/tasks/?media={file_id}",
    "REST: one task": "/api/v1/tasks/{task_id}/",
}


def run() -> None:
    """Run in a process of its own, on a temporary PostgreSQL server."""
    with postgresql() as server:
        env = {**os.environ, "DATABASE_URL": server.url(server.new_database())}
        env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        subprocess.run([sys.executable, "-m", "bench.site.grow"], cwd=ROOT, env=env, check=True)


def _main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from structlog import configure, make_filtering_bound_logger

    configure(wrapper_class=make_filtering_bound_logger(50))
    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    _fill()
    print(f"\n{MEDIA:,} media, {SNAPSHOTS * MEDIA:,} snapshots, as many tasks and events as media,")
    print(f"on PostgreSQL ({time.perf_counter() - start:.0f} s to fill); {ROUNDS} rounds each")
    print(f"  {'':38} median      p95  queries  read from end to end")
    for name, work in _works().items():
        _measured(name, work)


# --- Rows ----------------------------------------------------------------------------------------


def _fill() -> None:
    from snapshots.models import Event, Media, MediaTag, Operation, Snapshot, SnapshotTemplate, Task
    from snapshots.services import presets

    presets.seed()
    template = json.dumps(SnapshotTemplate.objects.get(pk=10).as_values())
    day = "now() - (n % 1000) * interval '1 hour'"
    name = "(CASE WHEN n % 3 = 0 THEN 'forest' ELSE 'beach' END) || '-' || lpad(n::text, 7, '0')"
    codec = "(ARRAY['h264','hevc','vp9'])[(1 + n % 3)::int]"
    file_id = "(1000000000000000000 + n * 7919)::text"
    _insert(
        Media, MEDIA, file_id=file_id, name=f"{name} || '.mp4'", status="'ready'",
        probe="""'{"notes": [], "fps": "25"}'::jsonb""", codec=codec,
        container="'mp4'", duration_s="n % 600", width="1920", height="1080",
        size_bytes="n * 1000", created_at=day, updated_at=day,
    )  # fmt: skip
    _insert(MediaTag, MEDIA, media_id="n", name="'tag' || n % 1000")
    _insert(
        Task, MEDIA, task_id="'1500000001-procedurev2-' || lpad(n::text, 32, '0') || 't0'",
        media_id="n", file_id=file_id, interface="'rest'", progress="100", created_at=day,
        status="CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'finished' END",
        error_code="CASE WHEN n % 50 = 0 THEN 'timeout' ELSE '' END", started_at=day,
        finished_at=day,
    )  # fmt: skip
    _insert(
        Operation, MEDIA, task_id="n", index="0", type="'snapshot'", definition="10",
        template=f"'{template}'::jsonb", at="""'["1s"]'::jsonb""", status="'succeeded'",
    )  # fmt: skip
    _insert(
        Snapshot, MEDIA * SNAPSHOTS, operation_id=f"1 + (n - 1) / {SNAPSHOTS}", created_at=day,
        media_id=f"1 + (n - 1) / {SNAPSHOTS}", index=f"(n - 1) % {SNAPSHOTS}", at="'1s'",
        definition="10",
        is_current="true", picture="'t/0-' || n || '.jpg'", format="'jpg'", width="1920",
        height="1080", size_bytes="50000", sha256="repeat('0', 64)", time_ms="1000", pts="1",
        time_base="'1/25'", frame_time="1.0", key_frame="false",
    )  # fmt: skip
    _insert(
        Event, MEDIA, kind="'task.finished'", subject="'1500000001-' || n", sequence="1",
        mode="'push'", payload="""'{"media": null, "task": null}'::jsonb""", created_at=day,
        delivered_at=day,
    )  # fmt: skip
    _sql("ANALYZE")


def _insert(model: Any, count: int, **columns: str) -> None:
    """Insert `count` rows; each column is an SQL expression of `n`, or its field's default."""
    from django.db import connection

    given, literals = [], []
    for field in model._meta.concrete_fields:
        if field.attname in columns:
            given.append((field.column, columns[field.attname]))
        elif not field.primary_key:
            given.append((field.column, "%s"))
            literals.append(field.get_db_prep_save(field.get_default(), connection))
    names = ", ".join(f'"{column}"' for column, _ in given)
    values = ", ".join(
        expression if expression == "%s" else expression.replace("%", "%%")
        for _, expression in given
    )
    _sql(
        f'INSERT INTO "{model._meta.db_table}" ({names}) '
        f"SELECT {values} FROM generate_series(1::bigint, {count}) AS n",
        literals,
    )


def _sql(text: str, values: Any = None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, values)


# --- What is measured ----------------------------------------------------------------------------


def _works() -> dict[str, Callable[[], Any]]:
    from django.contrib.auth.models import User
    from django.test import Client

    from snapshots.models import Media, Task
    from snapshots.services import tasks
    from snapshots.services.library import search
    from snapshots.services.tasks import submission
    from snapshots.services.tasks.specs import SnapshotSpec
    from snapshots.services.work import sweeper

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create_superuser("admin"))
    media = Media.objects.get(pk=MEDIA // 2)
    ids = {"file_id": media.file_id, "task_id": Task.objects.get(media=media).task_id}
    for _ in range(200):
        submission.submit(media=media, snapshots=[SnapshotSpec(10, ["1s"])], interface="rest")
    twenty = list(Media.objects.filter(pk__lte=20 * 31, pk__gt=0).values_list("file_id", flat=True))

    def page(path: str) -> Callable[[], Any]:
        def get() -> None:
            if client.get(path.format(**ids)).status_code != 200:
                raise RuntimeError(f"{path} does not answer")

        return get

    def infos() -> None:
        found = search.by_id(file_ids=twenty[:20])
        search.current_sets(media=found.values())

    return {
        **{name: page(path) for name, path in PAGES.items()},
        "VOD: 20 media with their snapshots": infos,
        "VOD: search by part of a name": lambda: search.media(names=["beach-0424242"]),
        "a worker claims the best task": tasks.claim_next,
        "the sweeper looks for lost work": sweeper.sweep,
    }


def _measured(name: str, work: Callable[[], Any]) -> None:
    from django.db import connection

    queries: list[tuple[str, Any]] = []
    with connection.execute_wrapper(lambda *call: _recorded(queries, *call)):
        work()
    times_ms = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times_ms.append(1000 * (time.perf_counter() - start))
    times_ms.sort()
    middle, late = times_ms[len(times_ms) // 2], times_ms[int(len(times_ms) * 0.95)]
    found = [(sql, _scanned(sql, values)) for sql, values in queries]
    scanned = ", ".join(sorted({table for _, tables in found for table in tables}))
    print(
        f"  {name:38} {middle:6.1f} ms {late:6.1f} ms  {len(queries):4}     {scanned or '-'}",
        flush=True,
    )
    if os.environ.get("MEDIAHUB_BENCH_QUERIES"):
        for sql, tables in found:
            if tables:
                print(f"      {sql[:900]}")


def _recorded(
    queries: list[tuple[str, Any]], execute: Any, sql: str, values: Any, *more: Any
) -> Any:
    queries.append((sql, values))
    return execute(sql, values, *more)


def _scanned(sql: str, values: Any) -> set[str]:
    """Large tables that the query plan scans sequentially."""
    from django.db import connection

    if not sql.lstrip("( ").startswith(("SELECT", "UPDATE", "DELETE")):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone()
    tables: set[str] = set()
    _walk((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"], tables)
    return tables


def _walk(node: dict[str, Any], tables: set[str]) -> None:
    table = node.get("Relation Name", "").removeprefix("snapshots_")
    if node["Node Type"] == "Seq Scan" and table in LARGE:
        tables.add(table)
    for child in node.get("Plans", []):
        # A scan below a LIMIT does not read the whole table
        if node["Node Type"] != "Limit" or child["Node Type"] != "Seq Scan":
            _walk(child, tables)


if __name__ == "__main__":
    _main()
