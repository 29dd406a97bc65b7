"""The console end to end with a real video: upload, snapshots, cover."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from snapshots.models import Media, Snapshot, Task
from snapshots.services.work import pipeline
from tests.admin.conftest import admin, sign_in  # noqa: F401 - fixtures

from ..video.made import numbered

LIST = reverse("admin:snapshots_media_changelist")


@pytest.fixture
def uploaded(presets, admin, tmp_path):  # noqa: F811
    """A video of numbered frames, sent through the add page and probed."""
    path = numbered.make(tmp_path / "clip.mp4")
    file = SimpleUploadedFile("clip.mp4", path.read_bytes(), "video/mp4")
    assert admin.post(reverse("admin:snapshots_media_add"), {"files": [file]}).status_code == 302
    assert pipeline.probe_next()
    return Media.objects.get()


@pytest.mark.django_db(transaction=True)
def test_it_goes_from_an_upload_to_a_cover(admin, uploaded):  # noqa: F811
    assert uploaded.status == "ready"
    page = reverse("admin:snapshots_media_change", args=[uploaded.pk])
    assert "MediaHub" in admin.get(page).content.decode()

    asked = {"media": uploaded.pk, "template": 10, "mode": "exact", "as_cover": "on"}
    response = admin.post(
        reverse("admin:snapshots_media_take_snapshots"), {**asked, "at": "f3, 0.5s, 99s"}
    )
    assert "updates itself" in admin.get(response["Location"]).content.decode()
    assert pipeline.run_next()

    task = Task.objects.get()
    assert (task.status, task.progress) == ("finished", 100)
    shown = admin.get(response["Location"]).content.decode()
    assert "time_out_of_range" in shown
    three, half, cover = Snapshot.objects.done().order_by("operation__index", "index")
    for snapshot in (three, half, cover):
        assert snapshot.picture in shown
    assert (three.at, half.at, cover.at) == ("f3", "0.5s", "f3")

    uploaded.refresh_from_db()
    assert (uploaded.cover_snapshot, uploaded.cover_by) == (cover, "task")
    admin.post(
        reverse("admin:snapshots_media_make_cover", args=[uploaded.pk]), {"snapshot": half.pk}
    )
    assert half.picture in admin.get(LIST).content.decode()
