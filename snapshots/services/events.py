"""The outbox: an event is written in the transaction that makes it true."""

from __future__ import annotations

from django.db.models import Max

from ..models import Event, EventConfig, Media, Task
from . import presentation


def task_ended(*, task: Task) -> None:
    """Say that a task ended, unless nobody was to be told. Call inside its transaction."""
    if task.notify_mode == Task.Notify.NONE:
        return
    _write(Event.Kind.TASK_FINISHED, task.task_id, media=_media_of(task), task=task)


def task_changed(*, task: Task) -> None:
    """Say that a task moved on, where every change was asked for."""
    if task.notify_mode == Task.Notify.CHANGE:
        _write(Event.Kind.TASK_CHANGED, task.task_id, media=_media_of(task), task=task)


def media_ready(*, media: Media) -> None:
    if _config().upload_event:
        _write(Event.Kind.MEDIA_READY, media.file_id, media=media)


def media_deleted(*, media: Media) -> None:
    if _config().delete_event:
        _write(Event.Kind.MEDIA_DELETED, media.file_id, media=media)


def _config() -> EventConfig:
    """The one row, or its defaults while nobody has set anything."""
    return EventConfig.objects.first() or EventConfig()


def _media_of(task: Task) -> Media | None:
    return Media.objects.for_reading().filter(tasks=task).first()


def _write(
    kind: Event.Kind, subject: str, *, media: Media | None, task: Task | None = None
) -> None:
    last = Event.objects.filter(subject=subject).aggregate(last=Max("sequence"))["last"]
    Event.objects.create(
        kind=kind,
        subject=subject,
        sequence=(last or 0) + 1,
        mode=_config().mode,
        payload={
            "media": presentation.media(media) if media else None,
            "task": presentation.task(Task.objects.for_reading().get(pk=task.pk)) if task else None,
        },
    )
