"""Files with clock jumps: each moment shows the same frame, alone or with others."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from snapshots.video.decode.frames import FrameResult
from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux import container
from snapshots.video.demux.source import open_source
from snapshots.video.probe import probe, survey
from snapshots.video.timepoints import cutoff_pts

from ..conftest import VIDEOS, Library
from ..made import numbered
from ..oracle import planes_of

# Parts as (first number, frames, start in seconds, frame rate), and what is shown at which second.
PARTS: dict[str, tuple[list[tuple[int, int, float, int]], dict[str, int]]] = {
    "longer-first": ([(0, 90, 0, 30), (200, 40, 0, 30)], {"0": 0, "1": 30, "2.5": 75, "2.99": 89}),
    "shorter-first": ([(0, 40, 0, 30), (200, 90, 0, 30)], {"1": 30, "1.31": 39, "1.4": 242}),
    "three": (
        [(0, 30, 0, 30), (200, 60, 0, 30), (400, 90, 0, 30)],
        {"0.9": 27, "1.5": 245, "2.5": 475},
    ),
    "between": ([(0, 50, 2, 25), (200, 60, 0.5, 30), (400, 30, 1, 25)], {"0": 0, "1.9": 47}),
    "other-rate": ([(0, 40, 0, 25), (200, 90, 0, 30)], {"1.55": 38, "1.59": 247, "1.61": 248}),
    "forwards": ([(0, 30, 0, 30), (200, 30, 1, 30)], {"0.5": 15, "1.5": 215}),
}


def make_parts(folder: Path, name: str, suffix: str) -> Path:
    files = []
    for position, (first, count, start, rate) in enumerate(PARTS[name][0]):
        pictures = [numbered.picture(first + n) for n in range(count)]
        options = {"frames": count, "gop": 20, "b_frames": 0, "rate": rate, "pictures": pictures}
        path = folder / f"{name}-{position}.{suffix}"
        files.append(numbered.make(path, start_s=Fraction(start), **options))
    return numbered.append(*files)


def read_sorted(
    reader: FrameReader, moments: Sequence[Fraction], mode: str = "exact"
) -> list[FrameResult]:
    return sorted(reader.read(moments, mode=mode), key=lambda result: result.index)


def assert_same(one: FrameResult, other: FrameResult) -> None:
    assert one.receipt == other.receipt
    assert (one.error and one.error.code) == (other.error and other.error.code)
    if one.frame is not None and other.frame is not None:
        assert planes_of(one.frame) == planes_of(other.frame)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_the_first_occurrence_of_a_time_is_shown(tmp_path: Path, name: str) -> None:
    path = make_parts(tmp_path, name, "ts")
    found = probe(path)
    with open_source(path) as source:
        assert survey(source).extent == found.info.extent
        reader = FrameReader(source, found.info)
        moments = [Fraction(text) for text in PARTS[name][1]]
        for result, wanted in zip(
            read_sorted(reader, moments), PARTS[name][1].values(), strict=True
        ):
            assert result.frame is not None
            assert numbered.number_of(result.frame) == wanted


@pytest.mark.parametrize("suffix", ["ts", "mkv", "mpg", "flv"])
@pytest.mark.parametrize("name", sorted(PARTS))
def test_alone_and_in_company_where_time_goes_back(tmp_path: Path, name: str, suffix: str) -> None:
    assert_one_result(make_parts(tmp_path, name, suffix), name, rounds=6)


def assert_one_result(path: Path, seed: str, *, rounds: int) -> None:
    """Random moments, alone with a fresh reader and in random company, and by the index."""
    found, dice = probe(path), random.Random(seed)
    end = found.info.duration + found.info.extent.last_frame_duration
    choice = [end * dice.randrange(1001) / 1000 for _ in range(12)]
    with open_source(path) as source:
        alone = {m: read_sorted(FrameReader(source, found.info), [m])[0] for m in choice}
        for _ in range(rounds):
            company = dice.sample(choice, dice.randrange(2, len(choice)))
            reader = FrameReader(source, found.info)
            for moment, result in zip(company, read_sorted(reader, company), strict=True):
                assert_same(alone[moment], result)
    is_counted = path.suffix != ".mpg"  # in which some pictures have no time
    assert bool(len(found.index)) == is_counted
    for moment, result in alone.items():
        if result.receipt is not None and is_counted:
            limit = cutoff_pts(moment, found.info.extent)
            assert result.receipt.pts == found.index.pts[bisect_right(found.index.pts, limit) - 1]


def test_key_frames_where_time_goes_back(tmp_path: Path) -> None:
    path = make_parts(tmp_path, "shorter-first", "ts")
    with open_source(path) as source:
        reader = FrameReader(source, survey(source))
        moments = [Fraction(text) for text in ("0.5", "1.3", "1.5", "2.5")]
        results = read_sorted(reader, moments, "keyframe")
    assert [result.frame and numbered.number_of(result.frame) for result in results] == [
        0,
        20,
        240,
        260,
    ]


@pytest.mark.parametrize("name", sorted(VIDEOS))
def test_nothing_of_one_recording_goes_back(library: Library, name: str) -> None:
    with open_source(library.path(name)) as source:
        assert not container.time_goes_back(source)


def test_large_files_are_judged_by_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_SCAN_WHOLE", 0)
    for name, expected in (("shorter-first", True), ("longer-first", True), ("forwards", False)):
        with open_source(make_parts(tmp_path, name, "ts")) as source:
            assert container.time_goes_back(source) is expected


@pytest.mark.parametrize("name", ["longer-first", "shorter-first", "forwards"])
def test_of_matroska_files_in_a_row_the_first_counts(tmp_path: Path, name: str) -> None:
    path = make_parts(tmp_path, name, "mkv")
    count = PARTS[name][0][0][1]
    found = probe(path)
    assert len(found.index) == count
    with open_source(path) as source:
        assert survey(source).extent == found.info.extent
        reader = FrameReader(source, found.info)
        for number in (count - 1, 3, 22):
            (result,) = read_sorted(reader, [found.index.seconds(number)])
            assert result.frame is not None
            assert numbered.number_of(result.frame) == number


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_sound_that_begins_first_in_a_file_cut_short(tmp_path: Path, share: float) -> None:
    path = numbered.make(tmp_path / "v.mkv", frames=90, audio_s=3)
    found = probe(numbered.cut(path, share))
    with open_source(path) as source:
        results = read_sorted(FrameReader(source, survey(source)), [Fraction(0), Fraction(1, 2)])
    assert len(found.index) > 20
    assert [result.frame and numbered.number_of(result.frame) for result in results] == [0, 15]


def test_one_frame_in_flv(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "one.flv", codec="flv", frames=1)
    assert len(probe(path).index) == 1
    with open_source(path) as source:
        (result,) = read_sorted(FrameReader(source, survey(source)), [Fraction(0)])
        assert result.frame is not None
        assert numbered.number_of(result.frame) == 0
