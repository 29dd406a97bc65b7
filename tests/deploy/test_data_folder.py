"""The data folder: readable by its owner alone, but for what nginx sends; and a path, not a URL."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import gettempdir

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from mediahub import data_folder
from snapshots.storage import cache
from tests.support.live_site import live_site
from tests.support.processes import ROOT, manage
from tests.video.made import numbered

NOBODY = 65534


def modes(data: Path) -> Iterator[tuple[str, bool, int]]:
    """Name, whether it is a folder, and mode of everything that MediaHub made, `data` included."""
    for path in [data, *data.rglob("*")]:
        name = path.relative_to(data).as_posix()
        if not name.endswith("-of-the-tests.json"):
            yield name, path.is_dir(), path.stat().st_mode & 0o777


def too_wide(data: Path, *, is_served: bool) -> list[str]:
    """What has another mode than promised."""
    found = []
    for name, is_folder, mode in modes(data):
        is_for_nginx = name.startswith(("sources", "pictures")) or (is_served and name == ".")
        if is_folder:
            is_right = mode == (0o750 if is_for_nginx else 0o700)
        else:
            is_right = not mode & ~(0o640 if is_for_nginx else 0o600)
        if not is_right:
            found.append(f"{name}: {mode:o}")
    return found


def with_umask(umask: int, data: Path, *words: str, **environment: str) -> None:
    env = {**os.environ, "MEDIAHUB_DATA": str(data), "DATABASE_URL": "", **environment}
    env["DJANGO_SETTINGS_MODULE"] = "mediahub.settings"
    subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        cwd=ROOT, env=env, umask=umask, check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(("umask", "prefix"), [(0o000, ""), (0o077, "/protected/")])
def test_what_is_written_is_private_whatever_the_umask(
    tmp_path: Path, umask: int, prefix: str
) -> None:
    data, clip = tmp_path / "data", numbered.make(tmp_path / "clip.mp4", frames=2)
    for words in (["migrate"], ["import_media", str(clip)]):
        with_umask(umask, data, *words, MEDIAHUB_ACCEL_PREFIX=prefix)
    assert {"mediahub.sqlite3", "secret_key", "incoming"} <= {path.name for path in data.iterdir()}
    assert too_wide(data, is_served=bool(prefix)) == []


@pytest.mark.timeout(120)
def test_a_running_site_writes_nothing_that_others_can_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = os.umask(0)
    try:
        with live_site(data, fresh=True) as site:
            site.upload(numbered.make(tmp_path / "clip.mp4", frames=20))
            names = {name for name, _, _ in modes(data)}
            assert {"mediahub.sqlite3-wal", "static/.collected", "cache", "pictures"} <= names
            assert too_wide(data, is_served=False) == []
    finally:
        os.umask(before)


def test_an_existing_folder_is_tightened_at_the_start(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    elsewhere.mkdir(0o755)
    (elsewhere / "theirs").touch(0o644)
    for name in ("sources/ab/x", "pictures/cd/y", "incoming/z", "cache/c", "static/s", "copies/k"):
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(0o666)
    (data / "cache" / "link").symlink_to(elsewhere / "theirs")
    (data / "static" / "folder").symlink_to(elsewhere)
    for name in ("mediahub.sqlite3", "mediahub.sqlite3-wal", "mediahub.sqlite3-shm", "secret_key"):
        (data / name).touch()
        (data / name).chmod(0o644)
    for path in (data, *(path for path in data.rglob("*") if path.is_dir())):
        if not path.is_symlink():
            path.chmod(0o777)
    data_folder.tighten(data, is_served=True)
    links = {"cache/link", "static/folder", "static/folder/theirs"}
    left = [text for text in too_wide(data, is_served=True) if text.split(":")[0] not in links]
    assert left == []
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    assert (elsewhere / "theirs").stat().st_mode & 0o777 == 0o644
    data_folder.tighten(data, is_served=False)
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_everybody_writes_to_is_not_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "incoming").mkdir(0o755)
    data_folder.tighten(tmp_path, is_served=False)
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777
    assert (tmp_path / "incoming").stat().st_mode & 0o777 == 0o700


def read_as_nobody(path: Path, **ids: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/cat", path],
        cwd="/", env={"LC_ALL": "C"}, user=NOBODY, capture_output=True, check=False, **ids,
    )  # fmt: skip


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_others_read_nothing_and_nginx_what_it_sends(tmp_path: Path) -> None:
    data, clip = tmp_path / "data", numbered.make(tmp_path / "clip.mp4", frames=2)
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(gettempdir()):
            break
        folder.chmod(0o755)
    data.mkdir()
    for words in (["migrate"], ["import_media", str(clip)]):
        with_umask(0o077, data, *words, MEDIAHUB_ACCEL_PREFIX="/protected/")
    (source,) = (path for path in (data / "sources").rglob("*") if path.is_file())
    nginx = {"group": data.stat().st_gid, "extra_groups": []}
    for path in (data / "mediahub.sqlite3", data / "secret_key", source):
        assert b"Permission denied" in read_as_nobody(path, group=NOBODY, extra_groups=[]).stderr
        readable = read_as_nobody(path, **nginx).returncode == 0
        assert readable is (path == source)


def test_copies_of_a_bucket_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIAHUB_DATA", tmp_path)
    before = os.umask(0)
    try:
        part = cache._sole_part("ab/x", 1)
        assert part
        part.close()
    finally:
        os.umask(before)
    tmp_path.chmod(0o700)
    assert too_wide(tmp_path, is_served=False) == []


@pytest.mark.django_db
def test_doctor_looks_at_the_permissions() -> None:
    def finding() -> dict[str, object]:
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("doctor", "--json", stdout=out)
        return next(row for row in json.loads(out.getvalue()) if row["name"] == "permissions")

    assert finding()["is_ok"], finding()
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    incoming.chmod(0o755)
    try:
        found = finding()
    finally:
        incoming.chmod(0o700)
    assert not found["is_ok"]
    assert found["fix"] == f"As the owner of the path: chmod 700 {incoming}"


# --- A path, not a URL ---------------------------------------------------------------------------

ODD = ["lib#1", "what?", "a%20b", "c++", "two words", "käse 片", "a&b=c;d", "~"]


@pytest.mark.parametrize("name", ODD)
def test_the_database_lies_in_the_folder_of_that_name(tmp_path: Path, name: str) -> None:
    code = "from mediahub.settings import DATABASES; print(ascii(DATABASES['default']['NAME']))"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={"MEDIAHUB_DATA": str(tmp_path / name)}, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert ast.literal_eval(said.decode()) == str(tmp_path / name / "mediahub.sqlite3")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_two_folders_are_two_databases(tmp_path: Path) -> None:
    for name in ("lib#1", "lib#2"):
        assert manage(tmp_path / name, "migrate", "--verbosity", "0").returncode == 0
    assert manage(tmp_path / "lib#1", "seed_presets").returncode == 0
    count = "from snapshots.models import SnapshotTemplate as T; print(T.objects.count())"
    said = [
        manage(tmp_path / name, "shell", "-v0", "-c", count).stdout for name in ("lib#1", "lib#2")
    ]
    assert int(said[0]) > 0
    assert int(said[1]) == 0


def test_an_empty_variable_means_the_default(tmp_path: Path) -> None:
    copy = checkout(tmp_path / "c++" / "mediahub")
    done = manage(Path(), "migrate", cwd=copy, MEDIAHUB_DATA="", program=copy / "manage.py")
    assert done.returncode == 0, done.stderr
    assert (copy / "var" / "mediahub.sqlite3").stat().st_size


def checkout(folder: Path) -> Path:
    """A copy of the program in `folder`."""
    for name in ("mediahub", "snapshots", "templates", "locale"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    return folder


@pytest.mark.timeout(120)
def test_a_site_runs_in_a_folder_of_any_name(tmp_path: Path) -> None:
    with live_site(tmp_path / "c++ #1?%20", fresh=True) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4", frames=20))
        cover = site.call("GET", f"media/{file_id}/")["cover"]["url"]
        assert site.get(cover).startswith(b"\xff\xd8")
        assert (site.data / "mediahub.sqlite3").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"c++ #1?%20", "clip.mp4"}
