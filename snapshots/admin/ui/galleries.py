"""Snapshots with their receipts, as several pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from ...models import Media, Snapshot
from ...storage import picture_url
from . import formatting

_SHOWN = 200


def shown(row: Snapshot) -> dict[str, Any]:
    """A snapshot with its receipt."""
    return {
        "row": row,
        "url": picture_url(row.picture),
        "size": formatting.dimensions(row.width, row.height),
        "frame_time": formatting.frame_time(row),
    }


def of_media(media: Media) -> list[dict[str, Any]]:
    """The newest snapshots by template, the current set first, in the order of the request."""
    rows = Snapshot.objects.done().filter(media=media).select_related("operation__task")
    newest = sorted(rows.order_by("-pk")[:_SHOWN], key=_place)
    return [_group(list(group)) for _definition, group in groupby(newest, attrgetter("definition"))]


def _place(row: Snapshot) -> tuple[int, bool, int, int, int]:
    operation = row.operation
    return row.definition, not row.is_current, -operation.task_id, operation.index, row.index


def _group(rows: Iterable[Snapshot]) -> dict[str, Any]:
    pictures = [shown(row) for row in rows]
    values = pictures[0]["row"].operation.template
    return {
        "name": formatting.template_name(values),
        "look": formatting.template_look(values),
        "pictures": pictures,
    }
