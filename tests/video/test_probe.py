"""What probing says of a video, and that the quick survey says the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from snapshots.video.demux.display import Turn, displayed_size, turn_of_matrix
from snapshots.video.demux.source import open_source
from snapshots.video.errors import VideoError
from snapshots.video.info import FrameIndex, VideoInfo
from snapshots.video.probe import frame_index, probe, survey

from .conftest import CHANGED, CUT, VIDEOS, Library
from .made import numbered

ONE = 1 << 16
ALL = sorted([*VIDEOS, *CHANGED])


@pytest.mark.parametrize("name", ALL)
def test_the_index_lists_every_frame_shown(library: Library, name: str) -> None:
    truth = library.truth(name)
    found = probe(library.path(name))
    assert list(found.index.pts) == [frame.pts for frame in truth.frames]
    assert found.index.time_base == truth.time_base
    assert found.info.extent.start_pts == truth.frames[0].pts
    assert found.info.extent.last_pts == truth.frames[-1].pts
    assert FrameIndex.from_bytes(found.index.to_bytes()) == found.index
    assert VideoInfo.from_json(found.info.to_json()) == found.info


@pytest.mark.parametrize("name", [*ALL, *sorted(CUT)])
def test_the_survey_finds_the_same_extent(library: Library, name: str) -> None:
    path = library.path(name)
    with open_source(path) as source:
        quick = survey(source)
        assert frame_index(source) == probe(path).index
    assert quick.extent == probe(path).info.extent


FACTS: dict[str, dict[str, Any]] = {
    "plain.mp4": {"container": "mp4", "codec": "h264", "fps": 30, "duration": 3, "notes": ()},
    "hevc.ts": {"container": "mpegts", "codec": "hevc", "fps": 30},
    "mpeg2.mpg": {"container": "mpegps", "codec": "mpeg2video"},
    "mpeg4.avi": {"container": "avi", "codec": "mpeg4", "duration": Fraction(70, 30)},
    "h264.flv": {"container": "flv", "codec": "h264"},
    "wmv2.wmv": {"container": "wmv", "codec": "wmv2"},
    "vp9.webm": {"container": "webm", "codec": "vp9", "has_alpha": False},
    "av1.mkv": {"container": "mkv", "codec": "av1"},
    "mjpeg.mov": {"container": "mov", "codec": "mjpeg"},
    "prores.mov": {"codec": "prores", "pixel_format": "yuv422p10le"},
    "film.mp4": {"fps": Fraction(24000, 1001), "is_vfr": False},
    "film.mkv": {"fps": Fraction(24000, 1001), "is_vfr": False},
    "smooth.mp4": {"fps": Fraction(60000, 1001)},
    "vfr.mp4": {"is_vfr": True},
    "vfr.mkv": {"is_vfr": True},
    "pauses.mp4": {"is_vfr": True},
    "long-sound.mp4": {"has_audio": True, "duration": Fraction(3, 2)},
    "long-sound.mkv": {"has_audio": True, "duration": Fraction(3, 2)},
    "one.mp4": {"duration": Fraction(1, 30), "is_vfr": False},
    "late.ts": {"duration": 3, "has_audio": False},
    "late.mkv": {"duration": 3},
    "empty-edit.mp4": {"duration": 2},
    "trimmed.mp4": {"duration": Fraction(80, 30)},
}


@pytest.mark.parametrize("name", sorted(FACTS))
def test_facts(library: Library, name: str) -> None:
    info = probe(library.path(name)).info
    assert {key: getattr(info, key) for key in FACTS[name]} == FACTS[name]
    assert (info.width, info.height, info.rotation, info.mirrored) == (160, 96, 0, False)
    assert info.bitrate > 0


def test_rounded_milliseconds_are_no_variable_rate(library: Library) -> None:
    info = probe(library.path("late.mkv")).info
    assert info.extent.time_base == Fraction(1, 1000)
    assert (info.is_vfr, info.fps) == (False, 30)


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1), Turn()),
        ((0, 1, -1, 0), Turn(90)),
        ((-1, 0, 0, -1), Turn(180)),
        ((0, -1, 1, 0), Turn(270)),
        ((-1, 0, 0, 1), Turn(0, mirrored=True)),
        ((1, 0, 0, -1), Turn(180, mirrored=True)),
        ((0, 1, 1, 0), Turn(270, mirrored=True)),
        ((0, -1, -1, 0), Turn(90, mirrored=True)),
        ((0, 0, 0, 0), Turn()),
    ],
)
def test_the_display_matrix(
    library: Library, tmp_path: Path, matrix: tuple[int, int, int, int], turn: Turn
) -> None:
    a, b, c, d = (value * ONE for value in matrix)
    assert turn_of_matrix((a, b, 0, c, d, 0, 0, 0, 1 << 30)) == turn
    path = tmp_path / "turned.mp4"
    path.write_bytes(library.path("plain.mp4").read_bytes())
    numbered.set_matrix(path, (a, b, 0, c, d, 0, 0, 0, 1 << 30))
    info = probe(path).info
    assert (info.rotation, info.mirrored) == (turn.rotation, turn.mirrored)
    upright = turn.rotation in (0, 180)
    assert (info.width, info.height) == ((160, 96) if upright else (96, 160))
    assert (info.stored_width, info.stored_height) == (160, 96)


@pytest.mark.parametrize(
    ("sar", "rotation", "size"),
    [
        ("4/3", 0, (213, 96)),
        ("64/45", 0, (228, 96)),
        ("1/2", 0, (80, 96)),
        ("4/3", 90, (96, 213)),
        ("1/1000", 0, (1, 96)),
    ],
)
def test_pixels_that_are_not_square(sar: str, rotation: int, size: tuple[int, int]) -> None:
    assert displayed_size(160, 96, Fraction(sar), rotation) == size


def test_a_stored_sar_is_found(tmp_path: Path) -> None:
    info = probe(numbered.make(tmp_path / "wide.mp4", frames=3, sar=Fraction(4, 3))).info
    assert (info.sar, info.width, info.height) == (Fraction(4, 3), 213, 96)
    assert any("4:3" in str(note) and "213 × 96" in str(note) for note in info.notes)


def test_alpha_is_kept(tmp_path: Path) -> None:
    path = numbered.make(
        tmp_path / "alpha.webm", codec="libvpx-vp9", frames=12, pix_fmt="yuva420p", alpha=True
    )
    found = probe(path)
    assert found.info.has_alpha
    assert found.info.pixel_format == "yuva420p"
    assert len(found.index) == 12


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("late.ts", "says 11.4"),
        ("cover.mp4", "cover art"),
        ("vfr.mkv", "is variable"),
        ("cut.mp4", "is truncated"),
        ("cut.mkv", "is truncated"),
    ],
)
def test_notes_say_what_is_unusual(library: Library, name: str, words: str) -> None:
    assert any(words in str(note) for note in probe(library.path(name)).info.notes)


def test_a_file_without_times_is_refused_not_guessed(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "timeless.vob", codec="mpeg2video", frames=40, gop=12)
    with pytest.raises(VideoError) as refused:
        probe(numbered.strip_times(path))
    assert refused.value.code == "unreadable"
    assert "no timestamps" in str(refused.value.message)
