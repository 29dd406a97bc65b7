"""Sources and pictures, in a folder or in a bucket."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import structlog
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from ..errors import Busy
from .staging import incoming_path
from .store import Store
from .stored_file import LocalFile, StoredFile

log = structlog.get_logger()


def _sources() -> Store:
    return cast("Store", storages["sources"])


def _pictures() -> Store:
    return cast("Store", storages["pictures"])


# --- Sources -------------------------------------------------------------------------------------


def save_source(name: str, content: File[Any]) -> None:
    """Store a source; an upload already on the same disk is renamed."""
    _sources().save(name, content)


def take_incoming(name: str, source: str) -> None:
    """Make an incoming file a source; if it is one already, do nothing."""
    _sources().take(incoming_path(name), source)


def has_source(name: str) -> bool:
    return _sources().exists(name)


def source_size(name: str) -> int:
    return _sources().size(name)


def open_source(name: str, link: str) -> StoredFile:
    """The bytes of a source, stored or linked. Raises `OSError` if it is missing, `Busy`."""
    return LocalFile(open(link.encode(), "rb")) if link else _sources().opened(name)


def source_on_disk(
    name: str, link: str, while_fetching: Callable[[], None]
) -> AbstractContextManager[Path]:
    """A source as a local file while the context is open; see `Store.on_disk`."""
    if link:  # kept as UTF-8; this process's locale may have another encoding
        return nullcontext(Path(os.fsdecode(link.encode())))
    return _sources().on_disk(name, while_fetching)


def delete_source(name: str) -> None:
    _sources().delete(name)


def delete_sources_on_commit(names: Iterable[str]) -> None:
    """Delete the files once, and only if, the transaction is committed."""
    transaction.on_commit(partial(_delete, _sources(), [name for name in names if name]))


def source_names(*, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
    """Names of sources written between these ages."""
    return _sources().names(older_than=older_than, newer_than=newer_than)


# --- Pictures ------------------------------------------------------------------------------------


def save_picture(name: str, data: bytes) -> None:
    """Write a picture under `name`; the same name always means the same bytes."""
    _pictures().save(name, ContentFile(data))


def open_picture(name: str) -> StoredFile:
    """The bytes of a picture. Raises `OSError` if it is missing, `Busy`."""
    return _pictures().opened(name)


def picture_url(name: str) -> str:
    return _pictures().url(name)


def delete_picture(name: str) -> None:
    _pictures().delete(name)


def delete_pictures_on_commit(names: Iterable[str]) -> None:
    """Delete the files once, and only if, the transaction is committed."""
    transaction.on_commit(partial(_delete, _pictures(), [name for name in names if name]))


def picture_names(*, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
    """Names of pictures written between these ages."""
    return _pictures().names(older_than=older_than, newer_than=newer_than)


# --- Both ----------------------------------------------------------------------------------------


def drop_parts(*, older_than: timedelta) -> int:
    """Delete partial files last written to before `older_than`; how many."""
    return sum(store.drop_parts(older_than=older_than) for store in (_sources(), _pictures()))


def try_writing() -> None:
    """Write a test file to both stores, and delete it. Raises `OSError`, `Busy`."""
    for store in (_sources(), _pictures()):
        store.try_writing()


def describe() -> str:
    """Location of the sources, for the operator."""
    return _sources().describe()


def _delete(store: Store, names: list[str]) -> None:
    for name in names:
        try:
            store.delete(name)
        except Busy as error:  # no row names it: the sweeper deletes it
            log.warning("a file could not be deleted yet", name=name, reason=str(error.message))
