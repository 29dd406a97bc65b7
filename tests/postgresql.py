"""`python -m tests.postgresql`: the tests of all that touches the database, on PostgreSQL.

Words are passed on to pytest; paths among them take the place of these folders. What touches no
rows itself is left to the run on SQLite: sites in processes of their own
(tests/features/production_servers runs some on its own servers), signatures, forms.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.servers import Missing, postgresql

_NAMES = (
    "admin", "api", "features/pulls", "features/webhooks", "models", "outbound", "queue",
    "services", "vod", "web",
)  # fmt: skip
FOLDERS = [f"tests/{name}" for name in _NAMES]


def main(words: list[str]) -> int:
    """The code to exit with: what is missing fails in CI, and is only said elsewhere."""
    try:
        with postgresql() as server:
            selected = [] if any(word.startswith("tests/") for word in words) else FOLDERS
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-p", "tests.support.only_database_tests",
                 "-n", "auto", "--dist", "worksteal", *selected, *words],
                env={**os.environ, "DATABASE_URL": server.url("mediahub")}, check=False,
            )  # fmt: skip
            return done.returncode
    except Missing as missing:
        sys.stdout.write(f"left out: all tests on PostgreSQL. {missing}.\n")
        return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
