"""Commands where neither files nor terminals are UTF-8: the C locale, and Chinese GBK."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mediahub import text_streams
from tests.support.processes import ROOT
from tests.video.made import numbered

NAME = "Käse 片 ×"  # UTF-8 on the disk, whatever the locale


@pytest.fixture(scope="module")
def gbk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a GBK locale, made here."""
    folder = tmp_path_factory.mktemp("locales")
    localedef = shutil.which("localedef")
    made = localedef and subprocess.run(
        [localedef, "-f", "GBK", "-i", "zh_CN", folder / "zh_CN.GBK"],
        capture_output=True, check=False,
    )  # fmt: skip
    if not made or not (folder / "zh_CN.GBK").exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "a GBK locale needs localedef and the locale sources (Debian package locales)"
        )
    return {"LOCPATH": str(folder), "LC_ALL": "zh_CN.GBK"}


@pytest.fixture(params=["C", "GBK", "stdout"])
def locale(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "GBK":
        return request.getfixturevalue("gbk")
    if request.param == "stdout":  # UTF-8 file names, and a terminal that is not
        return {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "gbk"}
    return {"LC_ALL": "C", "PYTHONUTF8": "0"}


def run(data: Path, locale: dict[str, str], *words: str | Path) -> bytes:
    inherited = {
        name: value for name, value in os.environ.items() if name[:3] not in ("LC_", "LAN")
    }
    inherited.pop("PYTHONUTF8", None)
    ours = {"MEDIAHUB_DATA": str(data), "DJANGO_SETTINGS_MODULE": "mediahub.settings"}
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        cwd=ROOT, env={**inherited, "DATABASE_URL": "", **ours, **locale},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    return done.stdout


def test_snapshots_are_written_and_named(tmp_path: Path, locale: dict[str, str]) -> None:
    clip = numbered.make(tmp_path / f"{NAME}.mp4", frames=10)
    out = tmp_path / "out"
    said = run(tmp_path / NAME, locale, "snapshot", clip, "--at", "0s", "--out", out)
    (picture,) = out.iterdir()
    assert picture.name.startswith(f"{NAME}-001_")
    assert b"frame at 0.000 s" in said


def test_videos_are_imported_and_linked(tmp_path: Path, locale: dict[str, str]) -> None:
    data = tmp_path / NAME
    clip = numbered.make(tmp_path / f"{NAME}.mp4", frames=10)
    linked = tmp_path / f"{NAME} 2.mp4"
    shutil.copy(clip, linked)
    run(data, locale, "migrate", "--verbosity", "0")
    assert run(data, locale, "import_media", clip)
    assert run(data, locale, "import_media", linked, "--link", "--again", "--json")
    code = (
        "import json; from snapshots.models import Media as M\n"
        "from snapshots.services.work import pipeline\n"
        "while pipeline.probe_next(): pass\n"
        "rows = M.objects.order_by('pk').values_list('name', 'link', 'status')\n"
        "print(json.dumps(list(rows)))"
    )
    rows = json.loads(run(data, locale, "shell", "-v0", "-c", code).splitlines()[-1])
    assert rows == [
        [clip.name, "", "ready"],
        [linked.name, str(linked), "ready"],
    ]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "片 ä ".encode() + b"\xe9"),
        ("gbk", "片 ".encode("gbk") + rb"\xe4 " + b"\xe9"),
        ("ascii", rb"\u7247 \xe4 " + b"\xe9"),
    ],
)
def test_any_text_can_be_written(encoding: str, expected: bytes) -> None:
    text_streams.accept_any_text()
    assert "片 ä \udce9".encode(encoding, "mediahub_any_text") == expected
