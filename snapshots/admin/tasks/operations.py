"""A task's operations as shown: in one line, and each with its time points."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext

from ...models import Operation, Snapshot, Task
from ...translation import translate
from ..ui import formatting
from ..ui.galleries import shown


def operations_summary(task: Task) -> str:
    """What the task makes, as `3 snapshots, 1 cover`. The operations should be prefetched."""
    snapshots = covers = 0
    for operation in task.operations.all():
        if operation.type == Operation.Type.COVER:
            covers += 1
        else:
            snapshots += len(operation.at)
    words = [] if task.kind == Task.Kind.PROCESS else [str(task.get_kind_display())]
    if snapshots:
        words.append(ngettext("%d snapshot", "%d snapshots", snapshots) % snapshots)
    if covers:
        words.append(ngettext("%d cover", "%d covers", covers) % covers)
    return ", ".join(words)


def operations(task: Task) -> list[dict[str, Any]]:
    rows = task.operations.prefetch_related("snapshots")
    return [
        {
            "row": row,
            "template": formatting.template_name(row.template),
            "look": formatting.template_look(row.template),
            "points": _points(task, row),
        }
        for row in rows
    ]


def _points(task: Task, operation: Operation) -> list[dict[str, Any]]:
    by_index = {snapshot.index: snapshot for snapshot in operation.snapshots.all()}
    return [
        _point(task, operation, at, by_index.get(index)) for index, at in enumerate(operation.at)
    ]


def _point(task: Task, operation: Operation, at: str, snapshot: Snapshot | None) -> dict[str, Any]:
    if snapshot is not None and snapshot.picture:
        return {"at": at, "picture": shown(snapshot)}
    if snapshot is not None:
        return {"at": at, "reason": translate(snapshot.error), "code": snapshot.error_code}
    if not task.is_ended:
        return {"at": at, "waiting": True}
    reason = operation.error or task.error
    code = operation.error_code or task.error_code
    if not code:
        gone = gettext("The picture was deleted.")
        return {"at": at, "reason": gone, "code": ""}
    return {"at": at, "reason": translate(reason), "code": code}
