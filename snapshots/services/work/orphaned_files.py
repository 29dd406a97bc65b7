"""Orphaned files of dead processes: partial files, and files that no row names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

import structlog

from ... import storage
from ...models import CoverChange, Media, Pull, Snapshot, Upload

log = structlog.get_logger()

OLD = timedelta(hours=1)
_MAX_AGE = timedelta(days=2)  # older files were checked many times
_BATCH = 500


def sweep_files(*, old: timedelta = OLD) -> int:
    """Delete orphaned files older than `old`; how many.

    A file gets its row right after it appears, or never.
    """
    ages = {"older_than": old, "newer_than": _MAX_AGE}
    dropped = storage.drop_parts(older_than=old)
    dropped += _drop(storage.picture_names(**ages), _named_pictures, storage.delete_picture)
    dropped += _drop(storage.source_names(**ages), _named_sources, storage.delete_source)
    cached = storage.cached_names(older_than=old)
    dropped += _drop(cached, _named_sources, storage.drop_cached)
    incoming = storage.incoming_names(older_than=old)
    dropped += _drop(incoming, _named_incoming, storage.delete_incoming)
    if dropped:
        log.info("orphaned files deleted", files=dropped)
    return dropped


def _drop(
    names: Iterator[str],
    named: Callable[[list[str]], Iterable[str]],
    delete: Callable[[str], None],
) -> int:
    dropped = 0
    while batch := list(islice(names, _BATCH)):
        for name in set(batch).difference(named(batch)):
            delete(name)
            dropped += 1
    return dropped


def _named_pictures(names: list[str]) -> set[str]:
    shown = Snapshot.objects.filter(picture__in=names).values_list("picture", flat=True)
    covers = Media.objects.filter(cover_picture__in=names).values_list("cover_picture", flat=True)
    earlier = CoverChange.objects.filter(picture__in=names).values_list("picture", flat=True)
    return {*shown, *covers, *earlier}


def _named_sources(names: list[str]) -> set[str]:
    return set(Media.objects.filter(source__in=names).values_list("source", flat=True))


def _named_incoming(names: list[str]) -> set[str]:
    uploads = Upload.objects.filter(upload_id__in=names).values_list("upload_id", flat=True)
    open_pulls = Pull.objects.filter(incoming__in=names, task__finished_at=None)
    return {*uploads, *open_pulls.values_list("incoming", flat=True)}
