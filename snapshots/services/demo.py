"""The demo library: three clips with snapshots and covers, made through the real queue."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db.models import QuerySet

from ..models import Media, Task
from ..video.demo.clips import make_demo_clips
from .library import media
from .library.tags import TagChange
from .tasks import submission
from .tasks.specs import CoverSpec, SnapshotSpec

_POLL_S = 0.2
_TIMEOUT_S = 120.0
_POINTS = ("10%", "35%", "2.5s", "80%")
_COVER_AT = "35%"
_TAG = "demo"


def is_wanted() -> bool:
    """Whether the library is empty, or has a demo that was interrupted."""
    return not Media.objects.exists() or _without_task().exists()


def populate(*, keep_on: Callable[[], bool]) -> bool:
    """Make the demo through the queue and wait for it; whether all of it succeeded.

    Needs running workers. Stops waiting when `keep_on` says no.
    """
    if not Media.objects.exists():
        _import_clips()
    wanted = list(_without_task().values_list("pk", flat=True))
    if not _wait(lambda: not _probing(wanted), keep_on):
        return False
    ready = Media.objects.filter(pk__in=wanted, status=Media.Status.READY)
    submitted = [_submit(row) for row in ready]
    _wait(lambda: not _running(submitted), keep_on)
    finished = Task.objects.filter(pk__in=submitted, status=Task.Status.FINISHED).count()
    return finished == len(wanted)


def _import_clips() -> None:
    with tempfile.TemporaryDirectory(prefix="mediahub-demo-") as folder:
        for clip in make_demo_clips(Path(folder)):
            row = media.import_file(path=clip.path)
            media.update(media=row, name=clip.title, tags=TagChange(add=[_TAG]))


def _without_task() -> QuerySet[Media]:
    """Clips of the demo without a task."""
    return Media.objects.filter(tag_rows__name=_TAG, tasks=None)


def _submit(row: Media) -> int:
    task = submission.submit(
        media=row,
        snapshots=[SnapshotSpec(10, _POINTS), SnapshotSpec(50, _POINTS[:2])],
        covers=[CoverSpec(10, _COVER_AT)],
        interface=Task.Interface.COMMAND,
    )
    return task.pk


def _probing(added: Iterable[int]) -> bool:
    return Media.objects.filter(pk__in=added, status=Media.Status.PROBING).exists()


def _running(submitted: Iterable[int]) -> bool:
    return Task.objects.filter(pk__in=submitted, finished_at=None).exists()


def _wait(is_done: Callable[[], bool], keep_on: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _TIMEOUT_S
    while keep_on() and time.monotonic() < deadline:
        if is_done():
            return True
        time.sleep(_POLL_S)
    return False
