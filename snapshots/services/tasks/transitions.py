"""Transitions without a claim: tasks are aborted, given back, and failed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from ...errors import Conflict, NotFound
from ...messages import message as _
from ...models import Media, Snapshot, Task
from ...models.work.lease import holder_name
from ...models.work.row_error import error_values
from ..events import outbox
from . import results

_ENDED = (Task.Status.FINISHED, Task.Status.FAILED, Task.Status.ABORTED)


def get(*, task_id: str) -> Task:
    try:
        return Task.objects.for_reading().get(task_id=task_id)
    except Task.DoesNotExist as error:
        raise NotFound("task_not_found", _("There is no task %(id)s.", id=task_id)) from error


def abort(*, task: Task) -> None:
    """End a waiting task. Raises `Conflict` (`not_waiting`) once it has begun."""
    with transaction.atomic():
        waiting = Task.objects.filter(pk=task.pk, status=Task.Status.WAITING)
        if not waiting.update(status=Task.Status.ABORTED, finished_at=timezone.now()):
            raise Conflict(
                "not_waiting",
                _("Only a waiting task can be aborted; this one has started or ended."),
            )
        results.close(task.pk, "aborted", _("The task was aborted before it started."))
        outbox.task_ended(task=Task.objects.get(pk=task.pk))


def lock_for_deletion(*, media: Media) -> None:
    """Lock the media's open tasks before the media row, in the order in which workers lock.

    Another order could deadlock. Call inside the deletion.
    """
    open_tasks = Task.objects.filter(media=media).exclude(status__in=_ENDED).order_by("pk")
    list(open_tasks.select_for_update().values_list("pk"))


def end_for_deleted_media(*, media: Media) -> None:
    """Abort waiting tasks of this media, fail running ones. Call inside the deletion."""
    now = timezone.now()
    message = _("The video was deleted.")
    for task in Task.objects.filter(media=media).exclude(status__in=_ENDED):
        status = Task.Status.ABORTED if task.status == "waiting" else Task.Status.FAILED
        changed = Task.objects.filter(pk=task.pk, status=task.status).update(
            status=status,
            **error_values("media_not_found", message),
            finished_at=now,
            lease_until=None,
            fence=task.fence + 1,
        )
        if changed:
            results.close(task.pk, "media_not_found", message)
            outbox.task_ended(task=Task.objects.get(pk=task.pk))


def give_back(*, supervisor: str, to_blame: Collection[int]) -> int:
    """Release the tasks of a dead cluster's workers at once; how many."""
    return Task.objects.all().give_back(supervisor, to_blame=to_blame, status=Task.Status.WAITING)


def give_back_pulls() -> int:
    """Release the pulls of this very process at once; how many."""
    mine = Task.objects.pulls().filter(holder=holder_name(), lease_until__isnull=False)
    return mine.update(status=Task.Status.WAITING, lease_until=None, attempts=0)


def held(*, supervisor: str) -> int:
    """Number of tasks that a supervisor's workers hold."""
    return Task.objects.all().held_by(supervisor).count()


def may_still_name(*, task: Task, picture: str) -> bool:
    """Whether a row names this picture, or may yet: an ended task gets no further rows."""
    is_open = Task.objects.filter(pk=task.pk, finished_at=None).exists()
    return is_open or Snapshot.objects.filter(picture=picture).exists()


def fail_exhausted() -> int:
    """Fail tasks whose workers died three times; how many."""
    count = 0
    for pk in Task.objects.exhausted(timezone.now()).values_list("pk", flat=True):
        count += _fail_vanished(pk)
    return count


@transaction.atomic
def _fail_vanished(pk: int) -> int:
    code, message = "worker_lost", _("The worker died three times while running this task.")
    failed = Task.objects.exhausted(timezone.now()).filter(pk=pk)
    changed = failed.update(
        status=Task.Status.FAILED,
        **error_values(code, message),
        finished_at=timezone.now(),
        lease_until=None,
    )
    if changed:
        results.close(pk, code, message)
        outbox.task_ended(task=Task.objects.get(pk=pk))
    return changed
