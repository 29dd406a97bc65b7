"""Writing videos with the libraries that the tests have at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet


@contextmanager
def written(path: Path, options: dict[str, str] | None = None) -> Iterator[OutputContainer]:
    """A new video file; afterwards this process is scheduled as it was before.

    SVT-AV1 makes the whole process of a superuser a real-time one. Every server, worker and
    browser that a test starts later would inherit that, and two of them that are busy at once
    leave nobody else a moment on two cores.
    """
    policy, share = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        with av.open(str(path), "w", options=options or {}) as output:
            yield output
    finally:
        os.sched_setscheduler(0, policy, share)


def remuxed(source: Path, target: Path, change: Callable[[Packet], None] | None = None) -> Path:
    """The video of `source` in another file, each packet as it is or as `change` leaves it."""
    with av.open(str(source)) as opened, av.open(str(target), "w") as output:
        stream = output.add_stream_from_template(opened.streams.video[0])
        for packet in opened.demux(video=0):
            if packet.size:
                packet.stream = stream
                if change:
                    change(packet)
                output.mux(packet)
    return target
