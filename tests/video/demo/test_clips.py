"""The demo's clips: three, different, playable, the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from snapshots.video.covers.candidates import best_moment
from snapshots.video.demo import drawings
from snapshots.video.demo.clips import DemoClip, make_demo_clips
from snapshots.video.demux.source import open_source
from snapshots.video.probe import Probe, probe
from tests.support.made_once import folder_made_once

_TITLES = "titles.json"


@pytest.fixture(scope="module")
def clips() -> list[DemoClip]:
    """Made anew whenever the code that makes them, or a library, has changed."""
    folder = folder_made_once(_make, of=())
    titles: dict[str, str] = json.loads((folder / _TITLES).read_text())
    return [DemoClip(folder / name, title) for name, title in titles.items()]


def _make(folder: Path) -> None:
    made = make_demo_clips(folder)
    (folder / _TITLES).write_text(json.dumps({clip.path.name: clip.title for clip in made}))


@pytest.fixture(scope="module")
def probes(clips: list[DemoClip]) -> list[Probe]:
    return [probe(clip.path) for clip in clips]


def test_they_are_three_of_six_to_ten_seconds(clips: list[DemoClip], probes: list[Probe]) -> None:
    assert len({clip.title for clip in clips}) == len({clip.path for clip in clips}) == 3
    assert all(6 <= found.info.duration <= 10 for found in probes)


def test_they_show_what_the_product_can_do(probes: list[Probe]) -> None:
    landscape, portrait, uneven = (found.info for found in probes)
    assert (landscape.width, landscape.height, landscape.rotation) == (1280, 720, 0)
    assert (portrait.width, portrait.height, portrait.rotation) == (720, 1280, 90)
    assert (uneven.codec, uneven.is_vfr) == ("vp9", True)


def test_each_has_a_good_cover(clips: list[DemoClip], probes: list[Probe]) -> None:
    for clip, found in zip(clips, probes, strict=True):
        with open_source(clip.path) as source:
            assert best_moment(source, found.info) is not None


@pytest.mark.parametrize("drawing", [drawings.dawn, drawings.city, drawings.sea])
def test_pictures_are_the_same_each_time_and_move(drawing: drawings.Drawing) -> None:
    first, again = drawing(320, 180), drawing(320, 180)
    assert np.array_equal(np.asarray(first(0.5)), np.asarray(again(0.5)))
    assert not np.array_equal(np.asarray(first(0.5)), np.asarray(first(0.52)))
