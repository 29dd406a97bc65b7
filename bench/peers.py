"""Everybody who is measured, by name: each takes a job and says what it took."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from . import product
from .measure import Job, Taken, run_commands, run_worker

Peer = Callable[[Job], Taken]

SMALL = (320, 180)
_FFMPEG = ("ffmpeg", "-nostdin", "-loglevel", "error", "-y")


def _ffmpeg(job: Job, at_once: int = 1) -> Taken:
    scale = ("-vf", f"scale={job.width}:{job.height}") if job.width else ()
    look = ("-frames:v", "1", *scale, "-q:v", "2")
    return run_commands(
        [
            (*_FFMPEG, "-ss", f"{moment:.3f}", "-i", job.path, *look, job.picture(number))
            for number, moment in enumerate(job.moments)
        ],
        at_once,
    )


def _thumbnailer(job: Job) -> Taken:
    words = ("ffmpegthumbnailer", "-i", job.path, "-s", str(job.width), "-q", "9")
    return run_commands(
        [
            (*words, "-t", _clock(moment), "-o", job.picture(number))
            for number, moment in enumerate(job.moments)
        ]
    )


def _clock(moment: float) -> str:
    seconds = int(moment)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _limit(job: Job) -> Taken:
    """For one point the faster of the two: one decoder thread, or the codec's own two."""
    if len(job.moments) > 1:
        return run_worker("limit", job)
    ways = (run_worker("limit", job), run_worker("limit, frame threads", job))
    return min(ways, key=lambda taken: taken.wall_s)


def _moviepy(name: str) -> Peer:
    """On the same ffmpeg as the other peers, not on the older one that it brings along."""

    def run(job: Job) -> Taken:
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


def run(name: str, job: Job, *, every: int = 1, alone: bool = False) -> Taken:
    """What that peer takes for a job.

    `every` > 1 asks for every so-manieth point only and scales up, for peers that know nothing
    of points near each other. `alone` asks for each point in a call of its own and gives the
    mean of a call.
    """
    moments = job.moments[every // 2 :: every]
    if not alone:
        return _scaled(
            [PEERS[name](replace(job, moments=moments))], len(job.moments) / len(moments)
        )
    calls = [PEERS[name](replace(job, moments=(moment,))) for moment in moments]
    return _scaled(calls, 1 / len(calls))


def _scaled(calls: Sequence[Taken], factor: float) -> Taken:
    return Taken(
        sum(taken.wall_s for taken in calls) * factor,
        sum(taken.cpu_s for taken in calls) * factor,
        max(taken.peak_mb for taken in calls),
    )
