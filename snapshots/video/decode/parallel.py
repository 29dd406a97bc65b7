"""Merging iterators that run on worker threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")


def merge_threads(iterators: Sequence[Iterator[T]], *, ahead: int) -> Generator[T, None, None]:
    """Yield the items of all iterators as they come, until all are exhausted.

    Each iterator runs on a thread of its own; together they run at most `ahead` items ahead of
    the consumer. An exception of one is raised here and ends the others. So does closing this
    generator: each iterator stops at its next item, and is closed, before that returns.
    """
    channel: _Channel[T] = _Channel(len(iterators), ahead)
    threads = [
        threading.Thread(
            target=channel.fill, args=(iterator,), name=f"decoder-{number}", daemon=True
        )
        for number, iterator in enumerate(iterators)
    ]
    for thread in threads:
        thread.start()
    try:
        yield from channel
    finally:
        channel.close()
        for thread in threads:
            thread.join()


class _Channel(Generic[T]):
    """A bounded queue that ends with its writers and that either side may abandon."""

    def __init__(self, writers: int, capacity: int) -> None:
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._writers = writers
        self._capacity = capacity
        self._closed = False
        self._error: BaseException | None = None

    def fill(self, iterator: Iterator[T]) -> None:
        """Put all items of `iterator` until the channel is closed; runs on a worker thread."""
        try:
            for item in iterator:
                if not self._put(item):
                    break
            _close(iterator)
        except BaseException as error:  # noqa: BLE001  raised again by the consumer
            self._fail(error)
        finally:
            with self._changed:
                self._writers -= 1
                self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._error or not self._writers)
                if self._error:
                    raise self._error
                if not self._items:
                    return
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
            del item  # a decoded frame: release it before waiting for the next one

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if not self._closed:
                self._items.append(item)
                self._changed.notify_all()
            return not self._closed

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._error = self._error or error
            self._closed = True


def _close(iterator: Iterator[T]) -> None:
    with closing(iterator):  # type: ignore[type-var]  # they are generators
        pass
