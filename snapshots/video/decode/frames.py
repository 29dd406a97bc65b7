"""Decoded frames with their receipts: what the decoder finds and what the reader returns."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from av.video.frame import VideoFrame

from ..errors import VideoError

Mode = Literal["exact", "keyframe"]


@dataclass(frozen=True, slots=True)
class FrameReceipt:
    """Identifies a decoded frame: `pts` in ticks of `time_base`, on the container's clock.

    `frame_time` is in seconds from the first frame shown.
    """

    pts: int
    time_base: Fraction
    frame_time: Fraction
    key_frame: bool


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """The frame that answers one cut-off PTS.

    `before` and `after` are its neighbours in display order, if requested and known.
    """

    cutoff_pts: int
    frame: VideoFrame
    receipt: FrameReceipt
    before: VideoFrame | None = None
    after: VideoFrame | None = None


@dataclass(frozen=True, slots=True)
class FrameResult:
    """The result for the moment at `index` of the request: a frame and its receipt, or an error.

    For interlaced pictures `before` and `after` are its neighbours in display order, if known.
    """

    index: int
    frame: VideoFrame | None
    receipt: FrameReceipt | None
    error: VideoError | None
    before: VideoFrame | None = None
    after: VideoFrame | None = None
