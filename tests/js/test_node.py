"""The unit tests of the scripts, which run under Node: `*.test.js` in and below this folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "snapshots/static/snapshots"
MISSING = "Node.js is not installed (Debian package nodejs)."


def test_the_scripts_pass_their_unit_tests() -> None:
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    command = [node, "--test", "--test-reporter=tap", str(HERE / "run.js")]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    report = run.stdout + run.stderr
    assert run.returncode == 0, report
    passed = re.search(r"^# pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed, report
    assert int(passed[1]) > 100, report


def test_only_the_http_client_sends_requests() -> None:
    """`api.js` alone, so that every request fails in the same way; tus-js-client has its own."""
    ours = [path for path in SCRIPTS.rglob("*.js") if "vendor" not in path.parts]
    assert len(ours) > 30
    pattern = r"\bfetch\(|XMLHttpRequest|sendBeacon"
    sending = {path.name for path in ours if re.search(pattern, path.read_text("utf-8"))}
    assert sending == {"api.js"}
