"""MediaHub as its workers call it: a child of a warm fork server, with stored metadata."""

from __future__ import annotations

import logging
import time
from functools import cache
from pathlib import Path

from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox import parent as sandbox
from snapshots.video.sandbox.parent import Probed
from snapshots.video.timepoints import TimePoint, parse
from snapshots.video.types import Picture, PointKey, Request

from ..measure import Cost, PictureJob

_LIMITS = sandbox.ChildLimits(wall_s=600.0)


class _CostHandler(logging.Handler):
    """Records the cost that the last child reported."""

    cpu_s = 0.0
    peak_mb = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        self.cpu_s, self.peak_mb = record.__dict__["cpu_s"], record.__dict__["peak_mb"]


_cost_handler = _CostHandler()
_log = logging.getLogger(sandbox.__name__)
_log.addHandler(_cost_handler)
_log.setLevel(logging.DEBUG)
_log.propagate = False


def run(job: PictureJob) -> Cost:
    """Write the pictures of the job; CPU is the child's and that of this process meanwhile."""
    known = _probed(job.path)
    spec = RenderSpec(width=job.width, height=job.height, quality=90)
    requests = [
        Request(PointKey(0, number), _point(moment), spec, mode=job.mode)
        for number, moment in enumerate(job.moments)
    ]
    index = (
        _stored_index(job.path) if len(requests) > 1 else b""
    )  # as in services/frames/decoding.py
    start, own = time.perf_counter(), time.process_time()
    done = 0
    results = sandbox.extract(job.path, requests, info=known.info, index=index, limits=_LIMITS)
    for result in results:
        if isinstance(result, Picture):
            Path(job.picture(result.key.point)).write_bytes(result.data)
            done += 1
    wall_s, own = time.perf_counter() - start, time.process_time() - own
    if done != len(job.moments):
        raise RuntimeError(f"{done} of {len(job.moments)} pictures")
    return Cost(wall_s, own + _cost_handler.cpu_s, _cost_handler.peak_mb)


def _point(moment: float) -> TimePoint:
    return parse(f"{moment:.3f}s")


@cache
def _stored_index(path: str) -> bytes:
    """The frame index as it is stored with a video."""
    return _probed(path).index.to_bytes()


@cache
def _probed(path: str) -> Probed:
    """Probed once, as a worker does when a video arrives."""
    (probed,) = (result for result in sandbox.probe(path) if isinstance(result, Probed))
    return probed
