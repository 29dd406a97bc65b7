"""The outbox: when events are written, and that concurrent pulls share none."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from snapshots.errors import Conflict
from snapshots.messages import Message
from snapshots.models import Event, Media, Task
from snapshots.services import tasks
from snapshots.services.events import config as event_config
from snapshots.services.events import outbox
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work.sweeper import sweep
from tests.support.concurrency import at_once


def write(count: int) -> None:
    """Events that nobody has pulled."""
    Event.objects.bulk_create(
        Event(kind="media.ready", subject=f"{number}", sequence=1, mode="pull",
              payload={"media": None, "task": None})
        for number in range(count)
    )  # fmt: skip


def come_back() -> None:
    late = timezone.now() - timedelta(milliseconds=1)
    Event.objects.exclude(hidden_until=None).update(hidden_until=late)


# --- Many at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_concurrent_pulls_share_no_event() -> None:
    write(100)
    got: list[list[int]] = []

    def drain() -> None:
        while rows := outbox.pull():
            got.append([row.pk for row in rows])

    at_once(*[drain] * 4)
    pulled = Counter(pk for batch in got for pk in batch)
    assert set(pulled.values()) == {1}
    assert set(pulled) == set(Event.objects.values_list("pk", flat=True))
    assert all(len(batch) <= outbox.MAX_PULL for batch in got)
    assert Event.objects.values("pull_token").distinct().count() == len(got)


def _pull_into(got: list[Event]) -> None:
    got += outbox.pull()


@pytest.mark.django_db(transaction=True)
def test_few_events_go_to_one_of_many_pulls() -> None:
    for _ in range(10):
        Event.objects.all().delete()
        write(1)
        got: list[Event] = []
        at_once(*[partial(_pull_into, got)] * 3)
        assert len(got) == 1


@pytest.mark.django_db(transaction=True)
def test_late_confirmation_does_not_confirm_another_pull() -> None:
    write(16)
    first = [outbox.handle(row) for row in outbox.pull()]
    come_back()
    second: list[Event] = []
    codes: list[str] = []

    def confirm_late() -> None:
        try:
            outbox.confirm(handles=first)
        except Conflict as error:
            codes.append(error.code)

    at_once(confirm_late, partial(_pull_into, second))
    assert codes == ["handle_expired"]
    assert not Event.objects.exclude(confirmed_at=None).exists()
    assert outbox.confirm(handles=[outbox.handle(row) for row in second]) == 16


# --- Written with what makes them true -----------------------------------------------------------


def test_uncommitted_event_is_never_pulled(ready_media: Media) -> None:
    with transaction.atomic():
        outbox.media_deleted(media=ready_media)
        assert Event.objects.filter(kind="media.deleted").exists()
        transaction.set_rollback(True)
    assert not Event.objects.filter(kind="media.deleted").exists()


def test_events_are_numbered_per_subject(ready_media: Media) -> None:
    Event.objects.all().delete()
    specs = [SnapshotSpec(10, ["0s"])]
    for mode in ("change", "finish", "none"):
        submission.submit(
            media=ready_media, snapshots=specs, interface=Task.Interface.REST, notify_mode=mode
        )
    for _ in range(3):
        claim = tasks.claim_next()
        assert claim
        tasks.fail(claim=claim, code="unreadable", message=Message("x"))
    written = Event.objects.order_by("pk").values_list("kind", "subject", "sequence")
    first, second, third = Task.objects.order_by("pk").values_list("task_id", flat=True)
    assert list(written) == [
        ("task.changed", first, 1), ("task.finished", first, 2), ("task.finished", second, 1),
    ]  # fmt: skip
    assert not Event.objects.filter(subject=third).exists()


def test_event_keeps_its_mode_and_interface(ready_media: Media) -> None:
    Event.objects.all().delete()
    event_config.configure(mode="push", url="https://example.com/")
    specs = [SnapshotSpec(10, ["0s"])]
    task = submission.submit(
        media=ready_media, snapshots=specs, interface=Task.Interface.VOD_LEGACY
    )
    tasks.abort(task=task)
    event_config.configure(mode="pull")
    event = Event.objects.get()
    assert (event.mode, event.interface) == ("push", "vod_legacy")
    assert outbox.pull() == []
    assert outbox.waiting() == 0


# --- Retention -----------------------------------------------------------------------------------


def age(event: Event, **ago: float) -> None:
    Event.objects.filter(pk=event.pk).update(created_at=timezone.now() - timedelta(**ago))


def test_events_older_than_four_days_are_deleted(db: None) -> None:
    write(4)
    old, confirmed, pushed, young = Event.objects.order_by("pk")
    for event in (old, confirmed, pushed):
        age(event, days=4, seconds=5)
    age(young, days=3, hours=23)
    Event.objects.filter(pk=confirmed.pk).update(confirmed_at=timezone.now())
    Event.objects.filter(pk=pushed.pk).update(mode="push")
    assert [row.pk for row in outbox.pull()] == [young.pk]
    assert outbox.delete_old() == 3
    assert list(Event.objects.values_list("pk", flat=True)) == [young.pk]
    assert outbox.delete_old() == 0


def test_sweeper_deletes_old_events(db: None) -> None:
    write(2)
    age(Event.objects.order_by("pk")[0], days=5)
    assert sweep().dropped == 1
    assert Event.objects.count() == 1
    assert sweep().dropped == 0


def test_pulled_event_can_be_confirmed_past_its_retention(db: None) -> None:
    write(1)
    (row,) = outbox.pull()
    age(row, days=4, seconds=1)
    assert outbox.confirm(handles=[outbox.handle(row)]) == 1
