"""`import_media`: every path has its result, folders, and files that the library has already."""

from __future__ import annotations

import json
import os
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from snapshots.models import Media
from snapshots.services.library import media
from snapshots.services.work import pipeline
from tests.video.made import numbered

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of different bytes."""
    folder = tmp_path_factory.mktemp("clips")
    for number in (1, 2, 3):
        numbered.make(folder / f"{number}.mp4", frames=number)
    return folder


def run(*words: object, error: str = "") -> str:
    out = StringIO()
    if error:
        with pytest.raises(CommandError, match=error):
            call_command("import_media", *map(str, words), stdout=out)
    else:
        call_command("import_media", *map(str, words), stdout=out)
    return out.getvalue()


def results(*words: object, error: str = "") -> list[dict[str, Any]]:
    return list(json.loads(run(*words, "--json", error=error)))


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["error"]["code"] if row["error"] else row["status"] for row in rows]


# --- Every path has its result -------------------------------------------------------------------


@pytest.fixture
def _second_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def open_(self: Path, *args: Any, **named: Any) -> Any:
        if self.name == "2.mp4":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **named)

    monkeypatch.setattr(Path, "open", open_)


@pytest.mark.usefixtures("_second_is_unreadable")
def test_an_unreadable_file_does_not_end_the_batch(clips: Path) -> None:
    paths = [clips / f"{number}.mp4" for number in (1, 2, 3)]
    rows = results(*paths, error="1 of 3")
    assert codes(rows) == ["probing", "unreadable", "probing"]
    assert [row["path"] for row in rows] == list(map(str, paths))
    assert Media.objects.count() == 2
    lines = run(*paths, "--again", error="1 of 3").splitlines()
    assert lines[1] == f"{paths[1]}: unreadable: Permission denied"
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(OperationalError("gone"), "does not answer"), (KeyboardInterrupt(), "Interrupted")],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_what_ends_the_batch_leaves_no_path_untold(
    clips: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, expected: str,
    as_json: bool,
) -> None:  # fmt: skip
    imported = media.import_file

    def fail_at_2(*, path: Path, link: bool) -> Media:
        if path.name == "2.mp4":
            raise failure
        return imported(path=path, link=link)

    monkeypatch.setattr(media, "import_file", fail_at_2)
    paths = [clips / f"{number}.mp4" for number in (1, 2, 3)]
    if as_json:
        rows = results(*paths, error=expected)
        assert codes(rows) == ["probing", "interrupted", "interrupted"]
        assert Media.objects.get().file_id == rows[0]["file_id"]
    else:
        first, *others = run(*paths, error=expected).splitlines()
        assert first == f"{paths[0]}: {Media.objects.get().file_id}"
        assert [line.split(": ")[1] for line in others] == ["interrupted"] * 2


# --- Folders -------------------------------------------------------------------------------------


@pytest.fixture
def tree(clips: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "b" / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    shutil.copy(clips / "1.mp4", folder / "b" / "deep" / "one.mp4")
    shutil.copy(clips / "2.mp4", folder / "a.MOV")
    shutil.copy(clips / "3.mp4", folder / ".hidden.mp4")
    shutil.copy(clips / "3.mp4", folder / ".git" / "x.mp4")
    (folder / "notes.txt").write_text("Just text")
    (folder / "song.mp3").write_bytes(bytes(1000))
    (folder / "empty.mp4").touch()
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder)
    return folder


def test_folders_are_read_recursively(tree: Path) -> None:
    rows = results(tree)
    assert [row["path"] for row in rows] == [
        str(tree / "a.MOV"), str(tree / "b" / "deep" / "one.mp4"), str(tree),
    ]  # fmt: skip
    assert rows[-1] == {
        "path": str(tree), "file_id": None, "status": "folder", "error": None,
        "files": 2, "hidden": 2, "not_matching": 0, "not_video": 4,
    }  # fmt: skip
    assert Media.objects.count() == 2


def test_a_pattern_selects_files_in_folders(tree: Path, clips: Path) -> None:
    rows = results(tree, clips / "3.mp4", "--pattern", "*.MOV", "--pattern", "*.avi")
    assert [Path(row["path"]).name for row in rows] == ["a.MOV", "tree", "3.mp4"]
    assert (rows[1]["files"], rows[1]["not_matching"], rows[1]["hidden"]) == (1, 5, 2)
    said = run(tree, "--pattern", "none", "--again")
    assert said == (
        f"{tree}: 0 files; passed over: 2 hidden, 6 that do not match, 0 that are no videos\n"
    )


def test_a_folder_that_cannot_be_listed_is_named(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def fail(path: Any) -> Any:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    rows = results(tree, error="1 of 2")
    assert codes(rows) == ["probing", "unreadable", "folder"]
    assert rows[1]["path"] == str(tree / "b" / "deep")


# --- Files that the library has already ----------------------------------------------------------


def test_a_second_run_adds_nothing(clips: Path) -> None:
    first = results(clips)
    assert codes(first) == ["probing", "probing", "probing", "folder"]
    pipeline.probe_next()  # one has a recorded SHA-256 now, the others have none yet
    second = results(clips)
    assert codes(second) == ["known", "known", "known", "folder"]
    assert [row["file_id"] for row in second] == [row["file_id"] for row in first]
    assert Media.objects.count() == 3
    assert f"{first[0]['file_id']} is in the library already" in run(clips / "1.mp4")
    assert codes(results(clips / "1.mp4", "--again")) == ["probing"]
    assert Media.objects.count() == 4


def test_the_same_file_twice_in_one_run_comes_in_once(clips: Path, tmp_path: Path) -> None:
    shutil.copy(clips / "1.mp4", tmp_path / "copy.mp4")
    rows = results(clips / "1.mp4", tmp_path / "copy.mp4", "--link")
    assert codes(rows) == ["probing", "known"]
    assert rows[0]["file_id"] == rows[1]["file_id"]


def test_a_file_of_the_same_size_is_another(clips: Path, tmp_path: Path) -> None:
    data = bytearray((clips / "1.mp4").read_bytes())
    data[-1] ^= 1
    (tmp_path / "other.mp4").write_bytes(data)
    assert codes(results(clips / "1.mp4", tmp_path / "other.mp4")) == ["probing", "probing"]
