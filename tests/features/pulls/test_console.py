"""Pulls in the console: URLs accepted or refused one by one, with their progress."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from snapshots.models import Media, Task
from snapshots.services.tasks import pulls
from tests.admin.conftest import admin, sign_in, texts  # noqa: F401 - fixtures

from ...support.file_server import Origin

ADD = reverse("admin:snapshots_media_add")
Run = Callable[[], bool]
pytestmark = pytest.mark.usefixtures("presets")


def page_of(media: Media) -> str:
    return reverse("admin:snapshots_media_change", args=[media.pk])


def test_one_address_leads_to_its_page(admin: Client, there: Origin) -> None:  # noqa: F811
    answer = admin.post(ADD, {"addresses": f" {there.url} \n\n"})
    media = Media.objects.get()
    assert answer["Location"] == page_of(media)
    assert Task.objects.get().interface == "console"
    shown = admin.get(page_of(media)).content.decode()
    assert "Pulling" in shown
    assert "data-moving" in shown
    assert "Download source" not in shown


def test_valid_urls_are_submitted_and_invalid_ones_stay(admin: Client, there: Origin) -> None:  # noqa: F811
    bad = "http://169.254.169.254/latest/"
    answer = admin.post(ADD, {"addresses": f"{there.url}\n{bad}\nftp://x/y\n{there.url}"})
    assert Media.objects.count() == 1
    form = answer.context["addresses"]
    assert [error.partition(": ")[0] for error in form.errors["addresses"]] == [bad, "ftp://x/y"]
    assert form["addresses"].value() == f"{bad}\nftp://x/y"
    assert texts(answer)[0].startswith("1 media item added:")


def test_empty_form_is_refused(admin: Client) -> None:  # noqa: F811
    page = admin.post(ADD, {"addresses": " \n"}).content.decode()
    assert "Enter at least one URL." in page


def test_interrupted_pull_shows_its_error_on_both_pages(
    admin: Client, there: Origin, data: bytes, run: Run  # noqa: F811
) -> None:  # fmt: skip
    there.cuts = [len(data) // 2]
    task = pulls.create(url=there.url, interface=Task.Interface.CONSOLE)
    assert run()
    media_page = admin.get(page_of(Media.objects.get())).content.decode()
    task_page = admin.get(reverse("admin:snapshots_task_change", args=[task.pk])).content.decode()
    for page in (media_page, task_page):
        assert "The server closed" in page
        assert "token=secret" not in page
    assert "/films/holiday%20one.mp4?…" in task_page
    listed = admin.get(reverse("admin:snapshots_task_changelist")).content.decode()
    assert "Download by URL" in listed


def test_a_failed_pull_can_be_run_again(admin: Client, there: Origin, run: Run) -> None:  # noqa: F811
    there.statuses = [404]
    task = pulls.create(url=there.url, interface=Task.Interface.CONSOLE)
    assert run()
    page = admin.get(page_of(Media.objects.get())).content.decode()
    assert "The video could not be fetched. The server answered with status 404." in page
    assert "run its task below again" in page
    task_page = reverse("admin:snapshots_task_change", args=[task.pk])
    assert "Run again" in admin.get(task_page).content.decode()
    admin.post(reverse("admin:snapshots_task_run_again", args=[task.pk]))
    assert run()
    assert Media.objects.get().status == "probing"
    assert "Run again" not in admin.get(task_page).content.decode()


def test_page_needs_permission_to_add(sign_in: Callable[..., Client]) -> None:  # noqa: F811
    client = sign_in("view_media", "change_media")
    assert client.post(ADD, {"addresses": "https://example.com/x.mp4"}).status_code == 403
    assert not Media.objects.exists()
