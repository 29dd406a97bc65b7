"""Consistency of a quiet site's rows and files: nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from snapshots.storage.disk import TEMP_PREFIX
from tests.support.live_site import LiveSite

_DUMP = """
import json
from snapshots.models import Event, Media, Snapshot, Task
print(json.dumps({
    "tasks": list(Task.objects.values("task_id", "status", "error_code", "attempts", "fence")),
    "pictures": list(Snapshot.objects.exclude(picture="").values_list("picture", flat=True)),
    "points": list(Snapshot.objects.values_list("operation__task__task_id", "index")),
    "ended": list(Event.objects.filter(kind="task.finished").values_list("subject", flat=True)),
    "media": list(Media.objects.values_list("status", flat=True)),
}))
"""


def of(site: LiveSite) -> dict[str, Any]:
    """The rows that matter."""
    return dict(json.loads(site.run(_DUMP)))


def counts(site: LiveSite) -> Counter[str]:
    """Tasks by status."""
    code = (
        "import json; from django.db.models import Count; from snapshots.models import Task; "
        "print(json.dumps(dict(Task.objects.values_list('status').annotate(Count('pk')).order_by())))"
    )
    return Counter(json.loads(site.run(code)))


def assert_balanced(site: LiveSite, data: Path, task_ids: list[str], points: int) -> None:
    """Every task ended once, with each picture once: as a row, and as a file."""
    books = of(site)
    tasks = {row["task_id"]: row for row in books["tasks"]}
    assert set(tasks) >= set(task_ids), "a task is lost"
    wrong = [row for row in tasks.values() if row["status"] != "finished"]
    assert wrong == []
    assert len(books["points"]) == len({tuple(p) for p in books["points"]})
    mine = Counter(task for task, _ in books["points"])
    assert {task: mine[task] for task in task_ids} == dict.fromkeys(task_ids, points)
    reported = Counter(books["ended"])
    assert {task: reported[task] for task in task_ids} == dict.fromkeys(task_ids, 1)
    assert "probing" not in books["media"]
    for name in books["pictures"]:
        assert (data / "pictures" / name).stat().st_size > 0
    made = {p.name for p in (data / "pictures").glob("*/*") if not p.name.startswith(TEMP_PREFIX)}
    assert {name.rpartition("/")[2] for name in books["pictures"]} <= made
