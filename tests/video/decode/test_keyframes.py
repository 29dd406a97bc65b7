"""Key frames by time, for previews, and videos whose frames must be counted (H.264 in AVI)."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest

from snapshots.video.demux.source import open_source
from snapshots.video.probe import probe

from ..conftest import Library
from ..made import foreign, numbered
from ..oracle import decode_all
from .test_reader import assert_shows, read


@pytest.mark.parametrize("name", ["plain.mp4", "open-gop.mkv", "mpeg2.mpg", "vp9.webm", "late.ts"])
def test_key_frame_mode_takes_the_last_key_frame(library: Library, name: str) -> None:
    truth, index = library.truth(name), probe(library.path(name)).index
    moments = [truth.time(position) for position in range(0, len(truth.frames), 9)]
    keys = [n for n in range(len(index)) if index.key_frames[n]]
    assert len(keys) > 1
    for moment, result in zip(
        moments, read(library.path(name), moments, mode="keyframe"), strict=True
    ):
        wanted = max(n for n in keys if truth.time(n) <= moment)
        assert_shows(result, truth, wanted)
        assert result.receipt
        assert result.receipt.key_frame


def test_key_frame_mode_before_the_first_key_frame_shown(library: Library) -> None:
    truth = library.truth("trimmed.mp4")
    (result,) = read(library.path("trimmed.mp4"), [Fraction(0)], mode="keyframe")
    assert_shows(result, truth, 0)


@pytest.mark.parametrize("suffix", ["mkv", "ts"])
def test_key_frames_that_need_a_run_up(tmp_path: Path, suffix: str) -> None:
    refresh = {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}
    path = numbered.make(tmp_path / f"ir.{suffix}", frames=90, options=refresh)
    index = probe(path).index
    keys = [number for number in range(90) if index.key_frames[number]]
    assert len(keys) > 2
    for position in (25, 50, 89):
        (result,) = read(path, [index.seconds(position)], mode="keyframe")
        assert result.frame
        assert result.receipt
        assert result.receipt.key_frame
        assert numbered.number_of(result.frame) == max(key for key in keys if key <= position)


def test_every_frame_after_a_refresh_is_as_in_a_plain_decode(tmp_path: Path) -> None:
    refresh = {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}
    path = numbered.make(tmp_path / "ir.mkv", frames=200, options=refresh)
    truth = decode_all(path)
    for position in (79, 80, 85, 88, 99, 160, 168, 199):
        (result,) = read(path, [truth.time(position)])  # alone, so that each is entered anew
        assert_shows(result, truth, position)


def test_packed_b_frames_of_mpeg4_are_counted(tmp_path: Path) -> None:
    path = foreign.make(tmp_path / "xvid.avi", codec="libxvid", frames=60, settings="-bf 2")
    with open_source(path) as source:
        assert source.counts_frames
    index = probe(path).index
    assert len(index) == 58  # the encoder keeps its last two
    results = read(path, [index.seconds(position) for position in range(58)])
    assert [result.frame and numbered.number_of(result.frame) for result in results] == list(
        range(58)
    )
    for position in (5, 6, 7, 8, 9, 33, 34, 35, 57):
        (result,) = read(path, [index.seconds(position)])
        assert result.frame
        assert numbered.number_of(result.frame) == position


def test_of_damaged_key_frames_an_earlier_one(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "hurt.mov", codec="mjpeg", frames=20, pix_fmt="yuvj420p")
    with open_source(path) as source:
        position, size = [(packet.pos, packet.size) for packet in source.packets()][8]
    data = path.read_bytes()
    path.write_bytes(data[:position] + bytes(size) + data[position + size :])
    (result,) = read(path, [Fraction(8, 30)], mode="keyframe")
    assert result.frame
    assert numbered.number_of(result.frame) == 7


def test_h264_in_avi_is_counted(library: Library, tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "h264.avi", frames=90, gop=25, b_frames=3)
    info = probe(path).info
    positions = random.Random(1).sample(range(90), 60)
    results = read(path, [Fraction(position, 30) for position in positions])
    assert [numbered.number_of(result.frame) for result in results if result.frame] == positions
    assert info.duration == 3


def test_h264_in_avi_has_the_times_and_the_length_that_its_frames_have(tmp_path: Path) -> None:
    pyramid = {"x264-params": "b-pyramid=2:bframes=3:b-adapt=0"}
    recipe = {"pts": range(0, 360, 2), "time_base": Fraction(1, 60), "options": pyramid}
    path = numbered.make(tmp_path / "h264.avi", b_frames=3, **recipe)
    found = probe(path)
    assert found.info.duration == 6
    assert found.index.seconds(179) == Fraction(179, 30)


@pytest.mark.parametrize("share", [0.3, 0.41, 0.5, 0.55, 0.62, 0.7])
def test_of_a_cut_avi_no_frame_whose_number_is_uncertain(tmp_path: Path, share: float) -> None:
    path = numbered.make(tmp_path / "h264.avi", frames=180, b_frames=3)
    found = probe(numbered.cut(path, share))
    results = read(path, [found.index.seconds(number) for number in range(len(found.index))])
    assert len(results) > 10
    assert [result.frame and numbered.number_of(result.frame) for result in results] == list(
        range(len(results))
    )
