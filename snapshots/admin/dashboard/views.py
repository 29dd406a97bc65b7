"""The dashboard: totals, running tasks, the last days, and the newest media."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...models import Media, Task
from ...services import presentation
from ...services.ops import dashboard, stats
from ...services.ops.dashboard import Day
from ..ui import formatting
from ..ui.permissions import may
from . import chart


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure. `state` colours it if it needs attention."""

    label: str | Promise
    value: str
    note: str = ""
    url: str = ""
    state: str = ""


def context(request: HttpRequest) -> dict[str, Any]:
    """The parts of the page that the user may see."""
    parts: dict[str, Any] = {"tiles": _tiles(request)}
    if may(request, "view_task"):
        days = dashboard.last_days()
        parts["chart"] = chart.of(_bars(days))
        parts["tasks_ended"] = _summary(days)
    if may(request, "view_media"):
        parts["latest"] = [_card(row) for row in dashboard.latest_media()]
        parts["may_add"] = may(request, "add_media")
    return parts


def _tiles(request: HttpRequest) -> list[Tile]:
    tiles = []
    if may(request, "view_media"):
        tiles += _media_tiles()
    if may(request, "view_task"):
        tiles += _task_tiles()
    if may(request, "view_media"):
        tiles.append(_storage_tile())
    if may(request, "view_event"):
        tiles.append(_event_tile())
    return tiles


def _media_tiles() -> list[Tile]:
    counts = dashboard.media_by_status()
    failed = counts[Media.Status.FAILED]
    pending = counts[Media.Status.PROBING] + counts[Media.Status.PULLING]
    notes = []
    if pending:
        notes.append(ngettext("%d is being looked at", "%d are being looked at", pending) % pending)
    if failed:
        notes.append(ngettext("%d failed", "%d failed", failed) % failed)
    total = number_format(sum(counts.values()), force_grouping=True)
    return [Tile(_("Media"), total, ", ".join(notes), _list_of("media"))]


def _task_tiles() -> list[Tile]:
    counts = dashboard.tasks_by_status()
    waiting, failed = counts[Task.Status.WAITING], counts[Task.Status.FAILED]
    waits_s = stats.oldest_waiting_s()
    oldest = _("the oldest for %(time)s") % {"time": _time(waits_s)} if waiting else ""
    return [
        _task_tile(_("Tasks waiting"), Task.Status.WAITING, waiting, oldest),
        _task_tile(_("Tasks running"), Task.Status.PROCESSING, counts[Task.Status.PROCESSING]),
        _task_tile(_("Tasks failed"), Task.Status.FAILED, failed, state="failed" if failed else ""),
    ]


def _task_tile(label: str, status: str, count: int, note: str = "", state: str = "") -> Tile:
    url = f"{_list_of('task')}?status__exact={status}"
    return Tile(label, number_format(count, force_grouping=True), note, url, state)


def _storage_tile() -> Tile:
    sources, pictures = stats.source_bytes(), stats.picture_bytes()
    sizes = {"videos": filesizeformat(sources), "pictures": filesizeformat(pictures)}
    note = _("videos %(videos)s, pictures %(pictures)s") % sizes
    return Tile(_("Storage used"), filesizeformat(sources + pictures), note)


def _event_tile() -> Tile:
    found = dashboard.undelivered()
    notes = []
    if found.to_push:
        notes.append(_("%(count)d to be sent") % {"count": found.to_push})
    if found.to_pull:
        notes.append(_("%(count)d to be pulled") % {"count": found.to_pull})
    if found.given_up:
        notes.append(_("%(count)d given up") % {"count": found.given_up})
    total = found.to_push + found.to_pull + found.given_up
    state = "failed" if found.given_up else ""
    value = number_format(total, force_grouping=True)
    return Tile(_("Events not delivered"), value, ", ".join(notes), _list_of("event"), state)


def _bars(days: list[Day]) -> list[chart.Bar]:
    return [
        chart.Bar(
            label=date_format(day.date, "MONTH_DAY_FORMAT"),
            short=f"{day.date.month}/{day.date.day}",
            good=day.finished,
            bad=day.failed,
        )
        for day in days
    ]


def _summary(days: list[Day]) -> str:
    """The chart in one sentence."""
    finished, failed = sum(day.finished for day in days), sum(day.failed for day in days)
    words = _("In the last %(days)d days %(finished)d tasks finished and %(failed)d failed.")
    return words % {"days": len(days), "finished": finished, "failed": failed}


def _card(row: Media) -> dict[str, Any]:
    cover = presentation.cover(row)
    return {
        "name": row.name,
        "url": reverse("admin:snapshots_media_change", args=[row.pk]),
        "cover": cover["url"] if cover else "",
        "duration": formatting.clock(row.duration_s),
        "badge": formatting.badge(row.status, row.get_status_display()),
    }


def _time(seconds: float) -> str:
    """In the largest unit that is at least 1: `4 min`."""
    for size, words in (
        (86400, _("%(count)d d")),
        (3600, _("%(count)d h")),
        (60, _("%(count)d min")),
    ):
        if seconds >= size:
            return words % {"count": seconds // size}
    return _("%(count)d s") % {"count": seconds}


def _list_of(model: str) -> str:
    return reverse(f"admin:snapshots_{model}_changelist")
