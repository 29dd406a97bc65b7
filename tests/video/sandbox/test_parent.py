"""The child process: its results, and the error codes of its ways to end."""

from __future__ import annotations

import io
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from snapshots.video.errors import VideoError
from snapshots.video.extract import extract as extract_here
from snapshots.video.image_upload import sanitise
from snapshots.video.info import FrameIndex
from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import forkserver
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.types import Failure, Picture, PointKey, Request
from tests.support.processes import children_of, command_of, decode_children, wait_for

from ..made import numbered
from ..requests import request

SPEC = RenderSpec()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered.make(tmp_path_factory.mktemp("sandbox") / "clip.mp4")


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be caught at work: 500 frames of 960×576, one key frame."""
    folder = tmp_path_factory.mktemp("sandbox")
    return numbered.make(folder / "long.mp4", frames=500, gop=500, size=(960, 576))


ALL_ALONG = [f"{tenth / 10}s" for tenth in range(20, 160)]  # of the long clip: work for a second


def requests(*points: str) -> list[Request]:
    return [request(at, SPEC, point=index) for index, at in enumerate(points)]


def gone(pids: list[int]) -> bool:
    return not any(pid in decode_children() for pid in pids)


def test_the_child_returns_what_extraction_in_process_does(clip: Path) -> None:
    wanted = requests("0s", "1.5s", "99s", "f10")
    by_key = {result.key: result for result in sandbox.extract(clip, wanted)}  # type: ignore[union-attr]
    assert by_key == {result.key: result for result in extract_here(clip, wanted)}
    assert isinstance(by_key[PointKey(0, 0)], Picture)
    assert isinstance(by_key[PointKey(0, 2)], Failure)


def test_every_job_has_a_child_of_its_own_and_it_goes(clip: Path) -> None:
    list(sandbox.extract(clip, requests("0s")))
    assert wait_for(lambda: decode_children() == [])


def test_a_file_refused_as_a_whole_raises_its_code(tmp_path: Path) -> None:
    text = tmp_path / "video.mp4"
    text.write_text("#EXTM3U\n/etc/passwd\n")
    with pytest.raises(VideoError) as caught:
        list(sandbox.extract(text, requests("0s")))
    assert caught.value.code == "unsupported"


def test_a_child_killed_at_work_is_a_crashed_decoder(long_clip: Path) -> None:
    def kill() -> None:
        if wait_for(decode_children):
            time.sleep(0.2)
            for pid in decode_children():
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(VideoError) as caught:
        list(sandbox.extract(long_clip, requests(*ALL_ALONG)))
    killer.join()
    assert caught.value.code == "decoder_crashed"
    assert len(list(sandbox.extract(long_clip, requests("0s")))) == 1  # the next is served


def test_reaching_the_memory_limit_is_out_of_memory(long_clip: Path) -> None:
    limits = sandbox.ChildLimits(wall_s=30, memory_mb=8)  # less than any Python process takes
    with pytest.raises(VideoError) as caught:
        list(sandbox.extract(long_clip, requests("16s"), limits=limits))
    assert caught.value.code == "out_of_memory"
    assert wait_for(lambda: decode_children() == [])


def test_slowness_is_a_timeout_and_earlier_results_stay(long_clip: Path) -> None:
    points = requests("0s", *ALL_ALONG)
    results = []
    with pytest.raises(VideoError) as caught:  # noqa: PT012  the results before it matter
        for result in sandbox.extract(
            long_clip, points, limits=sandbox.ChildLimits(wall_s=0.2, memory_mb=512)
        ):
            results.append(result)
    assert caught.value.code == "timeout"
    assert len(results) < len(points)
    assert wait_for(lambda: decode_children() == [])


def test_who_stops_listening_stops_the_child(long_clip: Path) -> None:
    results: Iterator[object] = sandbox.extract(long_clip, requests("0s", "15s", "16s"))
    next(results)
    pids = decode_children()
    assert pids
    results.close()  # type: ignore[attr-defined]
    assert wait_for(lambda: gone(pids))


def test_a_killed_fork_server_is_replaced(clip: Path) -> None:
    list(sandbox.extract(clip, requests("0s")))
    for pid in children_of(os.getpid()):
        if b"child.serve" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
    results = list(sandbox.extract(clip, requests("0s", "1s")))
    assert all(isinstance(result, Picture) for result in results)
    assert len(results) == 2


def test_the_child_knows_nothing_of_its_parents_environment(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAHUB_SECRET_KEY", "not for strangers")
    forkserver.server.stop()
    list(sandbox.extract(clip, requests("0s")))
    servers = [
        Path(f"/proc/{pid}/environ").read_bytes()
        for pid in children_of(os.getpid())
        if b"child.serve" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert servers
    assert not any(b"MEDIAHUB" in environment for environment in servers)


def test_threads_that_meet_a_dead_server_all_get_a_child(clip: Path) -> None:
    outcomes: list[object] = []

    def run() -> None:
        outcomes.extend(sandbox.extract(clip, requests("0s")))

    for _ in range(3):
        list(sandbox.extract(clip, requests("0s")))
        for pid in children_of(os.getpid()):
            if "child.serve" in command_of(pid):
                os.kill(pid, signal.SIGKILL)
        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(outcomes) == 24
    assert all(isinstance(outcome, Picture) for outcome in outcomes)


def test_a_long_index_travels(clip: Path) -> None:
    """Three hours of uneven frames: more than a message's head may have."""
    rng = random.Random(5)
    (found,) = sandbox.probe(clip)
    assert isinstance(found, sandbox.Probed)
    pts, total = list(found.index.pts), found.index.pts[-1]
    for _ in range(330_000):
        total += rng.randrange(256, 4096)
        pts.append(total)
    index = FrameIndex(found.index.time_base, pts, [True] * len(pts))
    assert len(index.to_bytes()) > 600_000
    (result,) = sandbox.extract(clip, requests("f31"), info=found.info, index=index.to_bytes())
    assert isinstance(result, Picture)
    assert result.frame_time == pytest.approx(31 / 30, abs=1e-6)


