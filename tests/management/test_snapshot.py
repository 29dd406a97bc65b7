"""`manage.py snapshot`, from outside: receipts, files, exit codes."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.processes import ROOT, manage
from tests.video.made import numbered

RECEIPT = {"time_ms", "pts", "time_base", "frame_time", "key_frame"}
KEYS = {
    "at", "status", "error", "path", "format", "width", "height", "bytes", "sha256", *RECEIPT,
}  # fmt: skip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered.make(tmp_path_factory.mktemp("snapshot") / "clip.mp4")


def run(tmp_path: Path, *words: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command, on a data folder that has no database."""
    out = ("--out", tmp_path / "out")
    return manage(tmp_path / "data", "snapshot", *map(str, words), *out, cwd=cwd)


def points(*texts: str) -> list[str]:
    return [word for text in texts for word in ("--at", text)]


def shapes(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return list(json.loads(done.stdout))


def test_it_writes_the_frames_on_screen_with_their_receipts(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip, *points("1.5s", "0s", "100%", "f31"), "--json")
    assert done.returncode == 0, done.stderr
    results = shapes(done)
    assert [result["at"] for result in results] == ["1.5s", "0s", "100%", "f31"]
    for result, number in zip(results, (45, 0, 59, 31), strict=True):
        assert set(result) == KEYS
        data = Path(result["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == result["sha256"]
        assert len(data) == result["bytes"]
        with Image.open(result["path"]) as image:
            assert image.size == (result["width"], result["height"]) == (160, 96)
            assert numbered.read_number(np.asarray(image)) == number
        assert result["frame_time"] == pytest.approx(number / 30, abs=1e-6)
        assert result["key_frame"] is (number in (0, 30))


def test_flags_make_the_template(clip: Path, tmp_path: Path) -> None:
    flags = ["--width", 320, "--height", 320, "--format", "png", "--fill", "transparent"]
    done = run(tmp_path, clip, *points("0s"), *flags, "--json")
    (result,) = shapes(done)
    with Image.open(result["path"]) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (320, 320))
        assert image.getpixel((160, 2))[3] == 0


def test_presets_need_no_database(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip, *points("0s"), "--template", 30, "--json")
    assert (shapes(done)[0]["width"], shapes(done)[0]["height"]) == (640, 360)
    assert not (tmp_path / "data" / "mediahub.sqlite3").exists()


def test_text_output_has_a_line_per_point(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip, *points("0s", "1s"))
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == ""


def test_key_frame_mode_takes_the_key_frame_before(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip, *points("0.9s", "1.9s"), "--mode", "keyframe", "--json")
    assert [result["frame_time"] for result in shapes(done)] == [0, 1]


def test_relative_path_is_accepted(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip.name, *points("0s"), cwd=clip.parent)
    assert done.returncode == 0, done.stderr


def test_very_long_name_is_truncated(clip: Path, tmp_path: Path) -> None:
    long = tmp_path / ("长" * 80 + ".mp4")
    long.symlink_to(clip)
    done = run(tmp_path, long, *points("0s"), "--json")
    assert done.returncode == 0, done.stderr
    assert Path(shapes(done)[0]["path"]).exists()


def test_partial_failure_exits_with_3_and_writes_the_others(clip: Path, tmp_path: Path) -> None:
    done = run(tmp_path, clip, *points("0s", "9s"), "--json")
    assert done.returncode == 3
    good, bad = shapes(done)
    assert Path(good["path"]).exists()
    assert (bad["status"], bad["error"]["code"], bad["path"]) == (
        "failed",
        "time_out_of_range",
        None,
    )
    assert set(bad) == KEYS
    assert len(done.stderr.strip().splitlines()) == 1


def test_refused_file_exits_with_1_and_fails_every_point(tmp_path: Path) -> None:
    sound = numbered.make_sound(tmp_path / "sound.mp4")
    done = run(tmp_path, sound, *points("0s", "1s"), "--json")
    assert done.returncode == 1
    assert [result["error"]["code"] for result in shapes(done)] == ["no_video"] * 2


def test_missing_file_exits_with_1(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path / "nowhere.mp4", *points("0s"), "--json")
    assert (done.returncode, shapes(done)[0]["error"]["code"]) == (1, "unreadable")


@pytest.mark.parametrize(
    "words",
    [
        ["--at", "5"],
        ["--at", "0s", "--width", "127"],
        ["--at", "0s", "--height", "4097"],
        ["--at", "0s", "--fill", "transparent"],
        ["--at", "0s", "--fill", "pink"],
        ["--at", "0s", "--format", "gif"],
        ["--at", "0s", "--quality", "0"],
        ["--at", "0s", "--template", "30", "--width", "320"],
        ["--at", "0s", "--template", "77"],
        [],
    ],
)
def test_wrong_arguments_exit_with_2_and_do_nothing(
    clip: Path, tmp_path: Path, words: list[str]
) -> None:
    done = run(tmp_path, clip, *words)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
