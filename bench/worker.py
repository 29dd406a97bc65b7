"""A fresh process for one peer that is written in Python: a job on stdin, what it took on stdout.

Its imports, and what a peer may know beforehand, are made before the clock starts.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from .measure import Job, Watch


def main(name: str) -> None:
    values: dict[str, Any] = json.load(sys.stdin)
    job = Job(**{**values, "moments": tuple(values["moments"])})
    if name.startswith("limit"):
        from . import limit

        run = limit.prepared(job, threads=2 if name == "limit, frame threads" else 1)
    else:
        from . import readers

        run = readers.prepared(name, job)
    watch = Watch()
    run()
    print(json.dumps(asdict(watch.taken())))


if __name__ == "__main__":
    main(sys.argv[1])