def test_probing_finds_the_facts_the_frames_and_a_cover(clip: Path) -> None:
    found = [r for r in sandbox.probe(clip, cover=SPEC) if isinstance(r, sandbox.Probed)]
    assert len(found) == 1
    assert (found[0].info.width, found[0].info.height, len(found[0].index)) == (160, 96, 60)
    assert found[0].cover
    assert found[0].cover.format == "jpg"


def test_probing_without_a_spec_proposes_no_cover(clip: Path) -> None:
    (found,) = sandbox.probe(clip)
    assert isinstance(found, sandbox.Probed)
    assert found.cover is None


@pytest.mark.parametrize(("mode", "format_"), [("RGB", "jpg"), ("RGBA", "png")])
def test_a_picture_of_a_users_is_written_anew(tmp_path: Path, mode: str, format_: str) -> None:
    path = tmp_path / "cover"
    image = Image.new(mode, (40, 20), (200, 10, 10, 128)[: len(mode)])
    exif = Image.Exif()
    exif[0x010E] = "a description that must not travel"
    image.save(path, "png", exif=exif)
    clean = sandbox.sanitise(path)
    assert clean.format == format_
    assert b"description" not in clean.data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "unsupported"),
        (b"", "unsupported"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(data)
    with pytest.raises(VideoError) as caught:
        sandbox.sanitise(path)
    assert caught.value.code == code


def test_a_picture_declared_huge_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    Image.new("1", (9000, 4001)).save(path, "png")
    with pytest.raises(VideoError) as caught:
        sandbox.sanitise(path)
    assert caught.value.code == "too_large"


def test_a_deep_gray_picture_keeps_its_shades(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    Image.fromarray(np.full((20, 20), 32768, np.uint16)).save(path, "png")
    with Image.open(io.BytesIO(sandbox.sanitise(path).data)) as image:
        assert 124 <= image.convert("L").getpixel((10, 10)) <= 132


def test_a_damaged_avif_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cover.avif"
    Image.effect_noise((64, 64), 50).convert("RGB").save(path, "avif")
    data = bytearray(path.read_bytes())
    codes = set()
    for position in range(0, len(data), 7):
        mutated = bytearray(data)
        mutated[position] ^= 0xFF
        path.write_bytes(mutated)
        try:
            sanitise(path)
        except VideoError as error:
            codes.add(error.code)
    assert codes <= {"unreadable", "unsupported", "too_large"}
    assert "unreadable" in codes


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    Image.effect_noise((200, 200), 50).save(path, "jpeg")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(VideoError) as caught:
        sandbox.sanitise(path)
    assert caught.value.code == "unreadable"
