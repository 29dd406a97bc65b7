"""The dashboard's data: newest media, recent days, undelivered events, in a few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from ...models import Event, Media, Task
from . import stats

DAYS = 14
_LATEST = 8


@dataclass(frozen=True, slots=True)
class Day:
    """Tasks that ended on one day of the site's time zone."""

    date: date
    finished: int
    failed: int

    @property
    def total(self) -> int:
        return self.finished + self.failed


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Undelivered events: to be pushed, given up, and not yet pulled and confirmed."""

    to_push: int
    given_up: int
    to_pull: int


def latest_media() -> list[Media]:
    """The newest media, with their covers."""
    return list(
        Media.objects.select_related("cover_snapshot").defer("frame_index", "probe")[:_LATEST]
    )


def last_days() -> list[Day]:
    """The last `DAYS` days, oldest first; today is the last, and not over yet."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    counted = Task.objects.filter(finished_at__gte=starts[0]).aggregate(
        **{
            f"{status}_{n}": Count("pk", filter=_within(start, status))
            for n, start in enumerate(starts)
            for status in (Task.Status.FINISHED, Task.Status.FAILED)
        }
    )
    return [
        Day(start.date(), counted[f"finished_{n}"], counted[f"failed_{n}"])
        for n, start in enumerate(starts)
    ]


def undelivered() -> Undelivered:
    return Undelivered(  # three counts, each of an index that holds just these
        to_push=Event.objects.filter(due_at__isnull=False).count(),
        given_up=Event.objects.filter(given_up_at__isnull=False).count(),
        to_pull=Event.objects.filter(mode=Event.Mode.PULL, confirmed_at=None).count(),
    )


def media_by_status() -> dict[str, int]:
    """Number of media of every status, 0 included."""
    return stats.by_status(Media)


def tasks_by_status() -> dict[str, int]:
    return stats.by_status(Task)


def _within(start: datetime, status: str) -> Q:
    return Q(status=status, finished_at__gte=start, finished_at__lt=start + timedelta(days=1))
