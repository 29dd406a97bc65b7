"""Static files: collected for the web server, with hashed names."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from snapshots.web import staticfiles

# The API's docs are Swagger's; Redoc's megabytes would only slow the start
_IGNORED = ["redoc"]
_MARK = ".collected"


def collect() -> bool:
    """Collect the static files if they have changed; whether they had.

    Hashing all of them takes longer than the rest of a start.
    """
    mark, state = Path(settings.STATIC_ROOT) / _MARK, _state()
    if mark.exists() and mark.read_text("utf-8") == state:
        return False
    mark.parent.mkdir(settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, exist_ok=True)
    before = os.umask(0o077)  # WhiteNoise's compressed files have no mode of their own
    try:
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=_IGNORED)
        mark.write_text(state, "utf-8")
    finally:
        os.umask(before)
    return True


def _state() -> str:
    """A digest of paths, sizes and modification times of the originals."""
    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']}".encode())
    listed = (pair for finder in get_finders() for pair in finder.list(_IGNORED))
    paths = sorted(storage.path(name) for name, storage in listed)
    for path in [*paths, staticfiles.__file__]:
        stat = os.stat(path)
        digest.update(os.fsencode(path) + f" {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
