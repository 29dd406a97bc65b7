"""`manage.py cluster`: the queue's processes, without a supervisor."""

from __future__ import annotations

import sys
from typing import Any

from django.db import connections

from snapshots.management.command import PlainCommand, require_current_schema
from snapshots.queue.cluster import run_cluster


class Command(PlainCommand):
    help = "What `worker` starts and looks after. Start `worker` instead."

    def handle(self, *_: Any, **__: Any) -> None:
        require_current_schema()
        connections.close_all()  # the cluster forks, and a connection must not be shared
        sys.exit(run_cluster())
