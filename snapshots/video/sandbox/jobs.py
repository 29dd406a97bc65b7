"""The jobs of a sandbox child: a message in, results out."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from typing import TypeAlias

from ..covers.candidates import best_moment
from ..covers.suggestions import suggest
from ..demux.source import open_source
from ..extract import extract
from ..image_upload import sanitise
from ..info import FrameIndex
from ..probe import probe, survey
from ..timepoints import TimePoint
from ..types import Picture, PointKey, Request
from .protocol import (
    ExtractJob,
    Job,
    ProbeJob,
    ProbeResult,
    Result,
    SanitiseJob,
    Suggestions,
    SuggestJob,
)

Work: TypeAlias = Generator[Result, None, int | None]  # returns the number of frames decoded


def work(job: Job) -> Work:
    """Do the job, yielding its results. Raises `VideoError` for a file that cannot be used."""
    match job:
        case ExtractJob():
            return _extract(job)
        case ProbeJob():
            return _probe(job)
        case SuggestJob():
            return _suggest(job)
        case SanitiseJob():
            return _sanitise(job)
        case _:
            raise TypeError("an unknown job")


def _extract(job: ExtractJob) -> Work:
    index = FrameIndex.from_bytes(job.index) if job.index else None
    return (yield from extract(job.path, job.requests, info=job.info, index=index))


def _probe(job: ProbeJob) -> Work:
    """The metadata first; then a cover, which may fail without failing the job."""
    found = probe(job.path)
    yield ProbeResult(found.info, found.index.to_bytes())
    if job.cover is None:
        return None
    with open_source(job.path) as source:
        moment = best_moment(source, found.info)
    if moment is None:
        return None
    request = Request(PointKey(0, 0), _at_whole_ms(moment), job.cover)
    for result in extract(job.path, [request], info=found.info, index=found.index):
        if isinstance(result, Picture):
            yield result
    return None


def _at_whole_ms(moment: Fraction) -> TimePoint:
    """A time point in whole milliseconds at which the frame of `moment` is on screen."""
    ms = -(-moment.numerator * 1000 // moment.denominator)
    return TimePoint(f"{ms // 1000}.{ms % 1000:03d}s", "seconds", Fraction(ms, 1000))


def _suggest(job: SuggestJob) -> Work:
    with open_source(job.path) as source:
        info = job.info or survey(source)
        yield Suggestions(tuple(suggest(source, info, count=job.count)))
    return None


def _sanitise(job: SanitiseJob) -> Work:
    yield sanitise(job.path)
    return None
