"""The frame at a time is the one on screen: read from pixels, against a plain decode."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from snapshots.video.decode.frames import FrameResult
from snapshots.video.decode.gop_run import BufferSize
from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux.source import open_source
from snapshots.video.info import VideoInfo
from snapshots.video.probe import probe, survey

from ..conftest import CHANGED, VIDEOS, Library
from ..made import numbered
from ..oracle import Truth, planes_of

ALL = sorted([*VIDEOS, *CHANGED])


def read(
    path: Path,
    moments: Sequence[Fraction],
    *,
    buffer: BufferSize | None = None,
    mode: str = "exact",
) -> list[FrameResult]:
    with open_source(path) as source:
        reader = FrameReader(source, survey(source), buffer=buffer)
        results = list(reader.read(moments, mode=mode))
    assert sorted(result.index for result in results) == list(range(len(moments)))
    return sorted(results, key=lambda result: result.index)


def assert_shows(result: FrameResult, truth: Truth, position: int) -> None:
    wanted = truth.frames[position]
    if not wanted.is_whole:
        assert result.frame is None
        assert result.error is not None
        assert result.error.code == "frame_unavailable"
        return
    assert result.error is None
    assert result.frame is not None
    assert result.receipt is not None
    assert result.receipt.pts == wanted.pts
    assert result.receipt.time_base == truth.time_base
    assert result.receipt.frame_time == truth.time(position)
    assert planes_of(result.frame) == wanted.planes


@pytest.mark.parametrize("name", ALL)
def test_every_frame_in_company_shuffled_and_doubled_and_some_alone(
    library: Library, name: str
) -> None:
    truth, dice = library.truth(name), random.Random(name)
    positions = list(range(len(truth.frames))) * 2
    dice.shuffle(positions)
    with open_source(library.path(name)) as source:
        reader = FrameReader(source, survey(source))
        results = list(reader.read([truth.time(position) for position in positions]))
        assert sorted(result.index for result in results) == list(range(len(positions)))
        for result in results:
            assert_shows(result, truth, positions[result.index])
        for position in dice.sample(positions, min(5, len(positions))):
            (result,) = reader.read([truth.time(position)])
            assert_shows(result, truth, position)


def test_finite_decimals_of_ntsc(library: Library) -> None:
    truth = library.truth("film.mp4")
    for text, position in (("0.041709", 1), ("0.0833", 1), ("0.083417", 2), ("1.001", 24)):
        (result,) = read(library.path("film.mp4"), [Fraction(text)])
        assert_shows(result, truth, position)


@pytest.mark.parametrize("name", ["pyramid.mkv", "open-gop.mp4", "vp9.webm", "mpeg2.ts", "av1.mp4"])
def test_a_run_longer_than_the_buffer_is_decoded_while_it_is_read(
    library: Library, name: str
) -> None:
    truth = library.truth(name)
    positions = list(range(0, len(truth.frames), 7))
    moments = [truth.time(position) for position in positions]
    results = read(library.path(name), moments, buffer=BufferSize(packets=4))
    for result, position in zip(results, positions, strict=True):
        assert_shows(result, truth, position)


def test_moments_of_one_gop_share_one_pass(library: Library) -> None:
    truth = library.truth("long-gop.mp4")
    with open_source(library.path("long-gop.mp4")) as source:
        reader = FrameReader(source, survey(source))
        list(reader.read([truth.time(position) for position in range(100, 200)]))
        assert reader.decoded_frames < 220


def test_a_frame_that_does_not_decode_is_an_error_never_its_neighbour(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "hurt.mov", codec="mjpeg", frames=20, pix_fmt="yuvj420p")
    with open_source(path) as source:
        packets = [(packet.pos, packet.size) for packet in source.packets()]
    data = bytearray(path.read_bytes())
    position, size = packets[8]
    data[position : position + size] = bytes(size)
    path.write_bytes(data)
    results = read(path, [Fraction(n, 30) for n in range(20)])
    assert [result.index for result in results if result.error] == [8]
    assert results[8].error
    assert results[8].error.code == "frame_unavailable"
    good = [numbered.number_of(result.frame) for result in results if result.frame]
    assert good == [n for n in range(20) if n != 8]


def test_decoding_starts_no_process(library: Library) -> None:
    started: list[str] = []
    watching = True

    def watch(event: str, args: object) -> None:
        if watching and event in ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec"):
            started.append(event)

    sys.addaudithook(watch)
    truth = library.truth("plain.mp4")
    for result in read(library.path("plain.mp4"), [truth.time(5), truth.time(50)]):
        assert result.frame
    watching = False
    assert started == []


def test_an_info_stored_as_json_reads_the_same(library: Library) -> None:
    truth = library.truth("late.ts")
    stored = probe(library.path("late.ts")).info.to_json()
    with open_source(library.path("late.ts")) as source:
        (result,) = FrameReader(source, VideoInfo.from_json(stored)).read([truth.time(40)])
    assert_shows(result, truth, 40)
