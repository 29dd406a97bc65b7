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
    moments = [truth.time(place) for place in range(0, len(truth.frames), 9)]
    keys = [n for n in range(len(index)) if index.key_frames[n]]
    assert len(keys) > 1
    for moment, shot in zip(
        moments, read(library.path(name), moments, mode="keyframe"), strict=True
    ):
        wanted = max(n for n in keys if truth.time(n) <= moment)
        assert_shows(shot, truth, wanted)
        assert shot.receipt
        assert shot.receipt.key_frame


def test_key_frame_mode_before_the_first_key_frame_shown(library: Library) -> None:
    truth = library.truth("trimmed.mp4")
    (shot,) = read(library.path("trimmed.mp4"), [Fraction(0)], mode="keyframe")
    assert_shows(shot, truth, 0)


@pytest.mark.parametrize("suffix", ["mkv", "ts"])
def test_key_frames_that_need_a_run_up(tmp_path: Path, suffix: str) -> None:
    refresh = {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}
    path = numbered.make(tmp_path / f"ir.{suffix}", frames=90, options=refresh)
    index = probe(path).index
    keys = [number for number in range(90) if index.key_frames[number]]
    assert len(keys) > 2
    for place in (25, 50, 89):
        (shot,) = read(path, [index.seconds(place)], mode="keyframe")
        assert shot.frame
        assert shot.receipt
        assert shot.receipt.key_frame
        assert numbered.number_of(shot.frame) == max(key for key in keys if key <= place)


def test_every_frame_after_a_refresh_is_as_in_a_plain_decode(tmp_path: Path) -> None:
    refresh = {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}
    path = numbered.make(tmp_path / "ir.mkv", frames=200, options=refresh)
    truth = decode_all(path)
    for place in (79, 80, 85, 88, 99, 160, 168, 199):
        (shot,) = read(path, [truth.time(place)])  # alone, so that each is entered anew
        assert_shows(shot, truth, place)


def test_packed_b_frames_of_mpeg4_are_counted(tmp_path: Path) -> None:
    path = foreign.make(tmp_path / "xvid.avi", codec="libxvid", frames=60, settings="-bf 2")
    with open_source(path) as source:
        assert source.counts_frames
    index = probe(path).index
    assert len(index) == 58  # the encoder keeps its last two
    shots = read(path, [index.seconds(place) for place in range(58)])
    assert [shot.frame and numbered.number_of(shot.frame) for shot in shots] == list(range(58))
    for place in (5, 6, 7, 8, 9, 33, 34, 35, 57):
        (shot,) = read(path, [index.seconds(place)])
        assert shot.frame
        assert numbered.number_of(shot.frame) == place


def test_of_damaged_key_frames_an_earlier_one(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "hurt.mov", codec="mjpeg", frames=20, pix_fmt="yuvj420p")
    with open_source(path) as source:
        place, size = [(packet.pos, packet.size) for packet in source.packets()][8]
    data = path.read_bytes()
    path.write_bytes(data[:place] + bytes(size) + data[place + size :])
    (shot,) = read(path, [Fraction(8, 30)], mode="keyframe")
    assert shot.frame
    assert numbered.number_of(shot.frame) == 7


def test_h264_in_avi_is_counted(library: Library, tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "h264.avi", frames=90, gop=25, b_frames=3)
    info = probe(path).info
    places = random.Random(1).sample(range(90), 60)
    shots = read(path, [Fraction(place, 30) for place in places])
    assert [numbered.number_of(shot.frame) for shot in shots if shot.frame] == places
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
    shots = read(path, [found.index.seconds(number) for number in range(len(found.index))])
    assert len(shots) > 10
    assert [shot.frame and numbered.number_of(shot.frame) for shot in shots] == list(
        range(len(shots))
    )
