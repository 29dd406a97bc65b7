"""The store protocol, which folders and buckets implement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.core.files import File

from .stored_file import StoredFile


class Store(Protocol):
    """Files by name. They appear whole or not at all, under exactly the requested name.

    Missing files raise `FileNotFoundError`; a store that does not answer raises `Busy`, a full one
    `StorageFull`.
    """

    def save(self, name: str, content: File[Any]) -> str: ...

    def take(self, path: Path, name: str) -> None:
        """Move a local file into the store; if that was done before, do nothing."""
        ...

    def exists(self, name: str) -> bool: ...

    def size(self, name: str) -> int: ...

    def url(self, name: str) -> str: ...

    def opened(self, name: str) -> StoredFile: ...

    def on_disk(
        self, name: str, while_fetching: Callable[[], None]
    ) -> AbstractContextManager[Path]:
        """The file as a local file while the context is open.

        `while_fetching` is called regularly during a download, and cancels it by raising.
        """
        ...

    def delete(self, name: str) -> None:
        """If it is gone already, do nothing."""
        ...

    def names(self, *, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
        """Names of files written between these ages; a bucket lists a batch at a time."""
        ...

    def drop_parts(self, *, older_than: timedelta) -> int:
        """Delete partial files last written to before `older_than`; how many."""
        ...

    def try_writing(self) -> None:
        """Write a test file and delete it. Raises `OSError`."""
        ...

    def describe(self) -> str:
        """Its location, for the operator."""
        ...
