"""The frame at a time is the one on screen: read from pixels, against a plain decode."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from snapshots.video.decode.reader import Bounds, FrameReader, Shot
from snapshots.video.demux.source import open_source
from snapshots.video.info import VideoInfo
from snapshots.video.probe import probe, survey

from ..conftest import CHANGED, VIDEOS, Library
from ..made import numbered
from ..oracle import Truth, planes_of

ALL = sorted([*VIDEOS, *CHANGED])


def read(
    path: Path, moments: Sequence[Fraction], *, bounds: Bounds | None = None, mode: str = "exact"
) -> list[Shot]:
    with open_source(path) as source:
        reader = FrameReader(source, survey(source), bounds=bounds)
        shots = list(reader.read(moments, mode=mode))
    assert sorted(shot.place for shot in shots) == list(range(len(moments)))
    return sorted(shots, key=lambda shot: shot.place)


def assert_shows(shot: Shot, truth: Truth, place: int) -> None:
    wanted = truth.frames[place]
    if not wanted.is_whole:
        assert shot.frame is None
        assert shot.error is not None
        assert shot.error.code == "frame_unavailable"
        return
    assert shot.error is None
    assert shot.frame is not None
    assert shot.receipt is not None
    assert shot.receipt.pts == wanted.pts
    assert shot.receipt.time_base == truth.time_base
    assert shot.receipt.frame_time == truth.time(place)
    assert planes_of(shot.frame) == wanted.planes


@pytest.mark.parametrize("name", ALL)
def test_every_frame_in_company_shuffled_and_doubled_and_some_alone(
    library: Library, name: str
) -> None:
    truth, dice = library.truth(name), random.Random(name)
    places = list(range(len(truth.frames))) * 2
    dice.shuffle(places)
    with open_source(library.path(name)) as source:
        reader = FrameReader(source, survey(source))
        shots = list(reader.read([truth.time(place) for place in places]))
        assert sorted(shot.place for shot in shots) == list(range(len(places)))
        for shot in shots:
            assert_shows(shot, truth, places[shot.place])
        for place in dice.sample(places, min(5, len(places))):
            (shot,) = reader.read([truth.time(place)])
            assert_shows(shot, truth, place)


def test_finite_decimals_of_ntsc(library: Library) -> None:
    truth = library.truth("film.mp4")
    for text, place in (("0.041709", 1), ("0.0833", 1), ("0.083417", 2), ("1.001", 24)):
        (shot,) = read(library.path("film.mp4"), [Fraction(text)])
        assert_shows(shot, truth, place)


@pytest.mark.parametrize("name", ["pyramid.mkv", "open-gop.mp4", "vp9.webm", "mpeg2.ts", "av1.mp4"])
def test_beyond_its_bounds_a_run_is_decoded_while_it_is_read(library: Library, name: str) -> None:
    truth = library.truth(name)
    places = list(range(0, len(truth.frames), 7))
    moments = [truth.time(place) for place in places]
    shots = read(library.path(name), moments, bounds=Bounds(packets=4))
    for shot, place in zip(shots, places, strict=True):
        assert_shows(shot, truth, place)


def test_moments_of_one_gop_share_one_pass(library: Library) -> None:
    truth = library.truth("long-gop.mp4")
    with open_source(library.path("long-gop.mp4")) as source:
        reader = FrameReader(source, survey(source))
        list(reader.read([truth.time(place) for place in range(100, 200)]))
        assert reader.decoded_frames < 220


def test_a_frame_that_does_not_decode_is_an_error_never_its_neighbour(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "hurt.mov", codec="mjpeg", frames=20, pix_fmt="yuvj420p")
    with open_source(path) as source:
        packets = [(packet.pos, packet.size) for packet in source.packets()]
    data = bytearray(path.read_bytes())
    place, size = packets[8]
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    shots = read(path, [Fraction(n, 30) for n in range(20)])
    assert [shot.place for shot in shots if shot.error] == [8]
    assert shots[8].error
    assert shots[8].error.code == "frame_unavailable"
    good = [numbered.number_of(shot.frame) for shot in shots if shot.frame]
    assert good == [n for n in range(20) if n != 8]


def test_decoding_starts_no_process(library: Library) -> None:
    started: list[str] = []
    watching = True

    def watch(event: str, args: object) -> None:
        if watching and event in ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec"):
            started.append(event)

    sys.addaudithook(watch)
    truth = library.truth("plain.mp4")
    for shot in read(library.path("plain.mp4"), [truth.time(5), truth.time(50)]):
        assert shot.frame
    watching = False
    assert started == []


def test_an_info_kept_as_json_reads_the_same(library: Library) -> None:
    truth = library.truth("late.ts")
    kept = probe(library.path("late.ts")).info.to_json()
    with open_source(library.path("late.ts")) as source:
        (shot,) = FrameReader(source, VideoInfo.from_json(kept)).read([truth.time(40)])
    assert_shows(shot, truth, 40)
