"""Statistics, counted from the rows, so that every process reports the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Func, Min, Q, Sum
from django.utils import timezone

from ...models import Event, Media, Snapshot, Task
from . import heartbeats

BOUNDS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class _Seconds(Func):
    """Seconds from the second moment to the first, computed by the database."""

    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM (%(expressions)s))::double precision"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # Django's own difference of times calls back into Python for every row.
        return self.as_sql(
            compiler,
            connection,
            template="((JULIANDAY(%(expressions)s)) * 86400.0)",
            arg_joiner=") - JULIANDAY(",
            **more,
        )


@dataclass(frozen=True, slots=True)
class Durations:
    """Run times of tasks: for each of `BOUNDS_S` how many took at most that, the count, the sum."""

    up_to: tuple[int, ...]
    count: int
    sum_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    tasks: dict[str, int]  # of every status
    media: dict[str, int]
    oldest_waiting_s: float
    durations: Durations
    pushes_pending: int
    pushes_given_up: int
    source_bytes: int
    picture_bytes: int
    supervisors: int
    workers: int


def collect() -> Figures:
    alive = heartbeats.alive()
    pushes = Event.objects.filter(mode=Event.Mode.PUSH).aggregate(
        pending=Count("pk", filter=Q(due_at__isnull=False)),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
    )
    return Figures(
        tasks=by_status(Task),
        media=by_status(Media),
        oldest_waiting_s=oldest_waiting_s(),
        durations=_durations(),
        pushes_pending=pushes["pending"],
        pushes_given_up=pushes["given_up"],
        source_bytes=source_bytes(),
        picture_bytes=picture_bytes(),
        supervisors=len(alive),
        workers=sum(row.workers for row in alive),
    )


def oldest_waiting_s() -> float:
    """Age of the oldest waiting task, in seconds; 0 if none waits."""
    waiting = Task.objects.processes().filter(status=Task.Status.WAITING)
    since = waiting.aggregate(since=Min("created_at"))["since"]
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


def by_status(model: type[Task] | type[Media]) -> dict[str, int]:
    """Number of rows of every status, 0 included."""
    rows: Any = model._default_manager.order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(model.Status.values, 0) | dict(rows)


def source_bytes() -> int:
    """Size of the stored sources, without linked files."""
    return _sum(Media.objects.exclude(source_type=Media.SourceType.LINK))


def picture_bytes() -> int:
    return _sum(Snapshot.objects.all())


def _durations() -> Durations:
    took = _Seconds(F("finished_at"), F("started_at"))
    ended = Task.objects.filter(finished_at__isnull=False, started_at__isnull=False)
    found = ended.annotate(took=took).aggregate(
        count=Count("pk"),
        sum=Sum("took"),
        **{f"le_{n}": Count("pk", filter=Q(took__lte=s)) for n, s in enumerate(BOUNDS_S)},
    )
    up_to = tuple(found[f"le_{n}"] for n in range(len(BOUNDS_S)))
    return Durations(up_to, found["count"], found["sum"] or 0.0)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(sum=Sum("size_bytes"))["sum"] or 0)
