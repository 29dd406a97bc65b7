"""`make bench ARGS="[VIDEO …] [--points 10] [--rounds 5] [--quick] [--write] [--json FILE]"`."""

from __future__ import annotations

import argparse
import shutil
import sys

from snapshots.video import sandbox

from . import cells, footage, report


def main() -> int:
    words = _words()
    missing = [name for name in ("ffmpeg", "ffmpegthumbnailer") if shutil.which(name) is None]
    if missing:
        print(f"Peers are missing: apt-get install {' '.join(missing)}")
        return 1
    for video in words.videos:
        footage.made(video)
    sandbox.warm_up()
    only = cells.QUICK if words.quick else None
    for video in words.videos:
        for kind in words.points or cells.kinds(video):
            cell = cells.measure(video, kind, rounds=words.rounds, only=only)
            print(report.cell_text(cell), flush=True)
    return 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("videos", nargs="*", metavar="VIDEO", choices=[[], *footage.FILES])
    parser.add_argument("--points", action="append", choices=cells.POINTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="the peers of the targets alone")
    parser.add_argument("--write", action="store_true", help="into bench/README.md")
    words = parser.parse_args()
    words.videos = words.videos or list(footage.FILES)
    return words


if __name__ == "__main__":
    sys.exit(main())
