"""Imports at start-up: commands load nothing that only the site or the decoder needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LOADED = (
    "import json, sys; sys.argv = ['manage.py', 'snapshot', '--help'];"
    "import contextlib, io, manage\n"
    "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
    "    manage.main()\n"
    "print(json.dumps(sorted(sys.modules)))"
)
NOT_NEEDED = {
    "av", "numpy", "moviepy", "rest_framework.views", "drf_spectacular.views", "django_q.cluster",
    "snapshots.admin.registration", "snapshots.api", "snapshots.services.library.media",
    "snapshots.video.demux.source",
}  # fmt: skip


def test_snapshot_loads_no_decoder_no_site_and_no_queue(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        cwd=ROOT, check=True, capture_output=True, text=True,
        env={"MEDIAHUB_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mediahub.settings"},
    )  # fmt: skip
    loaded = set(json.loads(done.stdout))
    assert "snapshots.management.commands.snapshot" in loaded
    assert NOT_NEEDED & loaded == set()
