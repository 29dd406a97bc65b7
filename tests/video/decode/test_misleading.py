"""Marks, edits and times that mislead: the right frame all the same, or a coded error."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux.source import open_source
from snapshots.video.errors import VideoError
from snapshots.video.info import FrameIndex
from snapshots.video.probe import frame_index, probe, survey

from ..made import fields, misleading, numbered

SMALL = {"frames": 60, "gop": 15}
BITS = {**SMALL, "options": {"b": "1M"}}
RATE = 30


def numbers(
    path: Path, moments: list[Fraction], index: FrameIndex | None = None
) -> list[int | str]:
    """The frame number at each moment, in the order given, or the code of the error."""
    with open_source(path) as source:
        results = list(FrameReader(source, survey(source), index=index).read(moments))
    results.sort(key=lambda result: result.index)
    return [
        numbered.number_of(result.frame) if result.frame else result.error.code  # type: ignore[union-attr]
        for result in results
    ]


def assert_right(path: Path, wanted: list[int]) -> None:
    """In company, with and without the index, and each alone, in the middle of its time."""
    moments = [Fraction(2 * position + 1, 2 * RATE) for position in range(len(wanted))]
    assert numbers(path, moments) == wanted
    assert numbers(path, moments, probe(path).index) == wanted
    alone = [numbers(path, [moments[position]])[0] for position in range(0, len(wanted), 7)]
    assert alone == wanted[::7]


# --- Key frames ----------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["wmv1", "wmv2", "msmpeg4v2", "msmpeg4", "flv", "mpeg4", "mjpeg"])
def test_an_avi_that_lost_its_index(tmp_path: Path, codec: str) -> None:
    recipe: dict[str, Any] = {**BITS, "codec": codec}
    if codec == "mjpeg":
        recipe["pix_fmt"] = "yuvj420p"
    if codec == "mpeg4":
        recipe["b_frames"] = 0
    path = misleading.lose_index(numbered.make(tmp_path / "crashed.avi", **recipe))
    assert_right(path, list(range(60)))


@pytest.mark.parametrize(
    ("codec", "name"),
    [("wmv1", "w.wmv"), ("wmv2", "w.wmv"), ("msmpeg4", "w.wmv"), ("msmpeg4", "m.mkv"),
     ("flv", "f.flv"), ("mpeg4", "m.mp4"), ("mpeg4", "m.mkv"), ("mpeg2video", "m.mkv"),
     ("libx265", "h.mp4"), ("libx265", "h.mkv")],
)  # fmt: skip
def test_a_file_that_marks_all_packets(tmp_path: Path, codec: str, name: str) -> None:
    recipe = {**(SMALL if codec == "libx265" else BITS), "codec": codec}
    plain = numbered.make(tmp_path / f"plain-{name}", **recipe)
    assert_right(misleading.mark_all(plain, tmp_path / name), list(range(60)))


def test_keyframe_mode_believes_no_mark(tmp_path: Path) -> None:
    plain = numbered.make(tmp_path / "plain.mp4", **BITS, codec="mpeg4")
    path = misleading.mark_all(plain, tmp_path / "all.mp4")
    with open_source(path) as source:
        reader = FrameReader(source, survey(source))
        (result,) = reader.read([Fraction(7, 5)], mode="keyframe")
    assert result.frame is not None
    assert result.receipt is not None
    assert (numbered.number_of(result.frame), result.receipt.key_frame) == (30, True)


# --- Edits ---------------------------------------------------------------------------------------

TICKS = 512  # of a frame


@pytest.mark.parametrize(
    ("edits", "wanted"),
    [
        ([(1000, 0), (1000, 60)], [*range(30), *range(60, 90)]),
        ([(1000, 60), (1000, 0)], [*range(60, 90), *range(30)]),
        ([(1000, 0), (1000, 0)], [*range(30), *range(30)]),
        ([(1000, 0), (1000, 15)], [*range(30), *range(15, 45)]),
    ],
    ids=["two-parts", "swapped", "repeated", "overlapping"],
)
def test_several_edits(tmp_path: Path, edits: list[tuple[int, int]], wanted: list[int]) -> None:
    b_frames = 0 if (1000, 15) in edits else 2
    path = numbered.make(tmp_path / "edits.mp4", frames=90, b_frames=b_frames)
    misleading.set_edits(path, [(ms, start * TICKS) for ms, start in edits])
    assert_right(path, wanted)


# --- Times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize(
    "keeps_time_of",
    [lambda n: n != 37, lambda n: n not in (20, 41, 42, 60), lambda n: n % 5 == 0],
    ids=["all-but-one", "majority", "each-fifth"],
)
def test_pictures_without_a_time(
    tmp_path: Path, codec: str, b_frames: int, keeps_time_of: Callable[[int], bool]
) -> None:
    recipe: dict[str, Any] = {"codec": codec, "frames": 90, "gop": 15, "b_frames": b_frames}
    if codec == "libx265":
        recipe |= {"options": {"x265-params": "log-level=none:pools=none:bframes=0:keyint=15"}}
    path = misleading.strip_some_times(numbered.make(tmp_path / "few.ts", **recipe), keeps_time_of)
    wanted = list(range(85))  # behind the last that has a time the file tells of no more
    moments = [Fraction(2 * position + 1, 2 * RATE) for position in wanted]
    assert numbers(path, moments) == wanted
    assert [numbers(path, [moments[position]]) for position in (36, 37, 42)] == [[36], [37], [42]]


def test_what_has_no_times_is_not_counted(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "few.ts", frames=60, gop=15)
    misleading.strip_some_times(path, lambda n: n != 37)
    assert len(probe(path).index) == 0
    assert probe(path).info.fps == 30
    with open_source(path) as source:
        assert len(frame_index(source)) == 0


def test_of_two_pictures_at_one_time_the_last_is_on_screen(tmp_path: Path) -> None:
    path = tmp_path / "doubled.mkv"
    numbered.make(path, frames=40, gop=10, b_frames=0, pts=[*range(20), *range(19, 39)])
    moments = [Fraction(2 * position + 1, 2 * RATE) for position in (18, 19, 20)]
    assert numbers(path, moments) == [18, 20, 21]


# --- Fields --------------------------------------------------------------------------------------


def test_two_fields_in_a_packet_are_a_frame(tmp_path: Path) -> None:
    path = fields.write(tmp_path / "paff.mp4", frames=20, apart=False)
    assert_right(path, list(range(20)))


@pytest.mark.parametrize("name", ["paff.mp4", "paff.mkv", "paff.ts"])
def test_fields_with_times_of_their_own_are_refused(tmp_path: Path, name: str) -> None:
    path = fields.write(tmp_path / name, frames=20, apart=True)
    for action in (lambda: probe(path), lambda: _surveyed(path)):
        with pytest.raises(VideoError, match="two fields") as caught:
            action()
        assert caught.value.code == "unsupported"


def _surveyed(path: Path) -> object:
    with open_source(path) as source:
        return survey(source)
