"""`make bench ARGS="[VIDEO …] [--points 10] [--rounds 5] [--quick] [--write]"`: all, or a part."""

from __future__ import annotations

import argparse
import shutil
import sys

from snapshots.video.sandbox import parent as sandbox

from . import cells, footage, grow, interfaces, latency, lists, report, startup, throughput
from .cells import Cell


def main() -> int:
    words = _words()
    if words.grow:
        grow.run()
        return 0
    if words.lists:
        lists.run()
        return 0
    if words.interfaces:
        latency.run()
        interfaces.run()
        throughput.run()
        return 0
    missing = [name for name in ("ffmpeg", "ffmpegthumbnailer") if shutil.which(name) is None]
    if missing:
        print(f"Peers are missing: apt-get install {' '.join(missing)}")
        return 1
    for video in words.videos or footage.FILES:
        footage.made(video)
    sandbox.warm_up()
    starts = startup.measure()
    found = _measured(words)
    print(report.summary_text(found, starts))
    if words.write:
        report.write(found, starts)
    if not (words.videos or words.points or words.quick):
        latency.run()
        lists.run()
        interfaces.run()
        throughput.run()
    return 0


def _measured(words: argparse.Namespace) -> list[Cell]:
    found = []
    only = cells.QUICK if words.quick else None
    for video in words.videos or footage.FILES:
        for kind in words.points or cells.kinds(video, quick=words.quick):
            found.append(cells.measure(video, kind, rounds=words.rounds, only=only))
            print(report.cell_text(found[-1]), flush=True)
    return found


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Speed compared with the peers.")
    parser.add_argument("videos", nargs="*", metavar="VIDEO", help=", ".join(footage.FILES))
    parser.add_argument("--points", action="append", choices=cells.POINTS, help="several times")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="only the peers that have a target")
    parser.add_argument(
        "--interfaces", action="store_true", help="only the overhead of tasks and API calls"
    )
    parser.add_argument("--lists", action="store_true", help="only the console's long lists")
    parser.add_argument("--grow", action="store_true", help="only a million media on PostgreSQL")
    parser.add_argument("--write", action="store_true", help="update the tables in bench/README.md")
    words = parser.parse_args()
    if unknown := set(words.videos) - footage.FILES.keys():
        parser.error(f"no such video: {', '.join(sorted(unknown))}")
    return words


if __name__ == "__main__":
    sys.exit(main())
