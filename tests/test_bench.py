"""The benchmark on small videos: all peers deliver, and the limit decodes the right frames."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import av
import imageio_ffmpeg
import pytest
from PIL import Image

from bench import footage, measure
from bench.decoding import cells, report
from bench.decoding.cells import Cell
from bench.decoding.limit import Limit
from bench.decoding.targets import targets
from bench.measure import Cost, PictureJob
from tests.video.made import numbered

MOMENTS = (0.21, 0.5, 1.11, 1.15, 1.93)
NUMBERS = [5, 12, 27, 28, 48]  # on screen then, at 25 frames a second
CODECS = {
    "h264.mp4": "libx264",
    "hevc.mp4": "libx265",
    "vp9.webm": "libvpx-vp9",
    "av1.mp4": "libsvtav1",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def job(folder: Path) -> PictureJob:
    path = numbered.make(folder / "small.mp4", rate=25, frames=60, gop=20, size=(320, 192))
    return PictureJob(str(path), MOMENTS, str(folder))


@pytest.fixture
def _ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MoviePy's own ffmpeg under the name that the peers call."""
    (tmp_path / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("threads", [1, 2])
def test_the_limit_decodes_what_is_on_screen(tmp_path: Path, name: str, threads: int) -> None:
    path = numbered.make(tmp_path / name, codec=CODECS[name], rate=25, frames=60, gop=20)
    frames: list[av.VideoFrame] = []
    Limit(str(path), threads=threads).decode(MOMENTS, frames.append)
    assert sorted(map(numbered.number_of, frames)) == NUMBERS


def test_the_limit_reads_each_gop_once(job: PictureJob) -> None:
    ranges = Limit(job.path).index.ranges(MOMENTS)
    assert [len(each.wanted) for each in ranges] == [2, 2, 1]


def run_from_a_small_process(name: str, job: PictureJob) -> Cost:
    """As `make bench` does: a process begins with the peak of the one that it was forked from."""
    program = (
        "import json, sys; from dataclasses import asdict;"
        "from bench import measure; from bench.decoding import peers;"
        "name, job = json.load(sys.stdin);"
        "print(json.dumps(asdict(peers.run(name, measure.PictureJob(**job)))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([name, asdict(job)]), capture_output=True, text=True, check=True,
        cwd=measure.ROOT,
    )  # fmt: skip
    return Cost(**json.loads(done.stdout))


@pytest.mark.usefixtures("_ffmpeg")
@pytest.mark.parametrize(
    "name", ["mediahub", "pyav", "moviepy", "moviepy each", "ffmpeg", "ffmpeg 2x"]
)
def test_each_peer_makes_the_pictures_and_reports_its_cost(
    job: PictureJob, name: str, tmp_path: Path
) -> None:
    cost = run_from_a_small_process(name, replace(job, folder=str(tmp_path)))
    for number in range(len(MOMENTS)):
        with Image.open(tmp_path / f"{number}.jpg") as image:
            assert image.size == (320, 192)
    assert 0 < cost.wall_s < 30
    assert 0 < cost.cpu_s < 30
    assert 10 < cost.peak_mb < 500


def test_single_points_show_the_same_film_in_two_hours_as_in_five_minutes() -> None:
    long, short = (footage.FILES[name] for name in ("h264-2h", "h264-250"))
    film = short.frames / footage.RATE
    times = [[round(t % film, 3) for t in cells.POINTS["1"].moments(v)] for v in (long, short)]
    assert times[0] == times[1]
    assert max(cells.POINTS["1"].moments(long)) > 5000


def test_targets_are_ratios_of_medians() -> None:
    rounds = {
        "mediahub": [Cost(1.0, 2.0, 100), Cost(3.0, 2.0, 170), Cost(1.2, 2.0, 90)],
        "ffmpeg": [Cost(2.0, 1.0, 10), Cost(4.0, 1.0, 10), Cost(4.0, 1.0, 10)],
    }
    cell = Cell("vp9", "10", rounds)
    found = {target.what: (round(target.measured, 3), target.is_met) for target in targets([cell])}
    assert found == {
        "10 points to the ffmpeg loop, worst file": (0.3, True),
        "the same, geometric mean": (0.3, True),
        "CPU of 10 points to the ffmpeg loop's, worst file": (2.0, False),
        "peak memory of the child, 10 points, 1080p, worst file": (170, True),
    }
    assert "ours to it 0.30, CPU 2.00" in report.cell_text(cell)
