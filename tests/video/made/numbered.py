"""Makes small test videos in which every frame carries its own number as black and white blocks.

The four corners differ (red, green, blue, white), so that a turned or flipped picture shows.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.support.made_once import made_once

from .writing import written

Array = NDArray[np.uint8]

SIZE = (160, 96)
CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}
_BLOCK = 16
_LEFT, _TOP, _COLUMNS, _BITS = 16, 48, 8, 12
_EDGE, _INSIDE = 5, 6  # of a block's 16 pixels: left out, read
_B_FRAME_CODECS = ("libx264", "libx265", "mpeg4", "mpeg2video")


def picture(number: int, size: tuple[int, int] = SIZE) -> Array:
    """Frame `number` as RGB: moving stripes, four corners, and 12 bits with 4 check bits.

    Larger sizes enlarge it by whole numbers and repeat the last column and row.
    """
    image = _small(number)
    if size == SIZE:
        return image
    scale = size[0] // SIZE[0]
    image = image.repeat(scale, 0).repeat(scale, 1)
    more = ((0, size[1] - image.shape[0]), (0, size[0] - image.shape[1]), (0, 0))
    return np.ascontiguousarray(np.pad(image, more, mode="edge"))


@cache  # of this size only: a large video's frames would fill the memory
def _small(number: int) -> Array:
    width, height = SIZE
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = 90 + 60 * np.sin((x + 3 * number) / 9.0)
    image[..., 1] = 110 + 50 * np.sin((y - 2 * number) / 7.0)
    image[..., 2] = 120
    image[:24, :24], image[:24, -24:] = CORNERS["red"], CORNERS["green"]
    image[-14:, :24], image[-14:, -24:] = CORNERS["blue"], CORNERS["white"]
    for place, bit in enumerate(_encode(number)):
        row, column = divmod(place, _COLUMNS)
        top, left = _TOP + row * _BLOCK, _LEFT + column * _BLOCK
        image[top : top + _BLOCK, left : left + _BLOCK] = 235 if bit else 20
    image.flags.writeable = False
    return image


def read_number(image: NDArray[np.generic]) -> int:
    """The number in a picture, (height, width) gray or (height, width, channels) as stored."""
    channels = image[..., None] if image.ndim == 2 else image[..., :3]
    rows = _spots(_TOP, 2, image.shape[0] / SIZE[1])
    columns = _spots(_LEFT, _COLUMNS, image.shape[1] / SIZE[0])
    blocks = channels[np.ix_(rows, columns)].reshape(2, _INSIDE, _COLUMNS, _INSIDE, -1)
    bits = (blocks.mean(axis=(1, 3, 4)) > 128).ravel().tolist()
    number = sum(int(bit) << k for k, bit in enumerate(bits[:_BITS]))
    assert list(_encode(number)) == [int(b) for b in bits], f"no clean number: {bits}"
    return number


@cache
def _spots(first: int, blocks: int, scale: float) -> list[int]:
    """Rows or columns well inside each block of a picture enlarged by `scale`."""
    inside = range(_EDGE, _EDGE + _INSIDE)
    return [
        int((first + block * _BLOCK + spot) * scale) for block in range(blocks) for spot in inside
    ]


def number_of(frame: av.VideoFrame) -> int:
    return read_number(luma(frame))


def luma(frame: av.VideoFrame) -> NDArray[np.generic]:
    """Its brightness, 0–255, (height, width); straight from the plane where there is one."""
    first = frame.format.components[0]
    if not (first.is_luma and frame.format.is_planar):
        return frame.to_ndarray(format="gray")
    kind = np.dtype("<u2") if first.bits > 8 else np.dtype("u1")
    rows = np.frombuffer(frame.planes[0], kind).reshape(frame.height, -1)
    return rows[:, : frame.width] >> (first.bits - 8)


@made_once
def make(
    path: Path,
    *,
    codec: str = "libx264",
    frames: int = 60,
    gop: int = 30,
    rate: Fraction | int = 30,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    start_s: Fraction | float = 0,
    b_frames: int = 2,
    size: tuple[int, int] = SIZE,
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    rotation: int | None = None,
    sar: Fraction | None = None,
    alpha: bool = False,
    tags: dict[str, str] | None = None,
    audio_s: float = 0,
    pictures: Sequence[Array] | None = None,
) -> Path:
    """Write `frames` numbered frames; `pts` in ticks of `time_base`, default one a frame."""
    base = time_base or 1 / Fraction(rate)
    times = list(pts) if pts is not None else list(range(frames))
    with written(path, container) as output:
        stream = output.add_stream(codec, rate=rate, options=_options(codec, gop, options))
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = base
        # Encoders' own threads spin while they wait, and the tests run on every core already.
        stream.codec_context.thread_count = 1
        if codec in _B_FRAME_CODECS:
            stream.codec_context.max_b_frames = b_frames
        if sar:
            stream.codec_context.sample_aspect_ratio = sar
        if rotation is not None:
            stream.set_display_rotation(rotation)
        stream.metadata.update({"alpha_mode": "1"} if alpha else tags or {})
        track = _add_sound(output) if audio_s else None
        for number, time in enumerate(times):
            frame = _frame(pictures[number], pix_fmt) if pictures else _drawn(number, size, pix_fmt)
            frame.pts, frame.time_base = time + round(Fraction(start_s) / base), base
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if track:
            _write_sound(output, track, audio_s)
    return path


@made_once
def make_sound(path: Path, seconds: float = 1) -> Path:
    """An audio file without any picture."""
    with av.open(str(path), "w") as output:
        _write_sound(output, _add_sound(output), seconds)
    return path


@made_once
def make_sound_with_cover(path: Path) -> Path:
    """An audio file whose only picture is its cover art."""
    with av.open(str(path), "w") as output:
        sound = _add_sound(output)
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = *SIZE, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        _write_sound(output, sound, 1)
        frame = _frame(picture(0), "yuvj420p")
        frame.pts = 0
        output.mux(cover.encode(frame))
        output.mux(cover.encode())
    return path


def move_edit(path: Path, media_ticks: int) -> Path:
    """Let the first track's edit list start `media_ticks` later in the media (ISO 14496-12)."""
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 12  # past version, flags and the count of entries
    duration, start = struct.unpack_from(">Ii", data, place)
    struct.pack_into(">Ii", data, place, duration, start + media_ticks)
    path.write_bytes(data)
    return path


