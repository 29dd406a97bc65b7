"""Orphaned files are deleted when they are old, and no others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from snapshots.models import Media, Snapshot
from snapshots.services.work.orphaned_files import sweep_files
from snapshots.storage.disk import TEMP_PREFIX
from snapshots.storage.folder import Folder
from tests.support import storage_paths

HOURS = 3600


@pytest.fixture(autouse=True)
def _stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores of this test alone: the sweep looks at everything."""
    for name in ("sources", "pictures"):
        monkeypatch.setitem(storages._storages, name, Folder(location=tmp_path / name))  # type: ignore[attr-defined]


def written(store: str, name: str, age_s: float) -> Path:
    """A file of that age; its folder was changed just then."""
    path = Path(getattr(storage_paths, store)().path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


@pytest.mark.django_db
def test_orphaned_files_are_deleted_after_an_hour() -> None:
    old = written("pictures", "task/0-0-x_1.jpg", 1.1 * HOURS)
    young = written("pictures", "task/0-1-x_2.jpg", 0.9 * HOURS)
    cover = written("pictures", "covers/1-x.jpg", 2 * HOURS)
    source = written("sources", "42/1", 2 * HOURS)
    assert sweep_files() == 3
    assert [path.exists() for path in (old, young, cover, source)] == [False, True, False, False]


@pytest.mark.django_db
def test_files_named_by_rows_stay(
    make_media: Callable[..., Media], make_snapshot: Callable[..., Snapshot]
) -> None:
    media = make_media(cover_picture="covers/1-x.jpg", source="42/1")
    snapshot = make_snapshot(media)
    paths = [
        written("pictures", snapshot.picture, 2 * HOURS),
        written("pictures", "covers/1-x.jpg", 2 * HOURS),
        written("sources", "42/1", 2 * HOURS),
    ]
    assert sweep_files() == 0
    assert all(path.exists() for path in paths)


@pytest.mark.django_db
def test_stale_partial_files_are_deleted() -> None:
    old = written("pictures", f"task/{TEMP_PREFIX}a", 2 * HOURS)
    young = written("sources", f"42/{TEMP_PREFIX}b", 60)
    assert sweep_files() == 1
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.django_db
def test_many_files_are_checked_in_few_queries(django_assert_num_queries: Any) -> None:
    for number in range(600):
        written("pictures", f"task/{number}.jpg", 2 * HOURS)
    with django_assert_num_queries(6):  # three for each five hundred
        assert sweep_files() == 600
