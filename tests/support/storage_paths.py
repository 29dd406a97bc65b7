"""Paths of the files that a site has stored in its folders."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.core.files.storage import FileSystemStorage, storages


def sources() -> FileSystemStorage:
    return cast("FileSystemStorage", storages["sources"])


def pictures() -> FileSystemStorage:
    return cast("FileSystemStorage", storages["pictures"])


def source_path(name: str) -> Path:
    return Path(sources().path(name))
