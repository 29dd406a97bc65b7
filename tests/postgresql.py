"""`python -m tests.postgresql`: the tests of all that touches the database, on PostgreSQL.

Words are passed on to pytest; paths among them take the place of these folders. What runs sites in
processes of its own is left to the run on SQLite, and to tests/queue/servers with its own servers.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.servers import Missing, postgresql

_NAMES = ("admin", "api", "callbacks", "pulls", "queue", "services", "vod", "web")
FOLDERS = [f"tests/{name}" for name in _NAMES]
_LEFT_OUT = (
    "tests/pulls/test_downloader.py",
    "tests/queue/servers",
    "tests/vod/test_docs.py",
    "tests/vod/test_sdks.py",
    "tests/web/test_tus_live.py",
    "tests/web/test_watching.py",
)


def main(words: list[str]) -> int:
    """The code to exit with: what is missing fails in CI, and is only said elsewhere."""
    try:
        with postgresql() as server:
            chosen = [] if any(word.startswith("tests/") for word in words) else FOLDERS
            left_out = [f"--ignore={path}" for path in _LEFT_OUT]
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-n", "auto", *chosen, *left_out, *words],
                env={**os.environ, "DATABASE_URL": server.url("mediahub")}, check=False,
            )  # fmt: skip
            return done.returncode
    except Missing as missing:
        sys.stdout.write(f"left out: all tests on PostgreSQL. {missing}.\n")
        return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
