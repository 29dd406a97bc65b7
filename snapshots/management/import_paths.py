"""The files that an import means: those named, and those found in folders."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from snapshots.video.demux.file_type import check_first_bytes
from snapshots.video.errors import VideoError

_OTHER_KINDS = ("audio", "image", "font")
_TYPES = mimetypes.MimeTypes()  # the same on every machine


@dataclass(slots=True)
class Folder:
    """A folder that was named: how many files in it are meant, and how many passed over."""

    path: Path
    files: int = 0
    hidden: int = 0
    not_matching: int = 0
    not_video: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder that cannot be listed."""

    path: Path
    reason: str


@dataclass(slots=True)
class Finder:
    """Finds files in folders: those that match one of `patterns`, or all without any."""

    patterns: Sequence[str] = ()
    #: Not entered: the library's own files.
    excluded: Path | None = None
    _errors: list[OSError] = field(default_factory=list)

    def find(self, path: Path) -> Iterator[Path | Folder | Unreadable]:
        """A file itself; of a folder its videos in order of name, and at the end the `Folder`."""
        if not os.path.isdir(path):
            yield path
            return
        folder = Folder(path)
        for parent, folders, names in os.walk(path, onerror=self._errors.append):
            yield from self._unreadable()
            folders[:] = sorted(self._entered(parent, folders, folder))
            for name in sorted(names):
                file = Path(parent, name)
                if self._is_meant(file, folder):
                    folder.files += 1
                    yield file
        yield from self._unreadable()
        yield folder

    def _unreadable(self) -> Iterator[Unreadable]:
        while self._errors:
            error = self._errors.pop(0)
            yield Unreadable(Path(error.filename), error.strerror or "unreadable")

    def _entered(self, parent: str, names: list[str], folder: Folder) -> Iterator[str]:
        for name in names:
            if name.startswith("."):
                folder.hidden += 1
            elif Path(parent, name).resolve() != self.excluded:
                yield name

    def _is_meant(self, file: Path, folder: Folder) -> bool:
        if file.name.startswith("."):
            folder.hidden += 1
        elif self.patterns and not any(fnmatch(file.name, pattern) for pattern in self.patterns):
            folder.not_matching += 1
        elif _is_no_video(file):
            folder.not_video += 1
        else:
            return True
        return False


def _is_no_video(file: Path) -> bool:
    """Whether the file is plainly not a video; one that cannot be read may be one."""
    kind = _TYPES.guess_type(file.name)[0] or ""
    if not os.path.isfile(file):
        return os.path.exists(file)  # a socket, a pipe; not a dangling link, which is an error
    if kind.partition("/")[0] in _OTHER_KINDS:
        return True
    try:
        check_first_bytes(file)
    except VideoError:
        return os.access(file, os.R_OK)
    return False
