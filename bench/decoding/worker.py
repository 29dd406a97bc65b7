"""A fresh process for one Python peer: a job on stdin, its cost on stdout.

Imports, and preparation that a peer may do in advance, happen before the clock starts.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from ..measure import CostMeter, PictureJob


def main(name: str) -> None:
    values: dict[str, Any] = json.load(sys.stdin)
    job = PictureJob(**{**values, "moments": tuple(values["moments"])})
    if name.startswith("limit"):
        from . import limit

        run = limit.prepared(job, threads=2 if name == "limit, frame threads" else 1)
    else:
        from . import readers

        run = readers.prepared(name, job)
    meter = CostMeter()
    run()
    print(json.dumps(asdict(meter.cost())))


if __name__ == "__main__":
    main(sys.argv[1])
