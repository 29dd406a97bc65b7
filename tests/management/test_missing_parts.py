"""Commands on a machine where something is missing: one clear line, never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import manage
from tests.video.made import numbered


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("command", [["seed_presets"], ["create_access_key", "ada"]])
def test_without_tables_it_says_to_migrate(tmp_path: Path, command: list[str]) -> None:
    assert "manage.py migrate" in one_line(manage(tmp_path / "data", *command))


def test_an_import_without_tables_leaves_no_file_behind(tmp_path: Path) -> None:
    clip = numbered.make(tmp_path / "clip.mp4", frames=2)
    assert "manage.py migrate" in one_line(manage(tmp_path / "data", "import_media", str(clip)))
    assert not [path for path in (tmp_path / "data" / "sources").rglob("*") if path.is_file()]


def test_invalid_setting_is_named(tmp_path: Path) -> None:
    assert "MEDIAHUB_WORKERS" in one_line(
        manage(tmp_path / "data", "doctor", MEDIAHUB_WORKERS="many")
    )


def test_unusable_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = one_line(
        manage(tmp_path / "data", "doctor", MEDIAHUB_DATA=str(tmp_path / "file" / "data"))
    )
    assert "MEDIAHUB_DATA" in said


@pytest.mark.parametrize("port", ["70000", "0", "http"])
def test_invalid_port_is_refused(tmp_path: Path, port: str) -> None:
    assert "65535" in one_line(manage(tmp_path / "data", "up", "--port", port))


def test_a_linked_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    manage(tmp_path / "data", "migrate", "--verbosity", "0")
    clip = numbered.make(tmp_path / "clip.mp4", frames=2)
    odd = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    os.rename(clip, odd)
    linked = manage(tmp_path / "data", "import_media", odd, "--link", "--json")
    copied = manage(tmp_path / "data", "import_media", odd, "--json")
    assert "not UTF-8" in linked.stdout
    assert linked.returncode == 1
    assert copied.returncode == 0, copied.stderr
