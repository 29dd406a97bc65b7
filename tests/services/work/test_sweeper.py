"""The sweeper: lost wake-ups and dead workers cost time, never work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ

from snapshots import jobs, queue
from snapshots.models import Media, Task
from snapshots.services import tasks
from snapshots.services.library import probing
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work.sweeper import Swept, is_stalled, sweep


def submit(media: Media, count: int) -> None:
    for _ in range(count):
        submission.submit(
            media=media, snapshots=[SnapshotSpec(10, ["0s"])], interface=Task.Interface.REST
        )


def test_wiped_queue_gets_new_wake_ups(ready_media: Media) -> None:
    submit(ready_media, 1)
    OrmQ.objects.all().delete()
    assert sweep() == Swept(failed=0, woken=1, dropped=0)
    assert queue.pending() == 1
    assert sweep() == Swept(failed=0, woken=0, dropped=0)


def test_wake_ups_are_limited_by_the_workers(ready_media: Media) -> None:
    submit(ready_media, 20)
    OrmQ.objects.all().delete()
    assert sweep().woken == 2 * settings.MEDIAHUB_WORKERS


def test_waiting_probe_gets_a_wake_up(probing_media: Media) -> None:
    OrmQ.objects.all().delete()
    assert sweep().woken == 1


def test_only_expired_leases_get_wake_ups(ready_media: Media) -> None:
    submit(ready_media, 1)
    OrmQ.objects.all().delete()
    tasks.claim_next()
    assert sweep().woken == 0
    Task.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep().woken == 1


def test_work_without_attempts_left_fails(ready_media: Media, probing_media: Media) -> None:
    late = timezone.now() - timedelta(seconds=1)
    submit(ready_media, 1)
    tasks.claim_next()
    probing.claim_next()
    Task.objects.update(attempts=3, lease_until=late)
    Media.objects.filter(status="probing").update(attempts=3, lease_until=late)
    assert sweep().failed == 1 + Media.objects.filter(error_code="worker_lost").count()
    assert Task.objects.get().error_code == "worker_lost"


def test_waiting_work_with_idle_workers_is_stalled(ready_media: Media) -> None:
    assert not is_stalled()
    submit(ready_media, 2)
    assert is_stalled()
    tasks.claim_next()
    assert not is_stalled()


def test_woken_worker_continues_while_more_waits(ready_media: Media) -> None:
    submit(ready_media, 3)
    OrmQ.objects.all().delete()
    jobs.run_waiting()
    assert Task.objects.filter(status="finished").count() == 3
    assert queue.pending() == 0


def test_worker_wakes_the_next_until_nothing_waits(
    ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_BATCH_S", 0.0)
    submit(ready_media, 3)
    OrmQ.objects.all().delete()
    for waiting in (2, 1):
        jobs.run_waiting()
        assert Task.objects.filter(status="waiting").count() == waiting
        assert queue.pending() >= 1
    OrmQ.objects.all().delete()
    jobs.run_waiting()
    assert queue.pending() == 0
