"""The programs measured, by name: each runs a job and returns its cost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..measure import Cost, PictureJob, run_commands, run_worker
from . import product

Peer = Callable[[PictureJob], Cost]

SMALL = (320, 180)
_FFMPEG = ("ffmpeg", "-nostdin", "-loglevel", "error", "-y")


def _ffmpeg(job: PictureJob, at_once: int = 1) -> Cost:
    scale = ("-vf", f"scale={job.width}:{job.height}") if job.width else ()
    output = ("-frames:v", "1", *scale, "-q:v", "2")
    return run_commands(
        [
            (*_FFMPEG, "-ss", f"{moment:.3f}", "-i", job.path, *output, job.picture(number))
            for number, moment in enumerate(job.moments)
        ],
        at_once,
    )


def _thumbnailer(job: PictureJob) -> Cost:
    command = ("ffmpegthumbnailer", "-i", job.path, "-s", str(job.width), "-q", "9")
    return run_commands(
        [
            (*command, "-t", _clock(moment), "-o", job.picture(number))
            for number, moment in enumerate(job.moments)
        ]
    )


def _clock(moment: float) -> str:
    seconds = int(moment)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _limit(job: PictureJob) -> Cost:
    """For one point the faster of one decoder thread and two."""
    if len(job.moments) > 1:
        return run_worker("limit", job)
    ways = (run_worker("limit", job), run_worker("limit, frame threads", job))
    return min(ways, key=lambda cost: cost.wall_s)


def _moviepy(name: str) -> Peer:
    """MoviePy with the ffmpeg of the other peers, not the older one that it ships."""

    def run(job: PictureJob) -> Cost:
        binary = shutil.which("ffmpeg") or "ffmpeg"
        return run_worker(name, job, {"IMAGEIO_FFMPEG_EXE": binary, "FFMPEG_BINARY": binary})

    return run


def _small(peer: Peer) -> Peer:
    return lambda job: peer(replace(job, width=SMALL[0], height=SMALL[1]))


PEERS: dict[str, Peer] = {
    "mediahub": product.run,
    "mediahub small": _small(product.run),
    "ffmpeg": _ffmpeg,
    "ffmpeg small": _small(_ffmpeg),
    "ffmpeg 2x": lambda job: _ffmpeg(job, at_once=2),
    "moviepy": _moviepy("moviepy"),
    "moviepy each": _moviepy("moviepy, a clip a point"),
    "pyav": lambda job: run_worker("pyav", job),
    "limit": _limit,
    "thumbnailer": _thumbnailer,
    "thumbnailer small": _small(_thumbnailer),
}


def run(name: str, job: PictureJob, *, every: int = 1, alone: bool = False) -> Cost:
    """The cost of a job for that peer.

    `every` > 1 runs only every n-th point and scales up, for peers that handle each point
    separately. `alone` runs each point in a call of its own and returns the mean of a call.
    """
    moments = job.moments[every // 2 :: every]
    if not alone:
        return _scaled(
            [PEERS[name](replace(job, moments=moments))], len(job.moments) / len(moments)
        )
    calls = [PEERS[name](replace(job, moments=(moment,))) for moment in moments]
    return _scaled(calls, 1 / len(calls))


def _scaled(calls: Sequence[Cost], factor: float) -> Cost:
    return Cost(
        sum(cost.wall_s for cost in calls) * factor,
        sum(cost.cpu_s for cost in calls) * factor,
        max(cost.peak_mb for cost in calls),
    )