def set_matrix(path: Path, matrix: Sequence[int]) -> Path:
    """Write nine 16.16 numbers into the first track's header."""
    data = bytearray(path.read_bytes())
    struct.pack_into(">9i", data, data.index(b"tkhd") + 44, *matrix)
    path.write_bytes(data)
    return path


def strip_times(path: Path) -> Path:
    """Take every PTS and DTS out of a program stream (ISO/IEC 13818-1, 2.4.3.6)."""
    data = bytearray(path.read_bytes())
    place = data.find(b"\0\0\1\xe0")
    while place >= 0:
        data[place + 7] &= 0x3F  # PTS_DTS_flags
        header = data[place + 8]
        data[place + 9 : place + 9 + header] = b"\xff" * header  # stuffing
        place = data.find(b"\0\0\1\xe0", place + 9)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep the first `share` of the bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def cut_head(path: Path, share: float) -> Path:
    """Drop the first `share` of a transport stream, in whole packets."""
    data = path.read_bytes()
    path.write_bytes(data[int(len(data) * share) // 188 * 188 :])
    return path


def cut_out(path: Path, start: float, end: float) -> Path:
    """Drop what lies between two shares of a transport stream, in whole packets."""
    data = path.read_bytes()
    first, after = (int(len(data) * share) // 188 * 188 for share in (start, end))
    path.write_bytes(data[:first] + data[after:])
    return path


def lose(path: Path, numbers: Collection[int]) -> Path:
    """Write the video anew without the packets of these numbers, in decoding order."""
    whole = path.rename(path.with_stem(path.stem + "-whole"))
    with av.open(str(whole)) as source, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(source.streams.video[0])):
            if packet.size and number not in numbers:
                packet.stream = stream
                output.mux(packet)
    return path


def lose_first_run(path: Path) -> Path:
    """Lose what comes before the second key frame: its leading pictures lack what they refer to."""
    with av.open(str(path)) as source:
        packets = enumerate(source.demux(video=0))
        keys = [number for number, packet in packets if packet.is_keyframe]
    return lose(path, range(keys[1]))


def append(path: Path, *others: Path) -> Path:
    """Put the bytes of other files behind those of the first, as `cat` does."""
    path.write_bytes(b"".join(file.read_bytes() for file in (path, *others)))
    return path


def _encode(number: int) -> list[int]:
    check = sum(number >> shift & 15 for shift in (0, 4, 8)) + 5 & 15
    return [(number | check << _BITS) >> k & 1 for k in range(_BITS + 4)]


def _options(codec: str, gop: int, options: dict[str, str] | None) -> dict[str, str]:
    known = {
        "libx264": {"preset": "veryfast", "sc_threshold": "0"},
        "libx265": {
            "preset": "ultrafast",
            "x265-params": "log-level=none:pools=none:bframes=3:b-adapt=0:"
            f"keyint={gop}:min-keyint={gop}",
        },
        "libvpx": {"deadline": "realtime", "cpu-used": "4", "b": "600k"},
        "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "b": "600k"},
        "libsvtav1": {"preset": "6", "crf": "20", "svtav1-params": "lp=1:enable-tf=0"},
        "mpeg4": {"b": "1M"},
        "mpeg2video": {"b": "2M"},
        "wmv2": {"b": "1M"},
        "flv": {"b": "1M"},
    }
    return {"g": str(gop), **known.get(codec, {}), **(options or {})}


@lru_cache(1000)
def _drawn(number: int, size: tuple[int, int], pix_fmt: str) -> av.VideoFrame:
    return _frame(picture(number, size), pix_fmt)


def _frame(image: Array, pix_fmt: str) -> av.VideoFrame:
    if pix_fmt.startswith(("yuva", "rgba", "argb")):
        opaque = np.full((*image.shape[:2], 1), 255, np.uint8)
        opaque[:24, :24] = 0
        return av.VideoFrame.from_ndarray(np.dstack([image, opaque]), "rgba").reformat(
            format=pix_fmt
        )
    return av.VideoFrame.from_ndarray(image, "rgb24").reformat(format=pix_fmt)


def _add_sound(output: av.container.OutputContainer) -> av.AudioStream:
    return output.add_stream("aac", rate=44100, layout="mono")


def _write_sound(
    output: av.container.OutputContainer, stream: av.AudioStream, seconds: float
) -> None:
    wave = np.sin(np.arange(int(44100 * seconds)) / 16).astype(np.float32)[None, :] / 4
    for start in range(0, wave.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(wave[:, start : start + 1024]), "fltp", "mono"
        )
        frame.sample_rate, frame.pts = 44100, start
        output.mux(stream.encode(frame))
    output.mux(stream.encode())
