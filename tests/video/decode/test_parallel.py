"""Merged iterators on worker threads: all their items, and no thread left over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from snapshots.video.decode.parallel import merge_threads


def numbers(start: int, count: int) -> Iterator[int]:
    yield from range(start, start + count)


def worker_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("decoder-")]


def test_all_items_come_and_those_of_one_iterator_in_order() -> None:
    found = list(merge_threads([numbers(0, 50), numbers(100, 70), numbers(500, 0)], ahead=2))
    assert [n for n in found if n < 100] == list(range(50))
    assert [n for n in found if n >= 100] == list(range(100, 170))
    assert worker_threads() == []


def test_iterators_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=10)

    def source() -> Iterator[int]:
        yield together.wait()

    assert sorted(merge_threads([source(), source()], ahead=2)) == [0, 1]


def test_no_iterator_runs_further_ahead_than_allowed() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with closing(merge_threads([source()], ahead=3)) as items:
        for taken in range(1, 20):
            next(items)
            assert len(made) <= taken + 3 + 1  # one more waits for a free slot


def test_an_exception_of_one_iterator_is_raised_and_ends_the_others() -> None:
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
        list(merge_threads([endless(), broken()], ahead=2))
    assert closed == ["endless"]
    assert worker_threads() == []


def test_closing_stops_and_closes_every_iterator() -> None:
    closed: list[int] = []

    def endless(number: int) -> Iterator[int]:
        try:
            while True:
                yield number
        finally:
            closed.append(number)

    with closing(merge_threads([endless(1), endless(2)], ahead=2)) as items:
        next(items)
    assert sorted(closed) == [1, 2]
    assert worker_threads() == []
