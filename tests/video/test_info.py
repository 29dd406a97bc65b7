"""The frame index: serializing and restoring it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from snapshots.video.info import FrameIndex

TICK = Fraction(1, 90000)


@pytest.mark.parametrize(
    "pts",
    [[], [0], [-9000, -6000, 0, 3003], [2**40, 2**40 + 1, 2**41], list(range(0, 7 * 3754, 3754))],
)
def test_an_index_is_restored_as_it_was_stored(pts: list[int]) -> None:
    keys = [number % 3 == 0 for number in range(len(pts))]
    index = FrameIndex.from_bytes(FrameIndex(TICK, pts, keys).to_bytes())
    assert (index.time_base, list(index.pts), list(map(bool, index.key_frames))) == (
        TICK, pts, keys,
    )  # fmt: skip
    assert index == FrameIndex(TICK, pts, keys)
    assert FrameIndex.from_bytes(index.to_bytes()) == index


def test_the_index_of_two_hours_is_small() -> None:
    index = FrameIndex(TICK, range(0, 432_000 * 1500, 1500), [False] * 432_000)
    assert len(index.to_bytes()) < 20_000


def test_what_is_no_index_is_refused() -> None:
    stored = FrameIndex(TICK, [0, 1, 2], [True, False, False]).to_bytes()
    with pytest.raises(ValueError, match="not a frame index"):
        FrameIndex.from_bytes(b"MHX0" + stored[4:])
    other = FrameIndex(TICK, [0, 1], [True, False]).to_bytes()
    with pytest.raises(ValueError, match="not a whole frame index"):
        FrameIndex.from_bytes(stored[:28] + other[28:])
