"""Invalid URLs of database and queue: one line that names the variable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT, manage


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", "mysql://user@127.0.0.1/name"),
        ("MEDIAHUB_BROKER_URL", "amqp://127.0.0.1/0"),
        ("MEDIAHUB_BROKER_URL", "127.0.0.1:6379"),
    ],
)
def test_unknown_scheme_is_refused(tmp_path: Path, variable: str, address: str) -> None:
    done = manage(tmp_path, "doctor", **{variable: address})
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"Settings: {variable}: ")
    assert "user@" not in line


@pytest.mark.parametrize(
    ("package", "variable", "address"),
    [
        ("psycopg", "DATABASE_URL", "postgres://127.0.0.1/name"),
        ("redis", "MEDIAHUB_BROKER_URL", "redis://127.0.0.1/0"),
    ],
)
def test_missing_package_is_named(
    tmp_path: Path, package: str, variable: str, address: str
) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; import mediahub.settings"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={"MEDIAHUB_DATA": str(tmp_path), variable: address},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"{variable}: " in done.stderr
    assert f"needs the package {package}" in done.stderr


def test_empty_url_means_the_default(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate", DATABASE_URL="", MEDIAHUB_BROKER_URL="").returncode == 0
    assert (tmp_path / "mediahub.sqlite3").exists()
