"""The audit log: changes by every interface, without values."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from snapshots.models import Media, SnapshotTemplate
from snapshots.services.library import resumable_uploads
from tests.vod.conftest import Vod, vod, vod_as  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def last() -> tuple[Any, ...]:
    entry = LogEntry.objects.latest("pk")
    return entry.user.username, entry.content_type.model, entry.action_flag, entry.change_message


def test_rest_changes_are_in_the_audit_log(
    api: APIClient, make_media: Any, make_snapshot: Any
) -> None:
    media = make_media()
    name = api.user.username  # type: ignore[attr-defined]
    one = f"{API}media/{media.file_id}/"
    api.patch(one, {"name": "Other"})
    assert last() == (name, "media", CHANGE, "Name changed (API)")
    assert LogEntry.objects.latest("pk").object_id == str(media.pk)
    snapshot = make_snapshot(media)
    api.put(f"{one}cover/", {"snapshot": snapshot.pk})
    assert last()[2:] == (CHANGE, "Cover changed (API)")
    made = api.post(f"{API}templates/", {"name": "Mine"}).json()
    assert last() == (name, "snapshottemplate", ADDITION, "Added (API)")
    assert LogEntry.objects.latest("pk").object_id == str(made["definition"])
    api.delete(one)
    assert last()[2:] == (DELETION, "Deleted (API)")
    assert LogEntry.objects.latest("pk").object_id == media.file_id


def test_refused_and_reading_calls_are_not_in_the_audit_log(
    api: APIClient, make_media: Any
) -> None:
    media = make_media()
    api.get(f"{API}media/")
    api.patch(f"{API}media/{media.file_id}/", {"nonsense": 1})
    api.delete(f"{API}media/1111111111111111111/")
    api.post(f"{API}events/pull/", {})
    assert not LogEntry.objects.exists()


def test_repeated_call_is_recorded_once(api: APIClient) -> None:
    for _ in range(2):
        api.post(f"{API}templates/", {"name": "One"}, headers={"Idempotency-Key": "k"})
    entry = LogEntry.objects.get()
    assert entry.object_id == str(SnapshotTemplate.objects.get(name="One").pk)


def test_audit_log_holds_no_secrets(api_as: Any, presets: None) -> None:
    api = api_as("Administrator")
    body = {"mode": "push", "url": "https://example.com/hook", "sign_key": "SIGNKEY123",
            "secret": "whsec_" + "A" * 32}  # fmt: skip
    assert api.put(f"{API}event-config/", body).status_code == 200
    assert last()[1:] == ("eventconfig", CHANGE, "Mode, url, sign key, secret changed (API)")
    logged = " ".join(map(str, LogEntry.objects.values_list()))
    for secret in ("SIGNKEY123", "whsec_", "hook"):
        assert secret not in logged


def test_vod_changes_are_in_the_audit_log(vod: Vod, make_media: Any) -> None:  # noqa: F811
    media = make_media()
    vod.current("ModifyMediaInfo", FileId=media.file_id, Name="Other")
    assert last() == (vod.user.username, "media", CHANGE, "ModifyMediaInfo (VOD API)")
    vod.current("DescribeMediaInfos", FileIds=[media.file_id])
    assert LogEntry.objects.count() == 1
    vod.current("PullUpload", MediaUrl="https://example.com/a.mp4")
    assert last()[1:] == ("media", ADDITION, "PullUpload (VOD API)")
    assert LogEntry.objects.latest("pk").object_id == str(Media.objects.get(name="a.mp4").pk)
    vod.current("DeleteMedia", FileId=media.file_id)
    assert last()[2:] == (DELETION, "DeleteMedia (VOD API)")


def test_resumable_upload_is_recorded_for_its_owner(
    api: APIClient, clip: Any, admin_user: Any
) -> None:
    data = clip.read_bytes()
    upload = resumable_uploads.create(owner=admin_user, length=len(data), name="a.mp4")
    resumable_uploads.receive(upload=upload, at=0, blocks=[data])
    assert last() == (admin_user.username, "media", ADDITION, "Upload")


def test_console_shows_the_audit_log(api: APIClient, make_media: Any, admin_user: Any) -> None:
    media: Media = make_media()
    api.patch(f"{API}media/{media.file_id}/", {"name": "Other"})
    client = Client()
    client.force_login(admin_user)
    page = client.get(reverse("admin:snapshots_media_history", args=[media.pk])).content.decode()
    assert "Name changed (API)" in page
