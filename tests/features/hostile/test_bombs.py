"""D5: files that ask for much end in a coded error, or in the right pictures where merely long."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from snapshots.errors import DomainError
from snapshots.models import Media, Snapshot, Task
from snapshots.services import covers
from snapshots.services.library import media as media_service
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work import pipeline
from snapshots.video.sandbox.forkserver import Child
from tests.features.soak import scale
from tests.support import storage_paths
from tests.video.made import numbered

from . import bombs

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.usefixtures("presets")]
MAX_CPU_S, MAX_MB = 20.0, 512


class Meter:
    """What the children took: the most memory one had, and the CPU of all."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self.records: list[logging.LogRecord] = []

    @property
    def cpu_s(self) -> float:
        return sum(getattr(record, "cpu_s", 0.0) for record in self.records)


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Meter:
    caplog.set_level(logging.DEBUG, "snapshots.video.sandbox.parent")
    meter, resident = Meter(), Child.resident_mb

    def watched(child: Child) -> float:
        meter.peak_mb = max(meter.peak_mb, now := resident(child))
        return now

    monkeypatch.setattr(Child, "resident_mb", watched)
    meter.records = caplog.records
    return meter


def probed(path: Path) -> Media:
    media = media_service.import_file(path=path, link=True)
    assert pipeline.probe_next()
    return media_service.get(file_id=media.file_id)


def pictures(media: Media, *points: str) -> list[Image.Image]:
    submission.submit(
        media=media, snapshots=[SnapshotSpec(10, list(points))], interface=Task.Interface.REST
    )
    assert pipeline.run_next()
    rows = Snapshot.objects.order_by("index")
    assert [row.error_code for row in rows] == [""] * len(points)
    return [Image.open(storage_paths.pictures().path(row.picture)) for row in rows]


def test_pictures_declared_huge_are_refused(tmp_path: Path, meter: Meter) -> None:
    start = time.monotonic()
    media = probed(bombs.declared(tmp_path / "huge.avi", 30_000, 30_000))
    assert media.status == "failed"
    assert media.error_code in ("too_large", "unreadable")
    assert meter.peak_mb < MAX_MB
    assert time.monotonic() - start < 10


def test_a_huge_cover_is_refused(tmp_path: Path, meter: Meter) -> None:
    media = probed(numbered.make(tmp_path / "clip.mp4", frames=5))
    before = media.cover_picture
    path = bombs.picture(tmp_path / "cover.png", 20_000)
    with pytest.raises(DomainError) as caught:
        covers.set_image(media=media, path=path, user="somebody")
    assert caught.value.code == "too_large"
    media.refresh_from_db()
    assert media.cover_picture == before
    assert meter.peak_mb < MAX_MB


def test_ten_hours_are_merely_long(tmp_path: Path, meter: Meter) -> None:
    frames = scale.of(36_000, 7_200)  # one a second
    media = probed(bombs.long(tmp_path / "long.mp4", frames, gop=250))
    assert media.duration_s == frames
    middle = frames // 2 + 77
    shown = pictures(media, "0s", f"{middle}.5s", "100%")
    wanted = [bombs.shade(number) for number in (0, middle, frames - 1)]
    for image, shade in zip(shown, wanted, strict=True):
        level = (shade - 16) * 255 / 219  # limited range, as a player shows it
        assert abs(np.asarray(image.convert("L")).mean() - level) < 3
    assert meter.cpu_s < MAX_CPU_S
    assert meter.peak_mb < MAX_MB


def test_one_key_frame_for_all_is_merely_long(tmp_path: Path, meter: Meter) -> None:
    frames = scale.of(100_000, 20_000)
    media = probed(bombs.long(tmp_path / "one-gop.mp4", frames, gop=frames))
    assert media.status == "ready", media.error_message
    (image,) = pictures(media, f"f{frames - 1}")
    level = (bombs.shade(frames - 1) - 16) * 255 / 219
    assert abs(np.asarray(image.convert("L")).mean() - level) < 3
    assert meter.cpu_s < MAX_CPU_S
    assert meter.peak_mb < MAX_MB


def test_a_million_boxes_change_nothing(tmp_path: Path, meter: Meter) -> None:
    media = probed(bombs.boxes(tmp_path / "boxes.mp4", scale.of(1_000_000, 200_000)))
    assert media.status == "ready", media.error_message
    (image,) = pictures(media, "0.5s")
    assert numbered.read_number(np.asarray(image.convert("RGB"))) == 15
    assert meter.cpu_s < MAX_CPU_S
    assert meter.peak_mb < MAX_MB
