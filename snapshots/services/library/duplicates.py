"""Files that the library has already, by size and SHA-256."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ... import storage
from ...errors import Busy
from ...models import Media
from . import probing

_CHUNK = 1000  # sizes in one query


class KnownFiles:
    """The media items of some sizes; only a file with one of these sizes has to be hashed."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self._by_size: dict[int, list[Media]] = defaultdict(list)
        self._digests: dict[int, str] = {}
        left = iter(set(sizes))
        while chunk := list(islice(left, _CHUNK)):
            rows = Media.objects.filter(size_bytes__in=chunk).order_by("pk")
            for row in rows.only("file_id", "size_bytes", "sha256", "source", "link"):
                self.add(row)

    def add(self, media: Media) -> None:
        self._by_size[media.size_bytes].append(media)

    def find(self, path: Path) -> Media | None:
        """The oldest media item with the bytes of this file. Raises `OSError`."""
        candidates = self._by_size.get(path.stat().st_size)
        if not candidates:
            return None
        digest = probing.hash_file(path, while_reading=lambda: None)
        return next((row for row in candidates if self._digest(row) == digest), None)

    def _digest(self, media: Media) -> str:
        """The recorded SHA-256, or that of the stored bytes while there is none yet."""
        if media.sha256:
            return media.sha256
        if media.pk not in self._digests:
            self._digests[media.pk] = _stored_digest(media)
        return self._digests[media.pk]


def _stored_digest(media: Media) -> str:
    """Empty where the bytes cannot be read."""
    digest = hashlib.sha256()
    try:
        file = storage.open_source(media.source, media.link)
        try:
            for block in file.blocks(0, file.size):
                digest.update(block)
        finally:
            file.close()
    except (OSError, Busy):
        return ""
    return digest.hexdigest()
