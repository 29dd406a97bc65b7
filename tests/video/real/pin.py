"""`python -m tests.video.real.pin`: writes pins.json anew, refusing where the product is wrong."""

from __future__ import annotations

import random
from itertools import islice

from . import answers, fetch
from .answers import SMALL, WHOLE
from .manifest import PinnedFrame, Pins, RealVideo, videos, write_pins
from .truth import decode_all

_RANDOM_PLACES = 8


def main() -> None:
    write_pins({video.name: _pin(video) for video in videos()})


def _pin(video: RealVideo) -> Pins:
    fetch.ensure(video.package)
    path = fetch.path_of(video)
    count = len(decode_all(path).pts)
    places = _places(video.name, count)
    truth = decode_all(path, places)
    found = answers.frames(path, [truth.time(place) for place in places])
    for number, place in enumerate(places):
        answer = found[number]
        if (answer.pts, answer.planes) != (truth.pts[place], truth.planes[place]):
            raise SystemExit(f"{video.name}: frame {place} is wrong: not pinned")
    points = [answers.point(truth.time(place)) for place in places]
    small = answers.pictures(path, points, SMALL)
    whole = answers.pictures(path, points[:1], WHOLE)[0]
    pinned = [
        PinnedFrame(place, truth.planes[place], answers.as_text(answers.colours(small[number])))
        for number, place in enumerate(places)
    ]
    size = (whole.width, whole.height)
    return Pins(count, size, answers.as_text(answers.colours(whole)), pinned)


def _places(name: str, count: int) -> list[int]:
    """The first frame, the last, and others drawn by lot, the same every time."""
    drawn = random.Random(name).sample(range(count), count)
    return sorted({0, count - 1, *islice(drawn, _RANDOM_PLACES)})


if __name__ == "__main__":
    main()
