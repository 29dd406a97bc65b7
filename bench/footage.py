"""The videos measured on: made once by ffmpeg, kept in bench/cache (not in git)."""

from __future__ import annotations

import subprocess
from pathlib import Path

CACHE = Path(__file__).parent / "cache"


def make(name: str, *, size: str, seconds: int, rate: int, gop: int) -> Path:
    """An H.264 MP4 with a moving pattern, some noise, B-frames and key frames `gop` apart."""
    path = CACHE / name
    if path.exists():
        return path
    CACHE.mkdir(exist_ok=True)
    print(f"making {name} …", flush=True)
    part = path.with_suffix(".part.mp4")
    pattern = f"testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls=6:allf=t"
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "3"]
    keys = ["-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0"]
    quiet = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]
    source = ["-f", "lavfi", "-i", pattern, "-pix_fmt", "yuv420p"]
    subprocess.run([*quiet, *source, *encoder, *keys, str(part)], check=True)
    part.rename(path)
    return path


def five_minutes_1080p() -> Path:
    """5 minutes of 1080p at 25 frames a second, a key frame every 250 frames."""
    return make("1080p-gop250.mp4", size="1920x1080", seconds=300, rate=25, gop=250)


def short_720p() -> Path:
    """20 seconds of 720p, for what a task costs beside its decoding."""
    return make("720p-gop50.mp4", size="1280x720", seconds=20, rate=25, gop=50)
