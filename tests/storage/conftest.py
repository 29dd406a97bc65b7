"""Sources and pictures in a bucket, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import storages

from snapshots.storage.bucket import Bucket

from .object_store import BUCKET, KEYS, ObjectStore, object_store


@pytest.fixture(scope="session")
def running() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


@pytest.fixture
def store(running: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ObjectStore:
    """Empty, and this test's site on it instead of on folders; copies lie in one of the test."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(django_settings, "MEDIAHUB_DATA", tmp_path)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    monkeypatch.setattr(django_settings, "FILE_UPLOAD_TEMP_DIR", incoming)
    for kind, base in (("sources", ""), ("pictures", "http://testserver/pictures/")):
        bucket = Bucket(
            bucket_name=BUCKET, location=f"mine/{kind}", endpoint_url=running.url, base_url=base
        )
        monkeypatch.setitem(storages._storages, kind, bucket)  # type: ignore[attr-defined]
    running.clear()
    return running


@pytest.fixture
def sources(store: ObjectStore) -> Bucket:
    bucket = storages["sources"]
    assert isinstance(bucket, Bucket)
    return bucket
