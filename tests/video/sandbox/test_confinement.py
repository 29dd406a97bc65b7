"""The layers of the jail, each alone: what one lets through, another one stops."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from snapshots.video.demux.source import open_source
from snapshots.video.errors import VideoError
from snapshots.video.extract import extract as extract_here
from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import landlock, seccomp
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.types import Failure, Request
from tests.features.hostile.payloads import NAMES, payloads
from tests.support.processes import ROOT
from tests.support.webhook_receiver import connections_to, listening

from ..conftest import CHANGED, CUT, VIDEOS, Library
from ..made import numbered

needs_landlock = pytest.mark.skipif(
    landlock.abi() < landlock.KNOWS_TCP, reason="this kernel's Landlock does not know TCP"
)


def tried(readable: Path | None, *tries: tuple[str, Any], calls: bool = False) -> list[str]:
    """What came of each, in a process that Landlock lets read `readable` only, or does not hold.

    With `calls` seccomp holds it.
    """
    asked = {"readable": readable and str(readable), "tries": tries, "calls": calls}
    process = confined()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(asked, default=str) + "\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    assert isinstance(told, list), told
    return told


@cache
def confined() -> subprocess.Popen[str]:
    """The process that forks one for each question; it ends with the tests."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.video.sandbox.confined"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _confined_ends() -> Iterator[None]:
    yield
    if confined.cache_info().currsize:
        confined().communicate()
        confined.cache_clear()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered.make(tmp_path_factory.mktemp("jail") / "clip.mp4", frames=10)


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another user's video."""
    return numbered.make(tmp_path_factory.mktemp("others") / "secret.ts", frames=7)


@pytest.fixture(scope="module")
def inside() -> Iterator[Any]:
    """A port of this machine that nobody may reach."""
    with listening() as sock:
        yield sock


@pytest.fixture
def payload(request: Any, secret: Path, inside: Any, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.write_bytes(payloads(secret, inside.getsockname()[1])[request.param])
    return path


# --- Landlock alone ------------------------------------------------------------------------------


@needs_landlock
def test_landlock_leaves_the_video_and_nothing_else(
    clip: Path, secret: Path, inside: Any, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("here")
    told = tried(
        clip,
        ("read", clip), ("decode", clip),
        ("read", secret), ("read", "/etc/passwd"), ("read", "/proc/self/environ"),
        ("read", "/dev/zero"), ("decode", secret), ("list", "/"), ("list", tmp_path),
        ("write", clip), ("write", victim), ("make", tmp_path / "new"), ("delete", victim),
        ("connect", inside.getsockname()[1]), ("listen", None),
    )  # fmt: skip
    assert told[:2] == ["read 64 bytes", "decoded 10 frames"]
    assert set(told[2:]) == {"PermissionError"}
    assert victim.read_text() == "here"
    assert connections_to(inside) == 0


@needs_landlock
@pytest.mark.parametrize("payload", NAMES, indirect=True)
def test_landlock_stops_what_loose_lists_would_follow(payload: Path, inside: Any) -> None:
    (told,) = tried(payload, ("decode", payload))
    assert "decoded" not in told
    assert connections_to(inside) == 0


def test_without_it_loose_lists_do_follow(secret: Path, inside: Any, tmp_path: Path) -> None:
    """So that the tests above are of Landlock, and not of files that nobody would follow."""
    found = payloads(secret, inside.getsockname()[1])
    for name in ("hls-file.m3u8", "hls-http.m3u8", "concat.mp4"):
        (tmp_path / name).write_bytes(found[name])
    told = tried(
        None,
        ("decode", tmp_path / "hls-file.m3u8"), ("decode", tmp_path / "concat.mp4"),
        ("decode", tmp_path / "hls-http.m3u8"), ("read", "/etc/passwd"),
        ("datagram", inside.getsockname()[1]), ("pair", None),
    )  # fmt: skip
    assert told[:2] == ["decoded 7 frames"] * 2
    assert connections_to(inside) > 0
    assert told[3:] == ["read 64 bytes", "sent 1 byte", "made"]


# --- seccomp alone -------------------------------------------------------------------------------

needs_seccomp = pytest.mark.skipif(
    not seccomp.is_known(), reason="seccomp's numbers are not known for this machine"
)


@needs_seccomp
def test_seccomp_leaves_no_network_and_no_other_program(clip: Path, inside: Any) -> None:
    port = inside.getsockname()[1]
    told = tried(
        None,
        ("decode", clip), ("thread", None),
        ("connect", port), ("datagram", port), ("listen", None), ("pair", None),
        ("run", "/bin/true"),
        calls=True,
    )  # fmt: skip
    assert told[:2] == ["decoded 10 frames", "ran"]
    assert told[2:] == ["PermissionError"] * 5
    assert connections_to(inside) == 0


@needs_seccomp
@pytest.mark.parametrize("payload", NAMES, indirect=True)
def test_seccomp_lets_no_payload_connect(payload: Path, inside: Any) -> None:
    tried(None, ("decode", payload), calls=True)
    assert connections_to(inside) == 0


# --- The allow-lists alone -----------------------------------------------------------------------


@pytest.mark.parametrize("payload", NAMES, indirect=True)
def test_the_lists_stop_every_payload_without_landlock(payload: Path, inside: Any) -> None:
    with pytest.raises(VideoError) as caught, open_source(payload):
        pass
    assert caught.value.code in ("unsupported", "unreadable", "no_video")
    assert connections_to(inside) == 0


@pytest.mark.parametrize("payload", NAMES, indirect=True)
def test_the_lists_stop_every_payload_behind_the_first_bytes(
    payload: Path, inside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snapshots.video.demux.source.check_first_bytes", lambda _: None)
    with pytest.raises(VideoError), open_source(payload):
        pass
    assert connections_to(inside) == 0


# --- All together --------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", NAMES, indirect=True)
def test_the_sandbox_stops_every_payload(payload: Path, inside: Any) -> None:
    with pytest.raises(VideoError) as caught:
        list(sandbox.extract(payload, [Request("0", "0s", RenderSpec())]))
    assert caught.value.code in ("unsupported", "unreadable", "no_video")
    assert connections_to(inside) == 0


def test_every_job_works_in_the_jail(clip: Path, tmp_path: Path) -> None:
    assert [r for r in sandbox.probe(clip, cover=RenderSpec()) if isinstance(r, sandbox.Probed)]
    assert sandbox.suggest(clip, count=3)
    for format_ in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        path = tmp_path / format_
        Image.new("RGB", (40, 30), (200, 10, 10)).save(path, format_)
        assert sandbox.normalise(path).data


@pytest.mark.parametrize("name", sorted([*VIDEOS, *CHANGED, *CUT]))
def test_a_child_needs_nothing_but_the_video(library: Library, name: str) -> None:
    """Whatever is read only when it is first needed would be missing here."""
    path = library.path(name)
    asked = [Request(f, "50%", RenderSpec(f, 128, 128)) for f in ("jpg", "png", "webp", "avif")]
    there = [r for r in sandbox.extract(path, asked) if not isinstance(r, sandbox.Tick)]
    assert there == list(extract_here(path, asked))
    assert [r for r in there if isinstance(r, Failure) and r.code == "decoder_crashed"] == []
