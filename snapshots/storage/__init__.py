"""Stored files: sources (private) and pictures (public by unguessable names).

Names are deterministic, writes are atomic, deletions wait for the commit.
"""

from __future__ import annotations

from .cache import cached_names, drop_cached
from .files import (
    delete_picture,
    delete_pictures_on_commit,
    delete_source,
    delete_sources_on_commit,
    describe,
    drop_parts,
    has_source,
    open_picture,
    open_source,
    picture_names,
    picture_url,
    save_picture,
    save_source,
    source_names,
    source_on_disk,
    source_size,
    take_incoming,
    try_writing,
)
from .reservations import Reservation, reservations
from .staging import (
    append,
    delete_incoming,
    free_bytes,
    incoming_names,
    incoming_path,
    sole_writer,
    write_through,
)
from .stored_file import StoredFile

__all__ = [
    "Reservation",
    "StoredFile",
    "append",
    "cached_names",
    "delete_incoming",
    "delete_picture",
    "delete_pictures_on_commit",
    "delete_source",
    "delete_sources_on_commit",
    "describe",
    "drop_cached",
    "drop_parts",
    "free_bytes",
    "has_source",
    "incoming_names",
    "incoming_path",
    "open_picture",
    "open_source",
    "picture_names",
    "picture_url",
    "reservations",
    "save_picture",
    "save_source",
    "sole_writer",
    "source_names",
    "source_on_disk",
    "source_size",
    "take_incoming",
    "try_writing",
    "write_through",
]
