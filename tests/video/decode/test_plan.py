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
from snapshots.video.decode.plan import Run
from snapshots.video.decode.reader import FrameReader
from snapshots.video.decode.run_decoder import Found, RunDecoder
from snapshots.video.demux.source import SourceLimits, open_source
from snapshots.video.extract import extract
from snapshots.video.probe import probe
from snapshots.video.render.spec import RenderSpec
from snapshots.video.types import Picture, Request

from ..conftest import Library
from ..made import numbered, painted
from ..oracle import Truth

AV1 = ["av1.mp4", "av1.mkv"]


def runs_decoded(
    path: Path, truth: Truth, places: list[int], monkeypatch: pytest.MonkeyPatch, *, cores: int = 1
) -> list[tuple[str, list[int]]]:
    """The runs in the order in which they were begun, by thread: the PTS they are for."""
    begun: list[tuple[str, list[int]]] = []
    decode = RunDecoder.decode

    def watched(self: RunDecoder, run: Run) -> Iterator[Found]:
        begun.append((threading.current_thread().name, sorted(run.targets)))
        return decode(self, run)

    monkeypatch.setattr(RunDecoder, "decode", watched)
    known = probe(path)
    with open_source(path, limits=SourceLimits(cores=cores)) as source:
        asked = FrameReader(source, known.info, index=known.index)
        shots = list(asked.read([truth.time(place) for place in places]))
    assert all(numbered.number_of(shot.frame) == places[shot.place] for shot in shots)  # type: ignore[arg-type]
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
    places = [29, 58, 88]
    one = runs_decoded(path, truth, places, monkeypatch, cores=1)
    assert {thread for thread, _ in one} == {"lane-0"}
    together = threading.Barrier(2, timeout=20)
    begun: set[str] = set()

    def wait(self: RunDecoder, run: Run) -> Iterator[Found]:
        if threading.current_thread().name not in begun:
            begun.add(threading.current_thread().name)
            together.wait()
        return decode(self, run)

    decode = RunDecoder.decode
    monkeypatch.setattr(RunDecoder, "decode", wait)
    runs_decoded(path, truth, places, monkeypatch, cores=2)
    assert begun == {"lane-0", "lane-1"}


def test_a_picture_is_encoded_while_the_next_run_is_decoded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first picture is not let go before the run behind the next has begun."""
    path, known = library.path("plain.mp4"), probe(library.path("plain.mp4"))
    begun: list[str] = []
    has_gone_on = threading.Event()
    decode, encode = RunDecoder.decode, extract_module.encode  # type: ignore[attr-defined]

    def watched(self: RunDecoder, run: Run) -> Iterator[Found]:
        begun.append(threading.current_thread().name)
        if len(begun) == 2:
            has_gone_on.set()
        return decode(self, run)

    def held(*words: Any) -> bytes:
        assert has_gone_on.wait(20)
        assert threading.current_thread().name not in begun
        return encode(*words)

    monkeypatch.setattr(RunDecoder, "decode", watched)
    monkeypatch.setattr(extract_module, "encode", held)
    monkeypatch.setattr(reader, "_most_lanes", lambda *_: 1)
    requests = [Request(str(key), f"f{key}", RenderSpec("png")) for key in (29, 59, 89)]
    results = list(extract(path, requests, info=known.info, index=known.index))
    assert all(isinstance(result, Picture) for result in results)
    assert begun == ["lane-0"] * 3


@pytest.mark.parametrize(
    ("size", "pixel_format", "lanes"),
    [
        ((1920, 1080), "yuv420p", 7),
        ((1920, 1080), "yuv420p10le", 3),
        ((2560, 1440), "yuv420p", 4),
        ((3840, 2160), "yuv420p", 1),
        ((3840, 2160), "yuv420p10le", 1),
    ],
)
def test_large_pictures_are_decoded_on_fewer_lanes(
    library: Library, size: tuple[int, int], pixel_format: str, lanes: int
) -> None:
    info = painted.facts(*size, pixel_format=pixel_format)
    with open_source(library.path("plain.mp4"), limits=SourceLimits(cores=8)) as source:
        assert reader._most_lanes(source, info) == lanes


@pytest.mark.parametrize("name", AV1)
@pytest.mark.parametrize("place", [7, 29, 31, 69])
def test_av1_decodes_only_what_a_frame_refers_to(library: Library, name: str, place: int) -> None:
    truth = library.truth(name)
    with open_source(library.path(name)) as source:
        packets = list(islice(source.packets(), place + 8))
        extradata = source.decoder.extradata or b""
        left = av1.prune(packets, {truth.frames[place].pts}, extradata)
    assert left is not None
    assert len(left) <= 8
    assert sum(p.size for p in left) < sum(p.size for p in packets)


@pytest.mark.parametrize(
    ("name", "place", "most"),
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
def test_the_debug_receipt_counts_few_decoded_frames(
    library: Library, name: str, place: int, most: int
) -> None:
    path, truth = library.path(name), library.truth(name)
    known = probe(path)
    at = f"{float(truth.time(place) + Fraction(1, 2000)):.6f}s"
    results = extract(path, [Request("0", at, RenderSpec("png"))], info=known.info)
    picture = next(results)
    assert isinstance(picture, Picture)
    assert picture.pts == truth.frames[place].pts
    with pytest.raises(StopIteration) as end:
        next(results)
    assert 1 <= end.value.value <= most
