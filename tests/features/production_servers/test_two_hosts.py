"""Two hosts' workers on one PostgreSQL and one folder: every task is done exactly once."""

from __future__ import annotations

import pytest

from tests.support.processes import wait_for

from .hosts import Site

pytestmark = pytest.mark.timeout(180)
TASKS = 40


def test_two_supervisors_share_the_work_and_do_all_of_it_once(site: Site) -> None:
    alive = "SELECT pid FROM snapshots_heartbeat"
    with site.worker() as one, site.worker() as other:
        assert wait_for(lambda: {(one.pid,), (other.pid,)} <= set(site.ask(alive)), 30)
        site.submit(TASKS)
        site.assert_all_done_once(TASKS)
    taken = site.ask("SELECT holder, count(*) FROM audit WHERE became = 'processing' GROUP BY 1")
    assert sum(count for _, count in taken) == TASKS
    supervisors = {holder.partition("/")[0].rpartition(":")[2] for holder, _ in taken}
    assert supervisors == {str(one.pid), str(other.pid)}
    assert site.ask(alive) == []


def test_tasks_with_lost_wake_ups_are_still_done(site: Site) -> None:
    site.submit(8)
    assert site.pending_wake_ups() > 0
    site.wipe()
    assert (site.pending_wake_ups(), site.count("waiting")) == (0, 8)
    with site.worker():
        site.assert_all_done_once(8)


def test_tasks_submitted_during_a_redis_outage_are_done_afterwards(
    site_with_redis: Site,
) -> None:
    site, redis = site_with_redis, site_with_redis.redis
    assert redis is not None
    with site.worker() as worker:
        assert wait_for(
            lambda: site.ask(f"SELECT 1 FROM snapshots_heartbeat WHERE pid = {worker.pid}")
        )
        redis.stop()
        site.submit(4)
        assert site.count("waiting") == 4
        redis.start()
        site.assert_all_done_once(4)


def test_a_restarted_database_loses_nothing(site: Site) -> None:
    site.lease_s = 5  # what the restart cuts off is taken up when its lease ends
    with site.worker():
        site.submit(TASKS)
        assert wait_for(lambda: site.count("finished") > 2, 30)
        site.postgresql.stop()
        site.postgresql.start()
        assert site.count("finished") < TASKS
        site.assert_all_done_once(TASKS)
