"""Buckets fulfil the store protocol: whole files, exact names, mapped errors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from snapshots.errors import Busy, StorageFull
from snapshots.storage import bucket as bucket_module
from snapshots.storage.bucket import Bucket

from .object_store import BUCKET, ObjectStore

NOW = timedelta(seconds=-5)  # as if the look came a little later
DAY = timedelta(days=1)


def test_file_is_saved_under_exactly_its_name(sources: Bucket, store: ObjectStore) -> None:
    assert sources.save("42/1", ContentFile(b"first")) == "42/1"
    assert sources.save("42/1", ContentFile(b"second")) == "42/1"
    assert store.read("mine/sources/42/1") == b"second"
    assert sources.exists("42/1")
    assert sources.size("42/1") == 6
    assert not sources.exists("42/2")
    sources.delete("42/1")
    sources.delete("42/1")
    assert store.keys() == set()


def test_only_the_requested_range_is_downloaded(sources: Bucket, store: ObjectStore) -> None:
    data = bytes(range(256)) * 4000
    sources.save("42/1", ContentFile(data))
    opened = sources.opened("42/1")
    assert (opened.size, opened.is_on_disk) == (len(data), False)
    assert b"".join(opened.blocks(500_000, 300)) == data[500_000:500_300]
    assert b"".join(opened.blocks(10, 0)) == b""
    assert store.brought() == 300
    assert list(map(len, opened.blocks(0, 600_000))) == [262_144, 262_144, 75_712]


def test_ranges_of_replaced_objects_are_not_mixed(sources: Bucket) -> None:
    sources.save("42/1", ContentFile(b"a" * 100))
    opened = sources.opened("42/1")
    sources.save("42/1", ContentFile(b"b" * 100))
    with pytest.raises(Busy):
        list(opened.blocks(50, 50))


def test_missing_object_raises_file_not_found(sources: Bucket) -> None:
    with pytest.raises(FileNotFoundError):
        sources.opened("42/1")
    with pytest.raises(FileNotFoundError):
        sources.take(Path("/nowhere/at/all"), "42/1")


def test_failing_store_raises_busy_with_advice(sources: Bucket, store: ObjectStore) -> None:
    store.is_down = True
    for ask in (sources.exists, sources.opened, sources.delete):
        with pytest.raises(Busy, match=r"object store .*503.* Try again") as raised:
            ask("42/1")
        assert raised.value.code == "unavailable"
    with pytest.raises(Busy):
        sources.save("42/1", ContentFile(b"x"))
    with pytest.raises(Busy):
        sources.try_writing()


def test_unreachable_store_raises_busy(store: ObjectStore) -> None:
    nowhere = Bucket(bucket_name=BUCKET, endpoint_url="http://127.0.0.1:9")
    with pytest.raises(Busy, match="EndpointConnectionError"):
        nowhere.size("42/1")


def test_missing_bucket_is_not_a_missing_file(store: ObjectStore) -> None:
    other = Bucket(bucket_name="not-made", endpoint_url=store.url)
    with pytest.raises(Busy, match="NoSuchBucket"):
        other.try_writing()


def test_full_store_raises_storage_full(
    sources: Bucket, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_module, "_FULL", ("503",))
    store.is_down = True
    with pytest.raises(StorageFull, match="is full"):
        sources.size("42/1")


def test_names_are_listed_in_batches_and_then_again(
    sources: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_module, "_LIST_BATCH", 2)
    sources.try_writing()
    for name in ("01/1", "02/2", "03/3"):
        sources.save(name, ContentFile(b"x"))

    def look() -> list[str]:
        return list(sources.names(older_than=NOW, newer_than=DAY))

    assert [look(), look(), look()] == [["01/1"], ["02/2", "03/3"], []]
    assert look() == ["01/1"]
    assert list(sources.names(older_than=DAY, newer_than=DAY)) == []


def test_unfinished_multipart_uploads_are_aborted(sources: Bucket, store: ObjectStore) -> None:
    client = store.client
    for key in ("mine/sources/42/1", "others/1"):
        client.create_multipart_upload(Bucket=BUCKET, Key=key)
    assert sources.drop_parts(older_than=30 * 365 * DAY) == 0  # moto's begin in 2010
    assert sources.drop_parts(older_than=NOW) == 1
    left = client.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    assert [each["Key"] for each in left] == ["others/1"]


def test_large_file_survives_multipart_upload(
    sources: Bucket, store: ObjectStore, tmp_path: Path
) -> None:
    path = tmp_path / "incoming" / "large"
    data = bytes(17 * 2**20)
    path.write_bytes(data)
    sources.take(path, "42/1")
    assert sources.size("42/1") == len(data)
    assert [c.method for c in store.calls if "uploadId" not in c.path].count("PUT") >= 3
    assert not path.exists()
    with sources.on_disk("42/1", lambda: None) as copy:
        assert copy.read_bytes() == data
    assert store.brought() == 0  # what came in by this machine is here already


def test_take_is_idempotent(sources: Bucket, store: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "incoming" / "film"
    path.write_bytes(b"film")
    sources.save("42/1", ContentFile(b"film"))  # and then the process was killed
    puts = sum(call.method == "PUT" for call in store.calls)
    sources.take(path, "42/1")
    sources.take(path, "42/1")
    assert sum(call.method == "PUT" for call in store.calls) == puts
    assert store.read("mine/sources/42/1") == b"film"
