"""The whole site with production servers: upload, task, picture."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support.live_site import live_site
from tests.support.processes import manage
from tests.support.servers import Redis
from tests.video.made import numbered

from .hosts import Site

pytestmark = pytest.mark.timeout(180)


def test_upload_task_and_picture(site: Site, clip: Path) -> None:
    with live_site(site.data, **site.environment) as live:
        file_id = live.upload(clip)
        spec = {"template": 10, "at": ["f7", "1s"]}
        task = live.call("POST", "tasks/", {"media": file_id, "snapshots": [spec]})
        task = live.wait_for_task(task)
        assert task["status"] == "finished"
        snapshots = [point["snapshot"] for point in task["operations"][0]["points"]]
        for frame, snapshot in zip((7, 30), snapshots, strict=True):
            with Image.open(io.BytesIO(live.get(snapshot["url"]))) as image:
                assert numbered.read_number(np.asarray(image)) == frame
        assert site.ask("SELECT count(*) FROM snapshots_snapshot") == [(2,)]
        said = live.manage("doctor")
    assert re.search(
        rf"ok   database: .*PostgreSQL .*:{site.postgresql.port}/{site.database}", said
    )
    assert re.search(f"ok   queue: .*{'Redis [0-9]' if site.redis else 'in the database'}", said)
    assert "ok   workers: 2 running under 1 supervisor" in said


def test_redis_queue_works_beside_sqlite(redis: Redis, tmp_path: Path, clip: Path) -> None:
    with live_site(tmp_path / "data", MEDIAHUB_BROKER_URL=redis.url) as live:
        file_id = live.upload(clip)
        spec = {"template": 10, "at": ["f7"]}
        task = live.call("POST", "tasks/", {"media": file_id, "snapshots": [spec]})
        (point,) = live.wait_for_task(task)["operations"][0]["points"]
        with Image.open(io.BytesIO(live.get(point["snapshot"]["url"]))) as image:
            assert numbered.read_number(np.asarray(image)) == 7
        said = live.manage("doctor")
    assert re.search("ok   database: .*SQLite", said)
    assert re.search("ok   queue: .*Redis [0-9]", said)


def test_doctor_says_which_server_does_not_answer(site_with_redis: Site) -> None:
    site, redis = site_with_redis, site_with_redis.redis
    assert redis is not None
    redis.stop()
    said = manage(site.data, "doctor", **site.environment).stdout
    assert re.search("ok   database: .*PostgreSQL", said)
    assert re.search(f"NOT  queue: .*Redis: .*connecting to 127.0.0.1:{redis.port}", said)
    assert "Fix: Look at MEDIAHUB_BROKER_URL" in said
    nowhere = {**site.environment, "DATABASE_URL": "postgres://mediahub@127.0.0.1:1/none"}
    said = manage(site.data, "doctor", **nowhere).stdout
    assert "NOT  database: " in said
    assert "Fix: Look at DATABASE_URL and the server." in said
