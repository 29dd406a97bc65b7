"""The parts of a media item's page: URLs, cover, tasks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from ...models import Media, Task
from ...services import covers, presentation
from ...storage import picture_url
from ..tasks import status
from ..tasks.operations import operations_summary
from ..ui import formatting
from ..ui.permissions import may
from . import details
from .bulk_actions import BulkAction

_TASKS_SHOWN = 20


def list_of(model: str, media: Media) -> str:
    """The URL of a list, filtered by a media item."""
    return reverse(f"admin:snapshots_{model}_changelist") + f"?media={media.file_id}"


def bulk_url(request: HttpRequest, action: BulkAction, media: Media) -> str:
    """The URL of a bulk action's form for this media item; empty if it is not allowed."""
    possible = may(request, *action.needs) and media.status == Media.Status.READY
    return f"{action.url}?media={media.pk}" if possible else ""


def file_url(media: Media) -> str:
    """The URL of its source; empty if it was never downloaded."""
    has_source = media.source_type != Media.SourceType.URL or media.source
    return f"/api/v1/media/{media.file_id}/file/" if has_source else ""


def cover(media: Media) -> dict[str, Any] | None:
    shape = presentation.cover(media)
    if shape is None:
        return None
    return {
        "url": shape["url"],
        "snapshot": shape["snapshot"],
        "story": details.cover_story(media, shape),
    }


def previous_cover(media: Media) -> dict[str, Any] | None:
    """The cover that undoing its last change would restore."""
    change = covers.last_change(media=media)
    if change is None:
        return None
    return {"change": change.pk, "url": picture_url(change.shown) if change.shown else ""}


def recent_tasks(media: Media) -> list[dict[str, Any]]:
    rows = status.with_failures(Task.objects.filter(media=media))[:_TASKS_SHOWN]
    return [
        {
            "row": row,
            "summary": operations_summary(row),
            "badge": status.of(row).badge,
            "progress": formatting.progress(row.progress),
        }
        for row in rows
    ]
