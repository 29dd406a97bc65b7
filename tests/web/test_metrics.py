"""Figures for Prometheus, read as Prometheus reads them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from snapshots.models import Event, Media, Snapshot, Task
from snapshots.services.ops import heartbeats

TOKEN = {"Authorization": "Bearer for-tests-only"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.MEDIAHUB_METRICS_TOKEN = "for-tests-only"


def scraped(client: Client) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    response = client.get("/metrics", headers=TOKEN)
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def ended(task: Task, took_s: float, status: str = "finished") -> None:
    now = timezone.now()
    Task.objects.filter(pk=task.pk).update(
        status=status, started_at=now - timedelta(seconds=took_s), finished_at=now,
        error_code="timeout" if status == "failed" else "",
    )  # fmt: skip


def test_tasks_are_counted_by_status(client, make_media, make_task):
    media = make_media()
    for _ in range(3):
        make_task(media)
    ended(make_task(media), 1)
    make_media(status="failed", error_code="unreadable")
    found = scraped(client)
    assert found["mediahub_tasks", "waiting"] == 3
    assert found["mediahub_tasks", "finished"] == 1
    assert found["mediahub_tasks", "aborted"] == 0
    assert found["mediahub_media", "ready"] == 1
    assert found["mediahub_media", "failed"] == 1


def test_the_age_of_the_oldest_waiting_task(client, make_media, make_task):
    assert scraped(client)["mediahub_oldest_waiting_task_seconds",] == 0
    task = make_task(make_media())
    make_task(make_media())
    Task.objects.filter(pk=task.pk).update(created_at=timezone.now() - timedelta(seconds=100))
    assert 100 <= scraped(client)["mediahub_oldest_waiting_task_seconds",] < 110


def test_durations_are_a_histogram_of_all_that_ran(client, make_media, make_task):
    media = make_media()
    for took in (0.05, 0.3, 0.3, 7.0, 4000.0):
        ended(make_task(media), took, "failed" if took == 7.0 else "finished")
    make_task(media)
    found = scraped(client)
    name = "mediahub_task_duration_seconds"
    steps = {label: found[f"{name}_bucket", label] for label in ("0.1", "0.25", "0.5", "5.0")}
    assert steps == {"0.1": 1, "0.25": 1, "0.5": 3, "5.0": 3}
    assert found[f"{name}_bucket", "10.0"] == 4
    assert found[f"{name}_bucket", "1800.0"] == 4
    assert found[f"{name}_bucket", "+Inf"] == found[f"{name}_count",] == 5
    assert found[f"{name}_sum",] == pytest.approx(4007.65, abs=0.01)


def test_deliveries_pending_and_given_up(client, db):
    now = timezone.now()
    values = {"kind": "media.ready", "mode": "push", "payload": {}}
    Event.objects.create(subject="1", sequence=1, due_at=now, **values)
    Event.objects.create(subject="2", sequence=1, due_at=now, **values)
    Event.objects.create(subject="3", sequence=1, given_up_at=now, **values)
    Event.objects.create(subject="4", sequence=1, delivered_at=now, **values)
    found = scraped(client)
    assert found["mediahub_deliveries", "pending"] == 2
    assert found["mediahub_deliveries", "given_up"] == 1


def test_bytes_in_the_store_without_those_that_are_linked(
    client: Client, make_media: Callable[..., Media], make_snapshot: Callable[..., Snapshot]
) -> None:
    make_snapshot(make_media(size_bytes=1000))
    make_media(size_bytes=5000, link="/somewhere.mp4", source_type="link")
    found = scraped(client)
    assert found["mediahub_stored_bytes", "sources"] == 1000
    assert found["mediahub_stored_bytes", "pictures"] == 10


def test_supervisors_and_workers(client, db):
    heartbeats.beat(host="here", pid=1, workers=2)
    heartbeats.beat(host="there", pid=1, workers=3)
    found = scraped(client)
    assert found["mediahub_supervisors",] == 2
    assert found["mediahub_workers",] == 5


# --- For whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "for-tests-only", "Bearer ä"])
def test_strangers_get_nothing(client, db, given):
    response = client.get("/metrics", headers={"Authorization": given})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.content == b""


def test_without_a_token_set_no_token_opens_it(client, db, settings):
    settings.MEDIAHUB_METRICS_TOKEN = ""
    for given in ("Bearer ", "Bearer", "Bearer None"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_whoever_may_sign_in_to_the_console_may_look(client, user_of):
    user = user_of()
    client.force_login(user)
    assert client.get("/metrics").status_code == 401
    user.is_staff = True
    user.save()
    assert b"mediahub_tasks" in client.get("/metrics").content


def test_without_the_package_it_is_not_there(client, db, monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    assert client.get("/metrics", headers=TOKEN).status_code == 404
