"""A cache of made files: what is expensive to make lies in tests/.cache for every later run.

A file's name there is the hash of all that decides what is in it: the arguments, the source of
the maker and of what it is built on, the versions of the libraries. Nothing is ever made anew in
place: what has changed has another name, and what nobody has used for weeks is removed.
"""

from __future__ import annotations

import inspect
import os
import pickle
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache, wraps
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Concatenate, ParamSpec, TypeVar

import av
import numpy as np

_ROOT = Path(__file__).parents[2]
CACHE = _ROOT / "tests" / ".cache"
_MADE = CACHE / "made"
_RETENTION_S, _FOLDER_RETENTION_S = 21 * 24 * 3600, 24 * 3600
_OURS = ("tests.video.", "snapshots.video.")
_LIBRARIES = ("av", "imageio-ffmpeg", "numpy", "pillow")

P = ParamSpec("P")
R = TypeVar("R")


def made_once(
    make: Callable[Concatenate[Path, P], Path],
) -> Callable[Concatenate[Path, P], Path]:
    """For functions that write one file at the path given, the same for the same arguments.

    Each caller gets a copy, to change as it likes. What depends on an argument that does not say
    all of itself is made each time.
    """

    @wraps(make)
    def copied(path: Path, *args: P.args, **words: P.kwargs) -> Path:
        try:
            name = _hash(make, path.suffix, args, sorted(words.items()))
        except TypeError:
            return make(path, *args, **words)
        held = _MADE / f"{name}{path.suffix}"
        if not _is_held(held):
            with _in_place_of(held) as new:
                make(new, *args, **words)
        shutil.copyfile(held, path)
        return path

    return copied  # type: ignore[return-value]


def computed_once(function: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
    """For functions of a file's bytes and of values, whose results can be pickled."""

    @wraps(function)
    def known(path: Path, *args: P.args, **words: P.kwargs) -> R:
        of = (path.suffix, path.read_bytes(), args, sorted(words.items()))
        held = _MADE / f"{_hash(function, *of)}.pickle"
        if not _is_held(held):
            result = function(path, *args, **words)
            with _in_place_of(held) as new:
                new.write_bytes(pickle.dumps(result))
            return result
        return pickle.loads(held.read_bytes())

    return known  # type: ignore[return-value]


def folder_made_once(make: Callable[[Path], object], *, of: Iterable[Path]) -> Path:
    """The folder that `make` fills, the same while these files are; for copies only."""
    digest = blake2b(_fixed(make.__module__), digest_size=16)
    for path in sorted(of):
        digest.update(f"{path.relative_to(_ROOT)} {path.stat().st_size}".encode())
        digest.update(path.read_bytes())
    held = _MADE / digest.hexdigest()
    if not _is_held(held):
        with _in_place_of(held) as new:
            new.mkdir()
            make(new)
    return held


def remove_unused() -> None:
    """Files that no run has used for weeks, and folders of a day ago: each change makes others."""
    now = time.time()
    for path in _MADE.glob("*"):
        unused_s = now - path.stat().st_mtime
        if path.is_dir() and unused_s > _FOLDER_RETENTION_S:
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and unused_s > _RETENTION_S:
            path.unlink(missing_ok=True)


def _is_held(held: Path) -> bool:
    """Whether it is there; and that it was of use now."""
    try:
        os.utime(held)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _in_place_of(held: Path) -> Iterator[Path]:
    """A path to write to, which becomes `held` as a whole when all has gone well."""
    _MADE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        new = Path(folder) / held.name
        yield new
        try:
            new.replace(held)
        except OSError:
            if not held.is_dir():  # somebody else was first
                raise


def _hash(function: Callable[..., object], *of: object) -> str:
    digest = blake2b(_fixed(function.__module__), digest_size=16)
    digest.update(function.__qualname__.encode())
    _add(digest, of)
    return digest.hexdigest()


def _add(digest: blake2b, value: object) -> None:
    """Values that say all of themselves; anything else is refused, not hashed by its address."""
    digest.update(f"{type(value).__qualname__}(".encode())
    if isinstance(value, bytes):
        digest.update(value)
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype} {value.shape}".encode())
        digest.update(np.ascontiguousarray(value))
    elif isinstance(value, dict):
        _add(digest, list(value.items()))
    elif isinstance(value, list | tuple | set | frozenset | range):
        for part in sorted(value) if isinstance(value, set | frozenset) else value:
            _add(digest, part)
    elif is_dataclass(value) and not isinstance(value, type):
        _add(digest, [getattr(value, field.name) for field in fields(value)])
    elif value is None or isinstance(value, str | int | float | Fraction):
        digest.update(repr(value).encode())
    else:
        raise TypeError(f"{value!r} cannot be hashed")
    digest.update(b")")


@cache
def _fixed(module: str) -> bytes:
    """The same for all files of a maker: its own source, and what it is built on."""
    digest = blake2b(f"{platform.machine()} {av.library_versions}".encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    for name in sorted(_built_on(sys.modules[module], set())):
        digest.update(inspect.getsource(sys.modules[name]).encode())
    return digest.digest()


def _built_on(module: ModuleType, known: set[str]) -> set[str]:
    """The names of the module, and of all that it imports of ours."""
    known.add(module.__name__)
    for value in list(vars(module).values()):
        name = getattr(value, "__name__" if isinstance(value, ModuleType) else "__module__", "")
        if isinstance(name, str) and name.startswith(_OURS) and name not in known:
            _built_on(sys.modules[name], known)
    return known  # type: ignore[return-value]
