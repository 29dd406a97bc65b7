"""Several iterators on threads of their own: all that they give, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from snapshots.video.decode.parallel import side_by_side


def numbers(start: int, count: int) -> Iterator[int]:
    yield from range(start, start + count)


def lane_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("lane-")]


def test_all_items_of_all_lanes_each_lane_in_its_order() -> None:
    found = list(side_by_side([numbers(0, 50), numbers(100, 70), numbers(500, 0)], ahead=2))
    assert [n for n in found if n < 100] == list(range(50))
    assert [n for n in found if n >= 100] == list(range(100, 170))
    assert lane_threads() == []


def test_lanes_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=10)

    def lane() -> Iterator[int]:
        yield together.wait()

    assert sorted(side_by_side([lane(), lane()], ahead=2)) == [0, 1]


def test_no_lane_runs_further_ahead_than_said() -> None:
    made: list[int] = []

    def lane() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with closing(side_by_side([lane()], ahead=3)) as items:
        for taken in range(1, 20):
            next(items)
            assert len(made) <= taken + 3 + 1  # one more waits for room


def test_what_a_lane_raises_is_raised_and_ends_the_others() -> None:
    closed: list[str] = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append("endless")

    def broken() -> Iterator[int]:
        yield 2
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(side_by_side([endless(), broken()], ahead=2))
    assert closed == ["endless"]
    assert lane_threads() == []


def test_closing_stops_and_closes_every_lane() -> None:
    closed: list[int] = []

    def endless(number: int) -> Iterator[int]:
        try:
            while True:
                yield number
        finally:
            closed.append(number)

    with closing(side_by_side([endless(1), endless(2)], ahead=2)) as items:
        next(items)
    assert sorted(closed) == [1, 2]
    assert lane_threads() == []
