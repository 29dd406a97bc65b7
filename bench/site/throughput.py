"""Throughput: one-point tasks per second with two workers."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from pathlib import Path

from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.timepoints import parse
from snapshots.video.types import Picture, PointKey, Request
from tests.features.soak import killing
from tests.support.live_site import LiveSite, live_site
from tests.video.made import numbered

TASKS, WORKERS, SIZE = 300, 2, (320, 192)
_OPEN = ("waiting", "processing")
_SUBMIT = """
from snapshots.models import Media, Task
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
media = Media.objects.get()
for _ in range({count}):
    spec = SnapshotSpec(template=10, at=["2s"])
    submission.submit(media=media, snapshots=[spec], interface="command")
"""
_RESULT_QUERY = """
import json
import os
from django.db.models import Max, Min
from snapshots.models import Task
last = Task.objects.order_by("-pk")[:{count}]
rows = Task.objects.filter(pk__in=[t.pk for t in last], status="finished")
ends = rows.aggregate(first=Min("started_at"), last=Max("finished_at"))
seconds = (ends["last"] - ends["first"]).total_seconds() if ends["last"] else 0
print(json.dumps([rows.count(), seconds]))
"""


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip = numbered.make(Path(folder) / "clip.mp4", frames=150, size=SIZE)
        bare = _bare(clip)
        with live_site(Path(folder) / "data", "--workers", str(WORKERS)) as site:
            site.upload(clip)
            _tasks(site, 20)  # so that every worker has started its fork server
            workers = killing.members(site.process.pid)["worker"]
            before = sum(map(_cpu_s, workers))
            ours = _tasks(site, TASKS)
            own_ms = 1000 * (sum(map(_cpu_s, workers)) - before) / TASKS
    print(f"\nOne-point tasks on a 5 s clip of {SIZE[0]}×{SIZE[1]}, {WORKERS} workers, SQLite")
    print(f"  bare extraction, two at a time  {bare:6.1f} a second")
    print(f"  tasks, from start to end        {ours:6.1f} a second, {ours / bare:.2f} of it")
    print(
        f"  bound by the cores: a worker spends {own_ms:.1f} ms of CPU on a task's rows and files,"
    )
    print(f"  beside about {1000 * WORKERS / bare:.1f} ms of extraction")


def _bare(clip: Path) -> float:
    """Extractions per second, as many at a time as there are workers."""
    done = [0] * WORKERS
    sandbox.warm_up()

    def work(number: int) -> None:
        request = Request(PointKey(0, 0), parse("2s"), RenderSpec())
        while time.monotonic() < end:
            done[number] += sum(isinstance(r, Picture) for r in sandbox.extract(clip, [request]))

    start = time.monotonic()
    end = start + 5
    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - start)


def _cpu_s(pid: int) -> float:
    """CPU seconds of a process without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _tasks(site: LiveSite, count: int) -> float:
    """Tasks per second, from the first start to the last end."""
    site.manage("shell", "--no-imports", "-c", _SUBMIT.format(count=count))
    while any(site.call("GET", f"tasks/?status={state}")["results"] for state in _OPEN):
        time.sleep(1)  # polling uses the cores that are measured
    output = site.manage("shell", "--no-imports", "-c", _RESULT_QUERY.format(count=count))
    finished, seconds = json.loads(output)
    if finished < count:
        raise RuntimeError(f"{count - finished} tasks did not finish")
    return float(count / seconds)
