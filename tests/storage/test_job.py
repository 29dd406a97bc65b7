"""The main job on a bucket: no object is downloaded twice, no attempt wasted."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from snapshots.models import Media, Snapshot, Task
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work import pipeline
from snapshots.services.work.orphaned_files import sweep_files
from snapshots.storage import cache
from tests.video.made import numbered

from .object_store import ObjectStore

MEDIA = "/api/v1/media/"


@pytest.fixture
def media(store: ObjectStore, api: APIClient, clip: Path) -> Media:
    """Uploaded by REST, not probed yet."""
    file = SimpleUploadedFile("clip.mp4", clip.read_bytes())
    made = api.post(MEDIA, {"file": file}, format="multipart")
    assert made.status_code == 201, made.data
    return Media.objects.get()


def on_another_host() -> None:
    shutil.rmtree(cache.folder())


def ask(media: Media, *at: str) -> Task:
    return submission.submit(
        media=media, interface=Task.Interface.REST, snapshots=[SnapshotSpec(10, list(at))]
    )


def number_in(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as image:
        return numbered.read_number(np.asarray(image.convert("RGB")))


def test_from_an_upload_to_pictures(
    media: Media, store: ObjectStore, api: APIClient, clip: Path
) -> None:
    assert store.read(f"mine/sources/{media.source}") == clip.read_bytes()
    store.calls.clear()
    assert pipeline.probe_next()
    media.refresh_from_db()
    assert media.status == "ready", media.error_message
    task = ask(media, "0.5s", "1s")
    assert pipeline.run_next()
    task.refresh_from_db()
    assert task.status == "finished"
    assert store.brought() == 0  # it came in by this machine
    names = Snapshot.objects.order_by("index").values_list("picture", flat=True)
    assert [number_in(store.read(f"mine/pictures/{name}")) for name in names] == [15, 30]
    shown = api.get(f"/pictures/{names[1]}")
    assert shown["Cache-Control"].endswith("immutable")
    assert number_in(b"".join(shown.streaming_content)) == 30  # type: ignore[attr-defined]
    assert not (django_settings.MEDIAHUB_DATA / "pictures").exists()


def test_another_host_downloads_the_video_once(
    media: Media, store: ObjectStore, clip: Path
) -> None:
    on_another_host()
    assert pipeline.probe_next()  # which hashes it, looks at it and makes a cover
    media.refresh_from_db()
    for at in ("0.5s", "1s"):
        ask(media, at)
        assert pipeline.run_next()
    assert Snapshot.objects.done().count() == 2
    assert store.brought() == clip.stat().st_size


def test_part_of_a_source_is_read_by_range(
    media: Media, store: ObjectStore, api: APIClient, clip: Path
) -> None:
    answer = api.get(f"{MEDIA}{media.file_id}/file/", headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == clip.read_bytes()[100:200]  # type: ignore[attr-defined]
    assert store.brought() == 100
    tag = answer["ETag"]
    again = api.get(f"{MEDIA}{media.file_id}/file/", headers={"If-None-Match": tag})
    assert again.status_code == 304
    whole = api.get(f"{MEDIA}{media.file_id}/file/")
    assert b"".join(whole.streaming_content) == clip.read_bytes()  # type: ignore[attr-defined]


def test_work_waits_for_the_store_without_spending_attempts(
    media: Media, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_STORE_WAIT_S", 0.01)
    assert pipeline.probe_next()
    media.refresh_from_db()
    task = ask(media, "0.5s")
    store.is_down = True
    for _ in range(4):
        assert pipeline.run_next()
        task.refresh_from_db()
        assert (task.status, task.attempts) == ("waiting", 0)
    store.is_down = False
    assert pipeline.run_next()
    task.refresh_from_db()
    assert (task.status, task.attempts) == ("finished", 1)


def test_probing_waits_for_the_store_too(
    media: Media, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_STORE_WAIT_S", 0.01)
    on_another_host()
    store.is_down = True
    for _ in range(4):
        assert pipeline.probe_next()
        media.refresh_from_db()
        assert (media.status, media.attempts) == ("probing", 0)
    store.is_down = False
    assert pipeline.probe_next()
    media.refresh_from_db()
    assert media.status == "ready"


def test_interfaces_report_an_unavailable_store(
    media: Media, store: ObjectStore, api: APIClient, clip: Path
) -> None:
    pipeline.probe_next()
    media.refresh_from_db()
    on_another_host()
    store.is_down = True
    frame = api.get(f"{MEDIA}{media.file_id}/frame/", {"at": "1s"})
    source = api.get(f"{MEDIA}{media.file_id}/file/")
    file = SimpleUploadedFile("more.mp4", clip.read_bytes())
    upload = api.post(MEDIA, {"file": file}, format="multipart")
    for answer in (frame, source, upload):
        assert (answer.status_code, answer.data["code"]) == (503, "unavailable")
        assert answer["Retry-After"] == "1"
    picture = api.get(f"/pictures/{media.cover_picture}")
    assert picture.status_code == 503
    assert Media.objects.count() == 1
    ready = api.get("/readyz")
    assert ready.status_code == 503


def test_preview_times_out_and_the_next_resumes_the_download(
    media: Media, store: ObjectStore, api: APIClient, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.probe_next()
    on_another_host()
    monkeypatch.setattr(django_settings, "MEDIAHUB_PREVIEW_S", 0.0)
    answer = api.get(f"{MEDIA}{media.file_id}/frame/", {"at": "1s"})
    assert (answer.status_code, answer.data["code"]) == (503, "unavailable")
    assert "being copied" in answer.data["detail"]
    monkeypatch.setattr(django_settings, "MEDIAHUB_PREVIEW_S", 10.0)
    answer = api.get(f"{MEDIA}{media.file_id}/frame/", {"at": "1s"})
    assert answer.status_code == 200
    assert store.brought() == clip.stat().st_size


def test_deleted_files_leave_the_bucket(
    media: Media,
    store: ObjectStore,
    api: APIClient,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    pipeline.probe_next()
    media.refresh_from_db()
    ask(media, "1s")
    pipeline.run_next()
    assert len(store.keys()) == 3  # the source, its first cover and the snapshot
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert api.delete(f"{MEDIA}{media.file_id}/").status_code == 204
    assert store.keys() == set()
    assert [path.name for path in cache.folder().iterdir()] == [".room"]


def test_orphaned_objects_are_deleted(
    media: Media, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.probe_next()
    store.client.put_object(Bucket="library", Key="mine/pictures/gone/0-0-x.jpg", Body=b"x")
    (cache.folder() / "42-1").write_bytes(b"of a media that was deleted on another host")
    remaining = store.keys() - {"mine/pictures/gone/0-0-x.jpg"}
    assert sweep_files(old=timedelta(seconds=-5)) == 2
    assert store.keys() == remaining
    assert (cache.folder() / media.source.replace("/", "-")).exists()
