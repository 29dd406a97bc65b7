"""Lost rings and vanished workers cost time, never work."""

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


def test_a_wiped_queue_is_rung_again(ready_media: Media) -> None:
    submit(ready_media, 1)
    OrmQ.objects.all().delete()
    assert sweep() == Swept(failed=0, rung=1, dropped=0)
    assert queue.rings() == 1
    assert sweep() == Swept(failed=0, rung=0, dropped=0)


def test_no_more_rings_than_workers_can_answer(ready_media: Media) -> None:
    submit(ready_media, 20)
    OrmQ.objects.all().delete()
    assert sweep().rung == 2 * settings.MEDIAHUB_WORKERS


def test_a_probe_without_a_ring_is_rung_for(probing_media: Media) -> None:
    OrmQ.objects.all().delete()
    assert sweep().rung == 1


def test_an_expired_lease_is_rung_for_and_a_good_one_is_not(ready_media: Media) -> None:
    submit(ready_media, 1)
    OrmQ.objects.all().delete()
    tasks.claim_next()
    assert sweep().rung == 0
    Task.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep().rung == 1


def test_what_is_out_of_tries_fails(ready_media: Media, probing_media: Media) -> None:
    late = timezone.now() - timedelta(seconds=1)
    submit(ready_media, 1)
    tasks.claim_next()
    probing.claim_next()
    Task.objects.update(attempts=3, lease_until=late)
    Media.objects.filter(status="probing").update(attempts=3, lease_until=late)
    assert sweep().failed == 1 + Media.objects.filter(error_code="worker_lost").count()
    assert Task.objects.get().error_code == "worker_lost"


def test_work_that_waits_while_nobody_is_at_work_is_a_fault(ready_media: Media) -> None:
    assert not is_stalled()
    submit(ready_media, 2)
    assert is_stalled()
    tasks.claim_next()
    assert not is_stalled()


def test_who_answers_stays_while_more_is_waiting(ready_media: Media) -> None:
    submit(ready_media, 3)
    OrmQ.objects.all().delete()
    jobs.answer()
    assert Task.objects.filter(status="finished").count() == 3
    assert queue.rings() == 0


def test_one_answer_leads_to_the_next_until_nothing_waits(
    ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_STAY_S", 0.0)
    submit(ready_media, 3)
    OrmQ.objects.all().delete()
    for waiting in (2, 1):
        jobs.answer()
        assert Task.objects.filter(status="waiting").count() == waiting
        assert queue.rings() >= 1
    OrmQ.objects.all().delete()
    jobs.answer()
    assert queue.rings() == 0
