"""Only the frames that are needed are decoded, the longest work first, on every core."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from snapshots.video import extract as extract_module
from snapshots.video.bitstream import av1
from snapshots.video.decode import reader
from snapshots.video.decode.frames import FoundFrame
from snapshots.video.decode.gop_run import GopRun
from snapshots.video.decode.reader import FrameReader
from snapshots.video.decode.run_decoder import RunDecoder
from snapshots.video.decode.thread_count import max_threads
from snapshots.video.demux.source import open_source
from snapshots.video.demux.streams import SourceBounds
from snapshots.video.extract import extract
from snapshots.video.probe import probe
from snapshots.video.types import Picture

from ..conftest import Library
from ..made import numbered, painted
from ..oracle import Truth
from ..requests import request

AV1 = ["av1.mp4", "av1.mkv"]


def runs_decoded(
    path: Path,
    truth: Truth,
    positions: list[int],
    monkeypatch: pytest.MonkeyPatch,
    *,
    cores: int = 1,
) -> list[tuple[str, list[int]]]:
    """The runs in the order in which they were begun, by thread: the PTS they are for."""
    begun: list[tuple[str, list[int]]] = []
    decode = RunDecoder.decode

    def watched(self: RunDecoder, run: GopRun) -> Iterator[FoundFrame]:
        begun.append((threading.current_thread().name, sorted(run.targets)))
        return decode(self, run)

    monkeypatch.setattr(RunDecoder, "decode", watched)
    known = probe(path)
    with open_source(path, bounds=SourceBounds(cores=cores)) as source:
        frame_reader = FrameReader(source, known.info, index=known.index)
        results = list(frame_reader.read([truth.time(position) for position in positions]))
    assert all(numbered.number_of(result.frame) == positions[result.index] for result in results)  # type: ignore[arg-type]
    return begun


def test_with_an_index_the_longest_run_is_begun_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = library.truth("plain.mp4")  # key frames at 0, 30, 60
    begun = runs_decoded(library.path("plain.mp4"), truth, [2, 35, 50, 69], monkeypatch)
    pts = [frame.pts for frame in truth.frames]
    assert [wanted for _, wanted in begun] == [[pts[35], pts[50]], [pts[69]], [pts[2]]]


def test_two_cores_decode_two_runs_at_once_and_one_decodes_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, truth = library.path("plain.mp4"), library.truth("plain.mp4")
    positions = [29, 58, 88]
    one = runs_decoded(path, truth, positions, monkeypatch, cores=1)
    assert {thread for thread, _ in one} == {"decoder-0"}
    together = threading.Barrier(2, timeout=20)
    begun: set[str] = set()

    def wait(self: RunDecoder, run: GopRun) -> Iterator[FoundFrame]:
        if threading.current_thread().name not in begun:
            begun.add(threading.current_thread().name)
            together.wait()
        return decode(self, run)

    decode = RunDecoder.decode
    monkeypatch.setattr(RunDecoder, "decode", wait)
    runs_decoded(path, truth, positions, monkeypatch, cores=2)
    assert begun == {"decoder-0", "decoder-1"}


def test_a_picture_is_encoded_while_the_next_run_is_decoded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first picture is not let go before the run behind the next has begun."""
    path, known = library.path("plain.mp4"), probe(library.path("plain.mp4"))
    begun: list[str] = []
    has_gone_on = threading.Event()
    decode, encode = RunDecoder.decode, extract_module.encode  # type: ignore[attr-defined]

    def watched(self: RunDecoder, run: GopRun) -> Iterator[FoundFrame]:
        begun.append(threading.current_thread().name)
        if len(begun) == 2:
            has_gone_on.set()
        return decode(self, run)

    def waiting_encode(*arguments: Any) -> bytes:
        assert has_gone_on.wait(20)
        assert threading.current_thread().name not in begun
        return encode(*arguments)

    monkeypatch.setattr(RunDecoder, "decode", watched)
    monkeypatch.setattr(extract_module, "encode", waiting_encode)
    monkeypatch.setattr(reader, "max_threads", lambda *_: 1)
    requests = [request(f"f{key}", point=key) for key in (29, 59, 89)]
    results = list(extract(path, requests, info=known.info, index=known.index))
    assert all(isinstance(result, Picture) for result in results)
    assert begun == ["decoder-0"] * 3


@pytest.mark.parametrize(
    ("size", "pixel_format", "threads"),
    [
        ((1920, 1080), "yuv420p", 7),
        ((1920, 1080), "yuv420p10le", 3),
        ((2560, 1440), "yuv420p", 4),
        ((3840, 2160), "yuv420p", 1),
        ((3840, 2160), "yuv420p10le", 1),
    ],
)
def test_large_pictures_are_decoded_on_fewer_threads(
    library: Library, size: tuple[int, int], pixel_format: str, threads: int
) -> None:
    info = painted.facts(*size, pixel_format=pixel_format)
    with open_source(library.path("plain.mp4"), bounds=SourceBounds(cores=8)) as source:
        assert max_threads(source, info) == threads


@pytest.mark.parametrize("name", AV1)
@pytest.mark.parametrize("position", [7, 29, 31, 69])
def test_av1_decodes_only_what_a_frame_refers_to(
    library: Library, name: str, position: int
) -> None:
    truth = library.truth(name)
    with open_source(library.path(name)) as source:
        packets = list(islice(source.packets(), position + 8))
        extradata = source.decoder.extradata or b""
        left = av1.prune(packets, {truth.frames[position].pts}, extradata)
    assert left is not None
    assert len(left) <= 8
    assert sum(p.size for p in left) < sum(p.size for p in packets)


@pytest.mark.parametrize(
    ("name", "position", "maximum"),
    [
        ("plain.mp4", 29, 20),
        ("pyramid.mkv", 47, 30),
        ("hevc.mp4", 29, 20),
        ("mpeg4.mp4", 29, 20),
        ("mpeg2.ts", 11, 9),
        ("av1.mp4", 69, 8),
        ("vp9.webm", 29, 31),
        ("long-gop.mp4", 240, 160),
    ],
)
def test_few_frames_are_decoded(library: Library, name: str, position: int, maximum: int) -> None:
    path, truth = library.path(name), library.truth(name)
    known = probe(path)
    at = f"{float(truth.time(position) + Fraction(1, 2000)):.6f}s"
    results = extract(path, [request(at)], info=known.info)
    picture = next(results)
    assert isinstance(picture, Picture)
    assert picture.pts == truth.frames[position].pts
    with pytest.raises(StopIteration) as end:
        next(results)
    assert 1 <= end.value.value <= maximum
