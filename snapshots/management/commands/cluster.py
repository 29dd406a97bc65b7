"""`manage.py cluster`: the queue's processes without anybody who looks after them."""

from __future__ import annotations

import sys
from typing import Any

from snapshots.management.command import PlainCommand
from snapshots.queue.cluster import run_cluster


class Command(PlainCommand):
    help = "What `worker` starts and looks after. Start `worker` instead."

    def handle(self, *_: Any, **__: Any) -> None:
        sys.exit(run_cluster())
