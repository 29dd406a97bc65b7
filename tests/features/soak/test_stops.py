"""R5 to R8: bad files, stops during work, a wiped queue, a database outage."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
import urllib.error
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.live_site import LiveSite, live_site
from tests.support.processes import children_of, command_of, tree_of
from tests.video.made import numbered

from . import consistency, killing, scale
from .setups import Setup
from .test_kills import AT, FAST, submit

pytestmark = pytest.mark.timeout(1800)


def took(site: LiveSite, file_id: str) -> float:
    """Seconds from asking for two snapshots to having them."""
    start = time.monotonic()
    task = site.wait_for_task({"task_id": submit(site, file_id), "finished_at": None})
    assert task["status"] == "finished"
    return time.monotonic() - start


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def test_r5_bad_files_fail_with_their_codes_and_delay_nobody(setup: Setup, tmp_path: Path) -> None:
    with live_site(tmp_path / "data", **FAST, **setup.env) as site:
        good = site.upload(numbered.make(tmp_path / "good.mp4"))
        hungry = site.upload(
            numbered.make(tmp_path / "hungry.mp4", frames=8, size=(3840, 2304), b_frames=0)
        )
        endless = numbered.make(tmp_path / "endless.mp4", frames=900, gop=900, size=(1280, 768))
        spinning = site.upload(endless)
        # What a run may take is told by the length: so it ends by what is wrong with the file,
        # however fast or loaded the machine
        for file_id, lasts_s in ((hungry, 10), (spinning, 0)):
            site.run(_LASTS.format(file_id, lasts_s))
    limits = {"MEDIAHUB_CHILD_MEMORY_MB": "110", "MEDIAHUB_DEADLINE_S": "0.3"}
    with live_site(tmp_path / "data", **FAST, **setup.env, **limits) as site:
        for _ in range(4):  # until each worker has its children's server
            took(site, good)
        alone = [took(site, good) for _ in range(scale.of(40, 8))]
        bad = {
            "out_of_memory": ask(site, hungry, ["0.1s", "0.2s"]),
            "timeout": ask(site, spinning, [f"f{9 * n}" for n in range(100)]),
        }
        beside = [took(site, good) for _ in range(scale.of(40, 8))]
        for code, task_id in bad.items():
            task = site.wait_for_task({"task_id": task_id, "finished_at": None}, 120)
            assert (task["status"], task["error"]["code"]) == ("failed", code)
        crashing = crash(site, good)
        assert (crashing["status"], crashing["error"]["code"]) == ("failed", "decoder_crashed")
        attempts = {row["task_id"]: row["attempts"] for row in consistency.of(site)["tasks"]}
        assert max(attempts.values()) <= 3
        print(f"\nR5 on {setup.name}: p95 of others {p95(beside):.2f} s, alone {p95(alone):.2f} s")
        assert p95(beside) < 2 * p95(alone) + 0.5


_LASTS = (
    "from snapshots.models import Media; Media.objects.filter(file_id='{}').update(duration_s={})"
)


def ask(site: LiveSite, file_id: str, at: list[str]) -> str:
    body = {"media": file_id, "snapshots": [{"template": 40, "at": at}]}
    return str(site.call("POST", "tasks/", body)["task_id"])


def crash(site: LiveSite, file_id: str) -> dict[str, object]:
    """A task whose child dies by a bad access, as often as one is made for it."""
    done = threading.Event()

    def strike() -> None:
        while not done.wait(0.002):
            for server in [p for p in tree_of(site.process.pid) if "child.serve" in command_of(p)]:
                for child in children_of(server):
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGSEGV)

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        task_id = ask(site, file_id, [f"{n / 100}s" for n in range(80)])
        return site.wait_for_task({"task_id": task_id, "finished_at": None}, 60)
    finally:
        done.set()
        striker.join()


def test_r6_stops_in_mid_work_are_clean_and_lose_nothing(setup: Setup, tmp_path: Path) -> None:
    data, rounds = tmp_path / "data", scale.of(20, 4)
    clip = numbered.make(tmp_path / "clip.mp4", frames=400, gop=400, size=(640, 384))
    task_ids: list[str] = []
    points = [f"{n}.3s" for n in range(12)]
    file_id = ""
    for _ in range(rounds):
        with live_site(data, "--workers", "4", **FAST, **setup.env) as site:
            file_id = file_id or site.upload(clip)
            task_ids += [ask(site, file_id, points) for _ in range(4)]
            killing.until(lambda: consistency.counts(site)["processing"] == 4, 30)
            start = time.monotonic()
            assert site.stop(signal.SIGTERM) == 0
            assert time.monotonic() - start < 25
            assert "did not stop in time" not in site.said
    with live_site(data, "--workers", "4", **FAST, **setup.env) as site:
        killing.until(lambda: consistency.counts(site)["finished"] == len(task_ids), 120, 1)
        consistency.assert_balanced(site, data, task_ids, len(points))
        assert {row["attempts"] for row in consistency.of(site)["tasks"]} == {1}


@pytest.mark.parametrize("harm", ["wipe", "triple"])
def test_r7_a_queue_wiped_or_tripled(setup: Setup, tmp_path: Path, harm: str) -> None:
    data, count = tmp_path / "data", scale.of(200, 40)
    with live_site(data, **FAST, **setup.env) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        task_ids = [submit(site, file_id) for _ in range(count)]
        getattr(setup, harm)(site)
        killing.until(lambda: consistency.counts(site)["finished"] == count, 240, 1)
        consistency.assert_balanced(site, data, task_ids, len(AT))


def test_r8_a_database_that_does_not_answer(setup: Setup, tmp_path: Path) -> None:
    data, count = tmp_path / "data", scale.of(100, 20)
    with live_site(data, **FAST, **setup.env) as site:
        file_id = site.upload(numbered.make(tmp_path / "clip.mp4"))
        task_ids: list[str] = []
        statuses: list[int] = []
        feeder = threading.Thread(target=feed, args=(site, file_id, count, task_ids, statuses))
        feeder.start()
        time.sleep(1)
        setup.hold_up(data, 15)
        feeder.join(300)
        assert set(statuses) <= {503}
        killing.until(lambda: consistency.counts(site)["finished"] == count, 120, 1)
        consistency.assert_balanced(site, data, task_ids, len(AT))


def feed(
    site: LiveSite, file_id: str, count: int, task_ids: list[str], statuses: list[int]
) -> None:
    """Tasks one after the other; a refusal is noted, and asked again."""
    while len(task_ids) < count:
        try:
            task_ids.append(submit(site, file_id))
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            time.sleep(float(error.headers["Retry-After"]))
        time.sleep(0.05)
