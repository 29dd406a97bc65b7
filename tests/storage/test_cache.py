"""The LRU cache of bucket objects: downloaded once, resumed, bounded in size."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile

from snapshots.errors import Busy, LeaseLost, StorageFull
from snapshots.storage import cache
from snapshots.storage.bucket import Bucket
from tests.support.concurrency import at_once

from .object_store import ObjectStore

MIB = 2**20
FILM = b"".join(bytes([n % 251]) * 4096 for n in range(256))  # one MiB


@pytest.fixture(autouse=True)
def _one_film(sources: Bucket) -> None:
    sources.save("42/1", ContentFile(FILM))


def nothing() -> None:
    pass


def here() -> set[str]:
    return {path.name for path in cache.folder().iterdir() if path.name != ".room"}


def test_object_is_downloaded_once_and_stays(sources: Bucket, store: ObjectStore) -> None:
    for _ in range(3):
        with sources.on_disk("42/1", nothing) as path:
            assert path.read_bytes() == FILM
    assert store.brought() == len(FILM)


def test_concurrent_readers_download_it_once(sources: Bucket, store: ObjectStore) -> None:
    def read() -> bool:
        with sources.on_disk("42/1", nothing) as path:
            return path.read_bytes() == FILM

    assert at_once(*[read] * 8) == [True] * 8
    assert store.brought() == len(FILM)


def test_copy_completed_meanwhile_is_not_downloaded_again(
    sources: Bucket, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another brings it just behind the look whether it is here."""
    sole_part = cache._sole_part

    def late(name: str, size: int) -> IO[bytes] | None:
        monkeypatch.setattr(cache, "_sole_part", sole_part)
        with sources.on_disk(name, nothing):
            pass
        return sole_part(name, size)

    monkeypatch.setattr(cache, "_sole_part", late)
    with sources.on_disk("42/1", nothing) as path:
        assert path.read_bytes() == FILM
    assert store.brought() == len(FILM)


def test_interrupted_download_resumes(sources: Bucket, store: ObjectStore) -> None:
    store.cut_after = 300_000
    with sources.on_disk("42/1", nothing) as path:
        assert path.read_bytes() == FILM
    assert store.brought() == len(FILM)
    first, second = (call.part for call in store.calls if call.part)
    assert first == f"bytes=0-{MIB - 1}"
    assert int(second.removeprefix("bytes=").partition("-")[0]) > 0


def test_partial_download_of_a_lost_lease_is_resumed(sources: Bucket, store: ObjectStore) -> None:
    blocks = 0

    def lost() -> None:
        nonlocal blocks
        blocks += 1
        if blocks == 2:
            raise LeaseLost

    with pytest.raises(LeaseLost), sources.on_disk("42/1", lost):
        pass
    (part,) = here()
    got = (cache.folder() / part).stat().st_size
    assert 0 < got < len(FILM)
    asked = len(store.calls)
    with sources.on_disk("42/1", nothing) as path:
        assert path.read_bytes() == FILM
    assert [c.part for c in store.calls[asked:] if c.part] == [f"bytes={got}-{MIB - 1}"]
    assert here() == {"42-1"}


def test_unavailable_store_is_reported(sources: Bucket, store: ObjectStore) -> None:
    store.is_down = True
    with pytest.raises(Busy), sources.on_disk("42/1", nothing):
        pass
    assert here() == set()


def test_least_recently_used_copies_are_evicted(
    sources: Bucket, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "MEDIAHUB_COPIES_MB", 3)
    for number in (2, 3, 4):
        sources.save(f"42/{number}", ContentFile(FILM))
    for number in (1, 2, 3, 1, 4):
        with sources.on_disk(f"42/{number}", nothing):
            time.sleep(0.01)
    assert here() == {"42-1", "42-3", "42-4"}


def test_copies_in_use_stay_and_others_wait_for_space(
    sources: Bucket, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "MEDIAHUB_COPIES_MB", 1)
    sources.save("42/2", ContentFile(FILM))
    waits = 0

    def count() -> None:
        nonlocal waits
        waits += 1

    done = threading.Event()

    def second() -> None:
        with sources.on_disk("42/2", count):
            done.set()

    with sources.on_disk("42/1", nothing) as path:
        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.7)
        assert waits >= 2  # a lease can be held on to meanwhile
        assert path.exists()
    assert done.wait(10)
    thread.join()
    assert here() == {"42-2"}


def test_file_larger_than_the_cache_is_refused(
    sources: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "MEDIAHUB_COPIES_MB", 0)
    with (
        pytest.raises(StorageFull, match="MEDIAHUB_COPIES_MB"),
        sources.on_disk("42/1", nothing),
    ):
        pass
    assert here() == set()


def test_space_is_claimed_by_one_download(
    sources: Bucket, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "MEDIAHUB_COPIES_MB", 3)
    for number in range(2, 7):
        sources.save(f"42/{number}", ContentFile(FILM))
    largest = 0

    def watch() -> None:
        nonlocal largest
        while not over.is_set():
            with cache._size_lock():
                largest = max(
                    largest, sum(path.stat().st_size for path in cache.folder().iterdir())
                )
            time.sleep(0.002)

    def read(number: int) -> bool:
        with sources.on_disk(f"42/{number + 1}", nothing) as path:
            time.sleep(0.05)
            return path.read_bytes() == FILM

    over = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert at_once(*[partial(read, n) for n in range(6)]) == [True] * 6
    finally:
        over.set()
        watcher.join()
    assert MIB < largest <= 3 * MIB


def test_deleting_a_source_deletes_its_copy(sources: Bucket) -> None:
    with sources.on_disk("42/1", nothing):
        pass
    sources.delete("42/1")
    assert here() == set()


def test_stale_partial_copies_are_deleted(sources: Bucket, tmp_path: Path) -> None:
    part = cache.folder() / ".part-1048576-42-1"
    part.write_bytes(b"x")
    assert sources.drop_parts(older_than=timedelta(hours=1)) == 0
    assert sources.drop_parts(older_than=timedelta(seconds=-5)) == 1
    assert here() == set()
