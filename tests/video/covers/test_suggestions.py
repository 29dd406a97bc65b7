"""Frames proposed to people: spread over the video, and each worth looking at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from snapshots.video.covers.suggestions import suggest
from snapshots.video.demux.source import open_source
from snapshots.video.probe import probe
from snapshots.video.sandbox import parent as sandbox

from ..made import numbered
from ..made.numbered import Array

PICTURES = [numbered.picture(number) for number in (5, 300, 900, 1400, 2200, 3100)]
PICTURES = [np.roll(picture, 20 * position, axis=1) for position, picture in enumerate(PICTURES)]
BLACK = np.zeros_like(PICTURES[0])
FLAT = np.full_like(PICTURES[0], 130)
BLURRED = np.asarray(Image.fromarray(PICTURES[0]).filter(ImageFilter.GaussianBlur(8)))


def suggested(path: Path, pictures: list[Array], gop: int, count: int = 6) -> list[int]:
    """Numbers of the frames proposed; 30 a second."""
    numbered.make(path, pictures=pictures, frames=len(pictures), gop=gop, b_frames=0)
    found = probe(path)
    with open_source(path) as source:
        frames = suggest(source, found.info, count=count)
        return [found.index.at_or_before(pts) for pts in frames]  # type: ignore[misc]


def dissolve(one: Array, other: Array, frames: int) -> list[Array]:
    shares = np.linspace(0, 1, frames + 2)[1:-1]
    return [(one * (1 - share) + other * share).astype(np.uint8) for share in shares]


@pytest.mark.parametrize("gop", [6, 250])
def test_one_of_each_part_of_the_video(tmp_path: Path, gop: int) -> None:
    frames = suggested(
        tmp_path / "a.mp4", [picture for picture in PICTURES for _ in range(30)], gop
    )
    assert [number // 30 for number in frames] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("dull", [BLACK, FLAT, BLURRED])
def test_dull_parts_are_left_out(tmp_path: Path, dull: Array) -> None:
    pictures = [*[dull] * 60, *[PICTURES[0]] * 60, *[dull] * 60]
    frames = suggested(tmp_path / "a.mp4", pictures, 6)
    assert frames
    assert all(60 <= number < 120 for number in frames)


@pytest.mark.parametrize("gop", [6, 250])
@pytest.mark.parametrize("other", [PICTURES[3], BLACK])
def test_transitions_are_left_out(tmp_path: Path, gop: int, other: Array) -> None:
    """A dissolve from frame 60 to 120, so long that several moments lie in it."""
    pictures = [*[PICTURES[0]] * 60, *dissolve(PICTURES[0], other, 60), *[PICTURES[3]] * 60]
    frames = suggested(tmp_path / "a.mp4", pictures, gop)
    assert frames
    assert not [number for number in frames if 66 <= number < 112]


def test_nothing_to_see_is_none(tmp_path: Path) -> None:
    assert suggested(tmp_path / "a.mp4", [BLACK] * 60, 10) == []


def test_the_child_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    frames = suggested(path, [picture for picture in PICTURES for _ in range(30)], 10)
    found = probe(path)
    pts = sandbox.suggest(path, count=6, info=found.info)
    assert [found.index.at_or_before(time) for time in pts] == frames
    assert sandbox.suggest(path, count=6) == pts
