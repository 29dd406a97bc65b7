"""The benchmark's command line: `make bench ARGS="[VIDEO …] [--points 10] [--quick] [--write]"`."""

from __future__ import annotations

import argparse
import shutil
import sys

from snapshots.video.sandbox import parent as sandbox

from . import footage
from .decoding import cells, report, startup
from .decoding.cells import Cell
from .site import grow, interfaces, latency, lists, throughput


def main() -> int:
    arguments = _arguments()
    if arguments.grow:
        grow.run()
        return 0
    if arguments.lists:
        lists.run()
        return 0
    if arguments.interfaces:
        latency.run()
        interfaces.run()
        throughput.run()
        return 0
    missing = [name for name in ("ffmpeg", "ffmpegthumbnailer") if shutil.which(name) is None]
    if missing:
        print(f"Peers are missing: apt-get install {' '.join(missing)}")
        return 1
    for video in arguments.videos or footage.FILES:
        footage.made(video)
    sandbox.warm_up()
    starts = startup.measure()
    measured = _measured(arguments)
    print(report.summary_text(measured, starts))
    if arguments.write:
        report.write(measured, starts)
    if not (arguments.videos or arguments.points or arguments.quick):
        latency.run()
        lists.run()
        interfaces.run()
        throughput.run()
    return 0


def _measured(arguments: argparse.Namespace) -> list[Cell]:
    measured = []
    only = cells.QUICK if arguments.quick else None
    for video in arguments.videos or footage.FILES:
        for points in arguments.points or cells.points_for(video, quick=arguments.quick):
            measured.append(cells.measure(video, points, rounds=arguments.rounds, only=only))
            print(report.cell_text(measured[-1]), flush=True)
    return measured


def _arguments() -> argparse.Namespace:
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
    arguments = parser.parse_args()
    if unknown := set(arguments.videos) - footage.FILES.keys():
        parser.error(f"no such video: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
