"""The automatic cover: the clearest frame, never a black or flat one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from snapshots.video.covers.candidates import best_moment
from snapshots.video.demux.source import open_source
from snapshots.video.probe import survey

from ..made import numbered
from ..made.numbered import Array

SHARP = numbered.picture(9)
BLACK = np.zeros_like(SHARP)
FLAT = np.full_like(SHARP, 130)
BLURRED = np.asarray(Image.fromarray(SHARP).filter(ImageFilter.GaussianBlur(8)))


def best(path: Path, pictures: list[Array], gop: int) -> Fraction | None:
    numbered.make(path, pictures=pictures, frames=len(pictures), gop=gop, b_frames=0)
    with open_source(path) as source:
        return best_moment(source, survey(source))


@pytest.mark.parametrize("dull", [BLACK, FLAT, BLURRED])
def test_the_clear_scene_wins(tmp_path: Path, dull: Array) -> None:
    moment = best(tmp_path / "a.mp4", [dull] * 30 + [SHARP] * 30 + [dull] * 30, gop=10)
    assert moment is not None
    assert 1 <= moment < 2
    assert moment * 30 % 10 == 0


@pytest.mark.parametrize("dull", [BLACK, FLAT])
def test_nothing_to_see_is_none(tmp_path: Path, dull: Array) -> None:
    assert best(tmp_path / "a.mp4", [dull] * 40, gop=10) is None


def test_a_fade_in_with_a_single_key_frame(tmp_path: Path) -> None:
    moment = best(tmp_path / "a.mp4", [BLACK] * 20 + [SHARP] * 60, gop=250)
    assert moment is not None
    assert moment >= Fraction(20, 30)


def test_the_best_of_all_blurred_is_still_one(tmp_path: Path) -> None:
    assert best(tmp_path / "a.mp4", [BLURRED] * 40, gop=10) is not None
