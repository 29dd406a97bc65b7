"""What sources and pictures ask of the place they lie in: a folder or a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.core.files import File

from .stored_file import Opened


class Store(Protocol):
    """Files by name. They appear whole or not at all, under exactly the name asked for.

    What is not there raises `FileNotFoundError`; a store that does not answer raises `Busy`, one
    without room `StorageFull`.
    """

    def save(self, name: str, content: File[Any]) -> str: ...

    def take(self, path: Path, name: str) -> None:
        """Move a file on this machine's disk in; where that was done before, do nothing."""
        ...

    def exists(self, name: str) -> bool: ...

    def size(self, name: str) -> int: ...

    def url(self, name: str) -> str: ...

    def opened(self, name: str) -> Opened: ...

    def on_disk(
        self, name: str, while_fetching: Callable[[], None]
    ) -> AbstractContextManager[Path]:
        """The file on this machine's disk, for as long as it is held.

        `while_fetching` is called now and then while that takes time; what it raises ends it.
        """
        ...

    def delete(self, name: str) -> None:
        """Where it is gone already, do nothing."""
        ...

    def names(self, *, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
        """Names of files written between these ages, as far as a look now and then needs them."""
        ...

    def drop_parts(self, *, older_than: timedelta) -> int:
        """Delete what was begun, and not gone on with for so long; how many."""
        ...

    def try_writing(self) -> None:
        """Write something and take it back. Raises `OSError`."""
        ...

    def describe(self) -> str:
        """Where it is, for who runs the site."""
        ...
