"""Folders on this machine's disk, or on one that all hosts share."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from .. import fault_injection
from .disk import TEMP_PREFIX, changed, map_disk_error
from .stored_file import LocalFile

# nginx, which sends these files, is in their group; nobody else has any access
_MODE = 0o640
_FOLDER_MODE = 0o750


class Folder(FileSystemStorage):
    """A `Store` whose files are renamed into place when they are complete."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = self._target(name)
        with map_disk_error():
            part = self._write_part(target.parent, content)
        fault_injection.point("before_rename")
        os.replace(part, target)
        fault_injection.point("after_rename")
        return name

    def take(self, path: Path, name: str) -> None:
        target = self._target(name)
        try:
            os.chmod(path, _MODE)
            fault_injection.point("before_taking")
            os.replace(path, target)
            fault_injection.point("after_taking")
        except FileNotFoundError:
            if not target.exists():
                raise

    def opened(self, name: str) -> LocalFile:
        return LocalFile(open(self.path(name), "rb"))

    @contextmanager
    def on_disk(self, name: str, while_fetching: Callable[[], None]) -> Iterator[Path]:  # noqa: ARG002
        yield Path(self.path(name))

    def names(self, *, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:
        """Folder by folder, except folders unchanged within `newer_than`."""
        now = time.time()
        latest, earliest = now - older_than.total_seconds(), now - newer_than.total_seconds()
        root = Path(self.location)
        folders = root.iterdir() if root.is_dir() else iter(())
        ours = (folder for folder in folders if folder.is_dir() and folder.name != "lost+found")
        for folder in (folder for folder in ours if changed(folder) >= earliest):
            for path in folder.iterdir():
                if earliest <= changed(path) <= latest and not path.name.startswith(TEMP_PREFIX):
                    yield f"{folder.name}/{path.name}"

    def drop_parts(self, *, older_than: timedelta) -> int:
        latest = time.time() - older_than.total_seconds()
        parts = Path(self.location).rglob(f"{TEMP_PREFIX}*")
        found = [path for path in parts if changed(path) < latest]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def try_writing(self) -> None:
        self._make_folder(Path(self.location))
        with tempfile.NamedTemporaryFile(prefix=TEMP_PREFIX, dir=self.location) as file:
            file.write(b"x")
            file.flush()

    def describe(self) -> str:
        return str(self.location)

    def _target(self, name: str) -> Path:
        target = Path(self.path(name))
        self._make_folder(target.parent)
        return target

    def _make_folder(self, folder: Path) -> None:
        """Make `folder` and its parents down from the store's own, whatever the umask."""
        if folder.is_dir():
            return
        if folder != Path(self.location):
            self._make_folder(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir(_FOLDER_MODE, parents=True)
            folder.chmod(_FOLDER_MODE)

    def _write_part(self, folder: Path, content: File[Any]) -> str:
        """A finished temporary file beside the target: moved there, or written and synced."""
        handle, part = tempfile.mkstemp(prefix=TEMP_PREFIX, dir=folder)
        try:
            with os.fdopen(handle, "wb") as out:
                if hasattr(content, "temporary_file_path"):
                    shutil.move(content.temporary_file_path(), part)
                else:
                    for chunk in content.chunks():
                        out.write(chunk)
                    fault_injection.point("while_writing")
                    out.flush()
                    os.fsync(out.fileno())
            os.chmod(part, _MODE)
        except BaseException:
            os.unlink(part)
            raise
        return part
