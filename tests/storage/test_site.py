"""A whole site on a bucket, and a second host beside it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.live_site import ROOT, live_site
from tests.video.made import numbered

from .object_store import BUCKET, KEYS, ObjectStore


def test_a_site_keeps_everything_in_the_bucket(
    running: ObjectStore, tmp_path: Path, clip: Path
) -> None:
    running.clear()
    environment = {
        **KEYS,
        "MEDIAHUB_STORE_URL": f"s3://{BUCKET}/site",
        "MEDIAHUB_S3_ENDPOINT": running.url,
    }
    with live_site(tmp_path, **environment) as site:
        file_id = site.upload(clip)
        spec = {"template": 10, "at": ["0.5s", "1s"]}
        task = site.call("POST", "tasks/", {"media": file_id, "snapshots": [spec]})
        task = site.wait_for_task(task)
        assert task["status"] == "finished"
        snapshots = [point["snapshot"] for point in task["operations"][0]["points"]]
        for snapshot, number in zip(snapshots, (15, 30), strict=True):
            with Image.open(io.BytesIO(site.get(snapshot["url"]))) as image:
                assert numbered.read_number(np.asarray(image.convert("RGB"))) == number
        said = site.manage("doctor")
        assert f"bucket {BUCKET}, site/sources" in said
    pictures = {key for key in running.keys() if key.startswith("site/pictures/")}  # noqa: SIM118
    assert len(pictures) == 3
    assert running.read(f"site/sources/{file_id[-2:]}/{file_id}") == clip.read_bytes()
    assert [path for kind in ("sources", "pictures") for path in (tmp_path / kind).glob("*")] == []


def refused(tmp_path: Path, **environment: str) -> str:
    """What a start with such settings says, and that it does not start."""
    env = {**os.environ, "MEDIAHUB_DATA": str(tmp_path), **environment}
    env["DJANGO_SETTINGS_MODULE"] = "mediahub.settings"
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    return done.stderr


def test_invalid_settings_are_refused_by_name(tmp_path: Path) -> None:
    for wrong in ("library", "https://minio.example.org/library", "s3://", "s3://key:secret@there"):
        assert "MEDIAHUB_STORE_URL: s3://bucket" in refused(tmp_path, MEDIAHUB_STORE_URL=wrong)
    both = {"MEDIAHUB_STORE_URL": "s3://library", "MEDIAHUB_ACCEL_PREFIX": "/protected/"}
    assert "MEDIAHUB_ACCEL_PREFIX: nginx cannot send" in refused(tmp_path, **both)
