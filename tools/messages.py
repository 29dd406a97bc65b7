"""`tools/messages.py [--check]`: gather what is to be translated, and compile what is.

With `--check` nothing is changed: it fails where the catalogue is stale, or has gaps or guesses.
Needs GNU gettext (Debian package gettext).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
_DATE = re.compile(r'^"POT-Creation-Date: .*\\n"\n', re.MULTILINE)


def main(words: list[str]) -> int:
    if shutil.which("xgettext") is None:
        print("tools/messages.py needs GNU gettext: apt-get install gettext")
        return 1
    before = CATALOGUE.read_bytes(), COMPILED.read_bytes() if COMPILED.exists() else b""
    try:
        gather()
        problems = _problems(before)
    finally:
        if "--check" in words:
            CATALOGUE.write_bytes(before[0])
            COMPILED.write_bytes(before[1])
    gaps = [line for line in problems if "stale" not in line or "--check" in words]
    print("\n".join(gaps) or "All is translated.")
    return 1 if gaps else 0


def gather() -> None:
    """Write all that our templates and modules mark into the catalogue, and compile it."""
    ignored = [word for name in (".venv", "var", "tests", "bench", "tools", "vendor") for word in
               ("--ignore", name)]  # fmt: skip
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale=zh_Hans", "--no-location",
         "--no-obsolete", "--no-wrap", "--verbosity=0", *ignored],
        cwd=ROOT, env=env, check=True,
    )  # fmt: skip
    CATALOGUE.write_text(_DATE.sub("", CATALOGUE.read_text("utf-8")), "utf-8")
    _msgfmt("--check", "-o", str(COMPILED))


def _problems(before: tuple[bytes, bytes]) -> list[str]:
    now = CATALOGUE.read_bytes(), COMPILED.read_bytes()
    found = ["The catalogue is stale: run make messages."] * (now != before)
    counted = _msgfmt("--statistics", "-o", os.devnull).strip()
    if "fuzzy" in counted or "untranslated" in counted:
        found.append(f"{CATALOGUE.relative_to(ROOT)}: {counted}")
    return found


def _msgfmt(*words: str) -> str:
    done = subprocess.run(
        ["msgfmt", *words, str(CATALOGUE)],
        check=True, capture_output=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
