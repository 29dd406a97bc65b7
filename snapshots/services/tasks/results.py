"""Results of a task: its operations' states, its progress, the media's current sets.

Called by `tasks` inside its transactions; nothing here checks claims.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...messages import Message
from ...models import Media, Operation, Snapshot, Task
from ...models.work.row_error import ERROR_FIELDS, error_values


def progress(task: Task) -> int:
    """Percentage of points done; only `finish` sets 100."""
    requested = sum(len(at) for at in task.operations.order_by().values_list("at", flat=True))
    done = Snapshot.objects.filter(operation__task=task).count()
    return min(99, 100 * done // max(requested, 1))


def settle(operation: Operation) -> None:
    """Set the operation's state from those of its points."""
    rows = list(operation.snapshots.all())
    failed = next((row for row in rows if not row.picture), None)
    if failed is None:
        operation.status = Operation.Status.SUCCEEDED
    elif any(row.picture for row in rows):
        operation.status = Operation.Status.PARTIAL
    else:
        operation.status = Operation.Status.FAILED
        _set_error(operation, failed.error_code, failed.error)
    operation.save(update_fields=["status", *ERROR_FIELDS])


def renew_current_sets(task: Task, media: Media, operations: Iterable[Operation]) -> None:
    """Make this task's pictures current for each definition, unless a later task's are.

    Needs the operations' snapshots prefetched.
    """
    mine = Snapshot.objects.done().filter(
        operation__task=task, operation__type=Operation.Type.SNAPSHOT
    )
    definitions = {
        operation.definition
        for operation in operations
        if operation.type == Operation.Type.SNAPSHOT
        and any(snapshot.picture for snapshot in operation.snapshots.all())
    }
    for definition in definitions:
        current = Snapshot.objects.filter(media=media, definition=definition, is_current=True)
        if not current.filter(operation__task__gt=task.pk).exists():
            current.update(is_current=False)
            mine.filter(definition=definition).update(is_current=True)


def close(task: int, code: str, message: Message) -> None:
    """Close operations that have not ended: partial if they have pictures, else failed.

    A media item that waits for this task to pull its file fails too.
    """
    unsettled = (Operation.Status.WAITING, Operation.Status.PROCESSING)
    for operation in Operation.objects.filter(task=task, status__in=unsettled):
        done = operation.snapshots.done().exists()
        operation.status = Operation.Status.PARTIAL if done else Operation.Status.FAILED
        _set_error(operation, code, message)
        operation.save(update_fields=["status", *ERROR_FIELDS])
    pulled = Task.objects.pulls().filter(pk=task).values("media")
    Media.objects.filter(pk__in=pulled, status=Media.Status.PULLING).update(
        status=Media.Status.FAILED, **error_values(code, message)
    )


def _set_error(operation: Operation, code: str, message: Message) -> None:
    for field, value in error_values(code, message).items():
        setattr(operation, field, value)
