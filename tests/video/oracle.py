"""What is true of a file: everything decoded in order, without seeking, without product code."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import dropwhile
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType

from tests.support.made_once import computed_once

from .made.looks import Look
from .made.numbered import luma

_PLAIN = Look()
# Behind such a picture nothing is shown that comes before it in the file: its place is its rank
_IDR = re.compile(rb"\x00\x00\x01[\x25\x45\x65]")


@dataclass(frozen=True)
class Shown:
    """One frame as it came out; `planes` tells its picture in its own pixel format.

    Not whole: the file ends in the middle of it.
    """

    pts: int
    number: int
    planes: bytes
    is_key: bool
    is_whole: bool = True


@dataclass(frozen=True)
class Truth:
    """All frames of a file in the order shown; the last is shown for `last_ticks`."""

    time_base: Fraction
    frames: list[Shown]
    last_ticks: int

    def time(self, place: int) -> Fraction:
        """Seconds from the first frame."""
        return (self.frames[place].pts - self.frames[0].pts) * self.time_base

    @property
    def last_frame_s(self) -> Fraction:
        return self.last_ticks * self.time_base

    @property
    def duration(self) -> Fraction:
        return self.time(len(self.frames) - 1) + self.last_frame_s

    def on_screen(self, moment: Fraction) -> int:
        """The place of the frame with the greatest time at or before `moment`."""
        return bisect_right(range(len(self.frames)), moment, key=self.time) - 1

    def key_frame(self, moment: Fraction) -> int:
        """The last key frame shown at or before `moment`; before the first, what is on screen."""
        place = self.on_screen(moment)
        keys = (number for number in range(place, -1, -1) if self.frames[number].is_key)
        return next(keys, place)


@computed_once
def decode_all(
    path: Path,
    look: Look = _PLAIN,
    *,
    track: int = 0,
    decoder: str | None = None,
    is_counted: bool = False,
    starts_at_key: bool = False,
) -> Truth:
    """Decode the video track with that number, by the decoder of that name if its own will not do.

    `is_counted`: the container stores no times at which frames are shown, only their number.
    `starts_at_key`: what comes before the first key frame decodes to something never encoded.
    """
    with av.open(str(path)) as container:
        stream = container.streams.video[track]
        context = stream.codec_context
        if decoder:
            context = av.CodecContext.create(decoder, "r")
            context.extradata = stream.codec_context.extradata
        packets = list(container.demux(stream))
        if starts_at_key:
            packets = list(dropwhile(lambda packet: not packet.is_keyframe, packets))
        frames = [frame for packet in packets for frame in _decode(context, packet)]
        held = [packet for packet in packets if packet.size]
        times = sorted(packet.dts for packet in held) if is_counted else [f.pts for f in frames]
        codec = stream.codec_context.codec.canonical_name
        if is_counted:
            keys = {pts for frame, pts in zip(frames, times, strict=False) if frame.key_frame}
            if codec == "h264":
                keys = {packet.dts for packet in held if _IDR.search(bytes(packet))}
        else:
            keys = _key_times(held, frames, codec)
        cut = {frame.pts for frame in frames if frame.is_corrupt and frame.pts == held[-1].pts}
        shown = [
            Shown(pts, number, planes_of(frame), pts in keys, frame.pts not in cut)
            for frame, pts in zip(frames, times, strict=False)
            for number in [look.stored_number(luma(frame))]
        ]
        untold = is_counted or container.format.name == "flv"
        return Truth(stream.time_base, shown, _last_ticks(held, frames, times, untold))


def planes_of(frame: av.VideoFrame) -> bytes:
    """A digest of the visible part of all planes, and of the picture's form."""
    digest = hashlib.blake2b(f"{frame.format.name} {frame.width} {frame.height}".encode())
    for number, plane in enumerate(frame.planes):
        parts = [part for part in frame.format.components if part.plane == number]
        row = plane.width * sum(-(-part.bits // 8) for part in parts)
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        digest.update(np.ascontiguousarray(rows[:, :row]))
    return digest.digest()


def _decode(context: av.VideoCodecContext, packet: av.Packet) -> Iterator[av.VideoFrame]:
    if packet.is_corrupt:  # cut in the middle: what comes out is only partly a picture
        return
    try:
        yield from context.decode(packet if packet.size else None)
    except av.error.FFmpegError:
        return


def _key_times(
    packets: Sequence[av.Packet], frames: Sequence[av.VideoFrame], codec: str
) -> set[int | None]:
    """The flags of packets tell; but FFmpeg flags some P pictures of program streams too."""
    flagged = {packet.pts for packet in packets if packet.is_keyframe}
    if codec in ("mpeg1video", "mpeg2video"):
        flagged &= {frame.pts for frame in frames if frame.pict_type == PictureType.I}
    return flagged


def _last_ticks(
    packets: Sequence[av.Packet],
    frames: Sequence[av.VideoFrame],
    times: Sequence[int],
    untold: bool,
) -> int:
    """As long as its packet says, else as long as the frame before."""
    told = next((p.duration for p in packets if p.pts == frames[-1].pts), 0)
    if told and not untold:
        return told
    return times[-1] - times[-2]
