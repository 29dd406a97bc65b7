"""Files that a vanished process left behind: parts of files, and pictures that no row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

import structlog

from .. import storage
from ..models import Media, Snapshot

log = structlog.get_logger()

OLD = timedelta(hours=1)
_LOOKED_BACK = timedelta(days=2)  # what is older was looked at many times
_BATCH = 500


def sweep_files(*, old: timedelta = OLD) -> int:
    """Delete what was left behind longer than `old` ago; how many files.

    No picture waits that long for its row, and none ever gets a row later.
    """
    dropped = storage.drop_parts(older_than=old)
    names = storage.picture_names(older_than=old, newer_than=_LOOKED_BACK)
    for name in _unnamed(names):
        storage.delete_picture(name)
        dropped += 1
    if dropped:
        log.info("files left behind were dropped", files=dropped)
    return dropped


def _unnamed(names: Iterator[str]) -> Iterable[str]:
    while batch := list(islice(names, _BATCH)):
        named = set(Snapshot.objects.filter(picture__in=batch).values_list("picture", flat=True))
        named |= set(
            Media.objects.filter(cover_picture__in=batch).values_list("cover_picture", flat=True)
        )
        yield from (name for name in batch if name not in named)
