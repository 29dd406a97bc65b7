"""The product's results for a real video, in a form that can be compared and pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux.source import open_source
from snapshots.video.extract import Picture, extract
from snapshots.video.probe import survey
from snapshots.video.render.spec import RenderSpec

from ..requests import request
from .truth import fingerprint

SMALL = RenderSpec(format="png", width=160)
WHOLE = RenderSpec(format="png")
_CELLS = 4  # a side


@dataclass(frozen=True)
class FrameFingerprint:
    """A frame as the reader returned it."""

    pts: int
    time_base: Fraction
    planes: str


def frames(path: Path, moments: Sequence[Fraction]) -> dict[int, FrameFingerprint]:
    """By index in `moments`, all read in one pass. Raises a moment's error."""
    with open_source(path) as source:
        fingerprints = {}
        for result in FrameReader(source, survey(source)).read(moments):
            if result.frame is None or result.receipt is None:
                raise result.error or AssertionError("neither a frame nor an error")
            receipt = result.receipt
            planes = fingerprint(result.frame)
            fingerprints[result.index] = FrameFingerprint(receipt.pts, receipt.time_base, planes)
        return fingerprints


def pictures(path: Path, points: Sequence[str], spec: RenderSpec) -> dict[int, Picture]:
    """By index in `points`, as pictures in full colour. Raises AssertionError for a failure."""
    requests = [request(text, spec, point=number) for number, text in enumerate(points)]
    found = {}
    for result in extract(path, requests):
        assert isinstance(result, Picture), result
        found[result.key.point] = result
    return found


def colours(picture: Picture) -> NDArray[np.int_]:
    """The mean of each of 4 × 4 equal parts of the picture, as whole levels of R, G, B (and A)."""
    with Image.open(BytesIO(picture.data)) as image:
        pixels = np.asarray(image, np.float64)
    rows = np.array_split(pixels, _CELLS, axis=0)
    cells = [cell for row in rows for cell in np.array_split(row, _CELLS, axis=1)]
    return np.rint([cell.mean(axis=(0, 1)) for cell in cells]).astype(np.int_)


def point(moment: Fraction) -> str:
    """As a person would write it down: in seconds, to the microsecond."""
    return f"{float(round(moment, 6)):.6f}s"


def as_text(levels: NDArray[np.int_]) -> str:
    return levels.astype(np.uint8).tobytes().hex()


def from_text(text: str) -> NDArray[np.int_]:
    """What `as_text` was given."""
    return np.frombuffer(bytes.fromhex(text), np.uint8).reshape(_CELLS**2, -1).astype(np.int_)
