"""Run every benchmark and print its table."""

from __future__ import annotations

import shutil
import sys

from . import extraction, latency


def main() -> int:
    if shutil.which("ffmpeg") is None:
        print("The peer is missing: install ffmpeg (Debian: apt-get install ffmpeg).")
        return 1
    extraction.run()
    latency.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
