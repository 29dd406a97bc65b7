"""`python -m tests.video.real.pin`: writes pins.json anew, refusing where the product is wrong."""

from __future__ import annotations

import random
from itertools import islice

from . import extraction, fetch
from .extraction import SMALL, WHOLE
from .manifest import PinnedFrame, Pins, RealVideo, videos, write_pins
from .truth import decode_all

_RANDOM_POSITIONS = 8


def main() -> None:
    write_pins({video.name: _pin(video) for video in videos()})


def _pin(video: RealVideo) -> Pins:
    fetch.ensure(video.package)
    path = fetch.path_of(video)
    count = len(decode_all(path).pts)
    positions = _positions(video.name, count)
    truth = decode_all(path, positions)
    found = extraction.frames(path, [truth.time(position) for position in positions])
    for number, position in enumerate(positions):
        frame = found[number]
        if (frame.pts, frame.planes) != (truth.pts[position], truth.planes[position]):
            raise SystemExit(f"{video.name}: frame {position} is wrong: not pinned")
    points = [extraction.point(truth.time(position)) for position in positions]
    small = extraction.pictures(path, points, SMALL)
    whole = extraction.pictures(path, points[:1], WHOLE)[0]
    pinned = [
        PinnedFrame(
            position, truth.planes[position], extraction.as_text(extraction.colours(small[number]))
        )
        for number, position in enumerate(positions)
    ]
    size = (whole.width, whole.height)
    return Pins(count, size, extraction.as_text(extraction.colours(whole)), pinned)


def _positions(name: str, count: int) -> list[int]:
    """The first frame, the last, and others drawn by lot, the same every time."""
    drawn = random.Random(name).sample(range(count), count)
    return sorted({0, count - 1, *islice(drawn, _RANDOM_POSITIONS)})


if __name__ == "__main__":
    main()
