"""Priorities: the highest runs first, whichever interface submitted the task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from snapshots.models import Media, Task
from snapshots.services import tasks
from tests.vod.conftest import Vod, vod, vod_as  # noqa: F401 - fixtures

ORDER = (0, -10, 10, 3, 10, 0)


@pytest.fixture
def ask(
    request: pytest.FixtureRequest, api: APIClient, vod: Vod, ready_media: Media  # noqa: F811
) -> Callable[[str, int], None]:  # fmt: skip
    """Asks for one snapshot by the interface named, with a priority."""
    vod.user.is_staff = vod.user.is_superuser = True
    vod.user.save()
    console = Client()
    console.force_login(vod.user)

    def by_rest(priority: int) -> Any:
        spec = {"template": 10, "at": ["1s"]}
        body = {"media": ready_media.file_id, "snapshots": [spec], "priority": priority}
        return api.post("/api/v1/tasks/", body)

    def by_console(priority: int) -> Any:
        body = {"media": ready_media.pk, "template": 10, "at": "1s", "mode": "exact"}
        page = reverse("admin:snapshots_media_take_snapshots")
        return console.post(page, {**body, "priority": priority})

    def by_vod(priority: int) -> Any:
        points = [{"Definition": 10, "ExtTimeOffsetSet": ["1s"]}]
        return vod.current(
            "ProcessMedia", FileId=ready_media.file_id, TasksPriority=priority,
            MediaProcessTask={"SnapshotByTimeOffsetTaskSet": points},
        )  # fmt: skip

    interfaces = {"rest": by_rest, "console": by_console, "vod_current": by_vod}
    return lambda interface, priority: interfaces[interface](priority)


def claimed() -> list[tuple[int, int]]:
    """What workers take, in order: the priority of each task and which submission it was."""
    keys = list(Task.objects.order_by("pk").values_list("pk", flat=True))
    taken = []
    while claim := tasks.claim_next():
        task = Task.objects.get(pk=claim.pk)
        taken.append((task.priority, keys.index(task.pk)))
    return taken


@pytest.mark.parametrize("interface", ["rest", "console", "vod_current"])
def test_a_later_task_of_higher_priority_is_taken_first(ask, interface):
    for priority in ORDER:
        ask(interface, priority)
    assert {task.interface for task in Task.objects.all()} == {interface}
    assert claimed() == [(10, 2), (10, 4), (3, 3), (0, 0), (0, 5), (-10, 1)]


def test_interfaces_wait_in_one_line(ask):
    for interface, priority in (("rest", 0), ("console", 1), ("vod_current", 2), ("rest", 1)):
        ask(interface, priority)
    assert claimed() == [(2, 2), (1, 1), (1, 3), (0, 0)]


@pytest.mark.parametrize("priority", ["11", "-11", "much"])
def test_console_accepts_no_other_priority(client, admin_user, presets, ready_media, priority):
    client.force_login(admin_user)
    body = {"media": ready_media.pk, "template": 10, "at": "1s", "mode": "exact"}
    page = client.post(
        reverse("admin:snapshots_media_take_snapshots"), {**body, "priority": priority}
    )
    assert "priority" in page.context["form"].errors
    assert not Task.objects.exists()
