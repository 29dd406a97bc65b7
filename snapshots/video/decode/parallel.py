"""Several iterators at once, each on a thread of its own, as one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")


def side_by_side(lanes: Sequence[Iterator[T]], *, ahead: int) -> Generator[T, None, None]:
    """Yield what the lanes yield, in the order in which it comes, until all have ended.

    Each lane runs on a thread of its own, at most `ahead` items in front of whoever takes them,
    all lanes together. What a lane raises is raised here, and ends the others; so does closing
    the iterator: each lane stops at its next item, and is closed, before this returns.
    """
    channel: _Channel[T] = _Channel(len(lanes), ahead)
    threads = [
        threading.Thread(target=channel.fill, args=(lane,), name=f"lane-{number}", daemon=True)
        for number, lane in enumerate(lanes)
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
    """A queue with a bound and an end, which either side may give up."""

    def __init__(self, writers: int, room: int) -> None:
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._writers = writers
        self._room = room
        self._closed = False
        self._error: BaseException | None = None

    def fill(self, lane: Iterator[T]) -> None:
        """Take all of `lane`, as long as somebody wants it; runs on a lane's thread."""
        try:
            for item in lane:
                if not self._put(item):
                    break
            _close(lane)
        except BaseException as error:  # noqa: BLE001  raised anew on the other side
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
            del item  # a decoded frame: not kept while the next one is awaited

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._room)
            if not self._closed:
                self._items.append(item)
                self._changed.notify_all()
            return not self._closed

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._error = self._error or error
            self._closed = True


def _close(lane: Iterator[T]) -> None:
    with closing(lane):  # type: ignore[type-var]  # lanes are generators
        pass
