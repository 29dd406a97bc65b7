"""The contract, over every source: requests in, pictures out, against a decode of everything.

The number of a frame is read from the pixels of the picture that comes out.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from snapshots.video.errors import VideoError
from snapshots.video.extract import Failure, Picture, extract
from snapshots.video.render.spec import RenderSpec

from .conftest import CHANGED, CUT, VIDEOS, Library, appearance_of
from .made.unreadable import REFUSED
from .oracle import Truth
from .requests import request

ALL = sorted([*VIDEOS, *CHANGED])
_EARLY = Fraction(1, 2000)  # seconds
_JUST, _TOO_FAR = Fraction(3, 4), Fraction(5, 4)
SPECS = (RenderSpec("png"), RenderSpec("jpg"), RenderSpec("webp", 128, 128, fill="stretch"))


@dataclass(frozen=True)
class Point:
    """A requested point, and the position of the expected frame, or the error's code."""

    at: str
    wanted: int | str
    mode: str = "exact"


def seconds(moment: Fraction) -> str:
    """Rounded to the microsecond, as times are copied from receipts."""
    return f"{float(round(moment, 6)):.6f}"


def points(truth: Truth, seed: str) -> list[Point]:
    """Every form of time, at and between frames, at both ends and beyond, in both modes."""
    dice = random.Random(seed)
    count = len(truth.frames)
    keys = [position for position, frame in enumerate(truth.frames) if frame.is_key]
    key = dice.choice(keys or [0])
    drawn = {0, 1, count // 2, count - 1, key - 1, key, key + 1, dice.randrange(count)}
    positions = sorted(position for position in drawn if 0 <= position < count)
    requested = [*_at_frames(truth, positions), *_between(truth, positions), *_ends(truth)]
    requested += _near(truth, positions)
    dice.shuffle(requested)
    return [*requested, *requested[:2]]


def _at_frames(truth: Truth, positions: Sequence[int]) -> Iterator[Point]:
    for position in positions:
        moment = truth.time(position)
        yield Point(f"{seconds(moment)}s", position)
        yield Point(f"f{position}", position)
    for position in positions[::3]:
        moment = truth.time(position)
        yield Point(f"{seconds(moment)}s", truth.key_frame(moment), "keyframe")


def _between(truth: Truth, positions: Sequence[int]) -> Iterator[Point]:
    for number, position in enumerate(positions):
        middle = (truth.time(position) + _end(truth, position)) / 2
        minutes, rest = divmod(middle, 60)
        forms = (
            Point(f"{seconds(middle * 1000)}ms", position),
            Point(f"{minutes:02}:{seconds(rest)}", position),
            Point(f"{seconds(middle * 100 / truth.duration)}%", position),
            Point(f"{seconds(middle)}S", truth.key_frame(middle), "keyframe"),
        )
        yield from (forms[number % 4], forms[(number + 1) % 4])


def _near(truth: Truth, positions: Sequence[int]) -> Iterator[Point]:
    """Early by less than half a tick and 0.5 ms it is the frame, by more the one before."""
    tick = truth.time_base
    for position in positions[1:]:
        moment = truth.time(position)
        within, without = min(tick / 2, _EARLY) * 98 / 100, max(tick / 2, _EARLY) * 6 / 5
        yield Point(f"{float(moment - within):.9f}s", position)
        if moment - without > truth.time(position - 1):
            yield Point(f"{float(moment - without):.9f}s", position - 1)


def _end(truth: Truth, position: int) -> Fraction:
    return truth.time(position + 1) if position + 1 < len(truth.frames) else truth.duration


def _ends(truth: Truth) -> Iterator[Point]:
    last = len(truth.frames) - 1
    inside, outside = (truth.duration + truth.last_frame_s * part for part in (_JUST, _TOO_FAR))
    yield from (Point(at, 0) for at in ("0s", "0%", "00:00:00", "f0"))
    yield from (Point(at, last) for at in ("100%", f"{seconds(truth.duration)}s"))
    yield Point(f"{seconds(inside)}s", last)
    yield Point(f"{seconds(outside)}s", "time_out_of_range")
    for at in ("-0.001s", "-1ms", "100.01%", "-1%", f"f{last + 1}", "f-1", "99:00:00"):
        yield Point(at, "time_out_of_range")
    yield Point("-1s", "time_out_of_range", "keyframe")


def extract_points(
    library: Library, name: str, requested: Sequence[Point]
) -> dict[int, Picture | Failure]:
    requests = [
        request(point.at, SPECS[number % 3], point=number, mode=point.mode)
        for number, point in enumerate(requested)
    ]
    results = list(extract(library.path(name), requests))
    assert sorted(result.key.point for result in results) == list(range(len(requested)))
    return {result.key.point: result for result in results}


def assert_right(library: Library, name: str, point: Point, result: Picture | Failure) -> None:
    said: Any = (name, point, replace(result, data=b"") if isinstance(result, Picture) else result)
    assert result.at == point.at
    truth, wanted = library.truth(name), point.wanted
    if isinstance(wanted, int) and not truth.frames[wanted].is_whole:
        wanted = "frame_unavailable"
    if isinstance(wanted, str):
        assert isinstance(result, Failure), said
        assert result.code == wanted, said
        assert result.message
        return
    assert isinstance(result, Picture), said
    appearance, spec = appearance_of(name), SPECS[result.key.point % 3]
    assert result.format == spec.format
    frame = truth.frames[wanted]
    assert number_in(result, name) == frame.number, said
    assert (result.width, result.height) == (appearance.size if spec.width == 0 else (128, 128)), (
        said
    )
    assert result.pts == frame.pts, said
    assert Fraction(result.time_base) == truth.time_base, said
    assert result.frame_time == float(round(truth.time(wanted), 6)), said
    assert result.key_frame == frame.is_key, said


def number_in(picture: Picture, name: str) -> int:
    appearance = appearance_of(name)
    image = Image.open(io.BytesIO(picture.data))
    assert image.size == (picture.width, picture.height)
    if appearance.has_alpha and picture.format == "png":
        corner = appearance.as_stored(np.asarray(image))[..., 3]
        assert corner[4:16, 4:16].max() < 40
        assert corner[40:, 40:].min() > 215
    return appearance.number(image)


@pytest.mark.parametrize("name", ALL)
def test_every_point_gives_its_frame_alone_and_in_company(library: Library, name: str) -> None:
    requested = points(library.truth(name), name)
    results = extract_points(library, name, requested)
    for key, result in results.items():
        assert_right(library, name, requested[key], result)
    modes = ("exact", "exact", "keyframe")
    of_mode = [[key for key, point in enumerate(requested) if point.mode == mode] for mode in modes]
    for key in map(random.Random(name).choice, of_mode):
        point = requested[key]
        alone = request(point.at, SPECS[key % 3], point=key, mode=point.mode)
        assert list(extract(library.path(name), [alone])) == [results[key]]


@pytest.mark.parametrize("name", sorted(CUT))
def test_a_file_cut_short_gives_what_it_holds_and_nothing_else(library: Library, name: str) -> None:
    truth = library.truth(name)
    held, promised = len(truth.frames), Fraction(4)
    assert 40 < held < 100
    requested = [Point(f"f{position}", position) for position in range(0, held, 5)]
    requested += [
        Point(f"{seconds(truth.time(position))}s", position) for position in range(1, held, 5)
    ]
    requested += [Point(at, "frame_unavailable") for at in (f"f{held}", "100%", "3.9s")]
    requested += [Point(f"{seconds(truth.duration)}s", "frame_unavailable"), Point("0%", 0)]
    requested += [
        Point(f"{seconds(promised * 2)}s", "time_out_of_range"),
        Point("99%", "frame_unavailable"),
    ]
    for key, result in extract_points(library, name, requested).items():
        assert_right(library, name, requested[key], result)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_refused_as_a_whole_has_one_error(tmp_path: Path, name: str) -> None:
    make, code = REFUSED[name]
    make(tmp_path / name)
    with pytest.raises(VideoError) as caught:
        list(extract(tmp_path / name, [request("0s", SPECS[0])]))
    assert caught.value.code == code
    assert caught.value.message
