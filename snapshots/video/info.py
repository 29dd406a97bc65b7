"""Values that describe a video. No code here reads a file."""

from __future__ import annotations

import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import accumulate, chain
from operator import sub
from typing import Any

from ..messages import Message


@dataclass(frozen=True, slots=True)
class Color:
    """Colour tags as stored, `None` where the file says nothing. Names are FFmpeg's."""

    matrix: str | None
    range: str | None
    primaries: str | None
    transfer: str | None


@dataclass(frozen=True, slots=True)
class Crop:
    """Pixels that the container cuts off each side of the stored picture."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the shown frames lie, in ticks of `time_base`, as the container counts them.

    `start_pts` is the first frame shown, `last_pts` the last one the data holds,
    `data_end_pts` the end of that frame's display time, and `end_pts` the end the container
    promises: later than `data_end_pts` only when the file was cut short.
    """

    time_base: Fraction
    start_pts: int
    last_pts: int
    data_end_pts: int
    end_pts: int

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame shown to the promised end of the last one."""
        return (self.end_pts - self.start_pts) * self.time_base

    @property
    def last_frame_duration(self) -> Fraction:
        """Seconds that the last frame of the data stays on screen."""
        return (self.data_end_pts - self.last_pts) * self.time_base


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A track of sound as its header says: Hz, and bits per second, 0 where untold."""

    codec: str
    sampling_rate: int
    bitrate: int


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What `probe` found. Sizes are (width, height) as displayed, unless named otherwise.

    `rotation` is clockwise degrees (0, 90, 180, 270) applied after `mirrored`, a flip left to
    right of the stored picture. `sar` is the stored picture's sample aspect ratio.
    `bitrate` is bits per second of the whole file, 0 where it cannot be told.
    """

    container: str
    codec: str
    width: int
    height: int
    stored_width: int
    stored_height: int
    rotation: int
    mirrored: bool
    sar: Fraction
    fps: Fraction
    bitrate: int
    pixel_format: str
    color: Color
    has_audio: bool
    has_alpha: bool
    is_vfr: bool
    is_hdr: bool
    is_interlaced: bool
    extent: Extent
    notes: tuple[Message, ...] = ()
    crop: Crop = Crop()
    audio: tuple[AudioTrack, ...] = ()

    @property
    def duration(self) -> Fraction:
        return self.extent.duration

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; `from_json` restores it exactly."""
        data = asdict(self)
        data["sar"] = str(self.sar)
        data["fps"] = str(self.fps)
        data["extent"]["time_base"] = str(self.extent.time_base)
        data["notes"] = [note.to_json() for note in self.notes]
        data["audio"] = list(data["audio"])
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> VideoInfo:
        extent = {**data["extent"], "time_base": Fraction(data["extent"]["time_base"])}
        return cls(
            **{
                **data,
                "sar": Fraction(data["sar"]),
                "fps": Fraction(data["fps"]),
                "color": Color(**data["color"]),
                "extent": Extent(**extent),
                "notes": tuple(map(Message.from_json, data["notes"])),
                "crop": Crop(**data.get("crop", {})),
                "audio": tuple(AudioTrack(**track) for track in data.get("audio", ())),
            }
        )


_HEADER = struct.Struct(">4sqqq")  # magic, time base numerator and denominator, count
_MAGIC = b"MHI1"


class FrameIndex:
    """Every frame shown, in presentation order: its PTS and whether it is a key frame."""

    __slots__ = ("key_frames", "pts", "time_base")

    def __init__(self, time_base: Fraction, pts: Sequence[int], key_frames: Sequence[bool]) -> None:
        if len(pts) != len(key_frames):
            raise ValueError("pts and key_frames must have the same length")
        self.time_base = time_base
        self.pts = array("q", pts)
        self.key_frames = bytes(map(bool, key_frames))

    def __len__(self) -> int:
        return len(self.pts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrameIndex):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def at_or_before(self, pts: int) -> int | None:
        """Number of the last frame with a PTS not above `pts`, `None` before the first."""
        place = bisect_right(self.pts, pts)
        return place - 1 if place else None

    def seconds(self, number: int) -> Fraction:
        """Time of frame `number`, counted from the first frame shown."""
        return (self.pts[number] - self.pts[0]) * self.time_base

    def to_bytes(self) -> bytes:
        """A compact form for storage: PTS as deltas, compressed."""
        deltas = array("q", map(sub, self.pts, chain((0,), self.pts)))
        deltas.byteswap()  # stored big-endian; MediaHub runs on little-endian machines
        head = _HEADER.pack(_MAGIC, *self.time_base.as_integer_ratio(), len(self.pts))
        return head + zlib.compress(deltas.tobytes() + self.key_frames)

    @classmethod
    def from_bytes(cls, data: bytes) -> FrameIndex:
        """What `to_bytes` made: 20 ms for the 432,000 frames of two hours at 60 a second."""
        magic, numerator, denominator, count = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError("not a frame index")
        body = zlib.decompress(memoryview(data)[_HEADER.size :])
        if len(body) != count * 9:
            raise ValueError("not a whole frame index")
        deltas = array("q", body[: count * 8])
        deltas.byteswap()
        index = cls.__new__(cls)  # the values are as `__init__` makes them: no second look at each
        index.time_base = Fraction(numerator, denominator)
        index.pts = array("q", accumulate(deltas))
        index.key_frames = body[count * 8 :]
        return index
