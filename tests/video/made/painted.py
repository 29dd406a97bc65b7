"""Pictures with known pixels, and small files made of them with PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from snapshots.video.info import Color, Extent, VideoInfo

Pixels = NDArray[np.uint8]
RED, GREEN, BLUE, WHITE, BLACK = (
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0),
)  # fmt: skip
CORNERS = {"top left": RED, "top right": GREEN, "bottom left": BLUE, "bottom right": WHITE}

# Kr, Kb of ITU-R BT.709 and BT.601, and the numbers FFmpeg (H.273) gives the two.
_WEIGHTS = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114)}
NUMBERS = {"bt709": 1, "smpte170m": 6, None: 2}
RANGES = {False: 1, True: 2, None: 0}


def facts(width: int, height: int, **changes: Any) -> VideoInfo:
    """A VideoInfo of plain footage of that displayed size, ten frames at 30 a second."""
    plain: dict[str, Any] = {
        "container": "matroska",
        "codec": "ffv1",
        "width": width,
        "height": height,
        "stored_width": width,
        "stored_height": height,
        "rotation": 0,
        "mirrored": False,
        "sar": Fraction(1),
        "fps": Fraction(30),
        "bitrate": 0,
        "pixel_format": "yuv420p",
        "color": Color(None, None, None, None),
        "has_audio": False,
        "has_alpha": False,
        "is_vfr": False,
        "is_hdr": False,
        "is_interlaced": False,
        "extent": Extent(Fraction(1, 30), 0, 9, 10, 10),
    }
    return VideoInfo(**(plain | changes))


def flat(width: int, height: int, colour: Sequence[int]) -> Pixels:
    return np.full((height, width, len(colour)), colour, np.uint8)


def corners(width: int, height: int) -> Pixels:
    """Four quarters: red, green above blue, white."""
    picture = flat(width, height, WHITE)
    picture[: height // 2, : width // 2] = RED
    picture[: height // 2, width // 2 :] = GREEN
    picture[height // 2 :, : width // 2] = BLUE
    return picture


def see_through(width: int, height: int) -> Pixels:
    """RGBA: the upper half red and opaque; below, blue at half, and white at none."""
    picture = flat(width, height, (*RED, 255))
    picture[height // 2 :, : width // 2] = (*BLUE, 128)
    picture[height // 2 :, width // 2 :] = (*WHITE, 0)
    return picture


def yuv_frame(
    rgb: Pixels, *, matrix: str = "bt709", full: bool = False, layout: str = "yuv420p"
) -> VideoFrame:
    """RGB to Y'CbCr by the standards' own formulas, without FFmpeg; chroma is a mean of pixels."""
    red, green, blue = (rgb[:, :, channel] / 255 for channel in range(3))
    kr, kb = _WEIGHTS[matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    cb, cr = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    y_offset, y_scale, c_scale = (0, 255, 255) if full else (16, 219, 224)
    planes = [y_offset + y_scale * luma, 128 + c_scale * cb, 128 + c_scale * cr]
    if layout == "yuv420p":
        planes[1:] = [_quartered(plane) for plane in planes[1:]]
    frame = VideoFrame(rgb.shape[1], rgb.shape[0], layout)
    for plane, values in zip(frame.planes, planes, strict=True):
        _fill(plane, np.clip(np.rint(values), 0, 255).astype(np.uint8))
    return frame


def rgb_frame(pixels: Pixels) -> VideoFrame:
    return VideoFrame.from_ndarray(pixels, "rgba" if pixels.shape[2] == 4 else "rgb24")


def write(
    path: Path,
    frames: Sequence[VideoFrame],
    *,
    codec: str = "ffv1",
    rate: int = 30,
    matrix: str | None = None,
    full: bool | None = None,
    sar: Fraction | None = None,
    clockwise: int = 0,
    options: dict[str, str] | None = None,
) -> Path:
    """One file of these frames, tagged as said; the container follows the path's suffix."""
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = frames[0].format.name
        context = stream.codec_context
        context.colorspace, context.color_range = NUMBERS[matrix], RANGES[full]
        if clockwise:
            stream.set_display_rotation(-clockwise)  # counted against the clock
        if sar:
            context.sample_aspect_ratio = sar
        for number, frame in enumerate(frames):
            frame.colorspace, frame.color_range = NUMBERS[matrix], RANGES[full]
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def seen_corners(image: Image.Image) -> dict[str, str]:
    """Which of the four colours stands in each corner of the picture, by the nearest."""
    width, height = image.size
    spots = {
        "top left": (width // 4, height // 4),
        "top right": (width * 3 // 4, height // 4),
        "bottom left": (width // 4, height * 3 // 4),
        "bottom right": (width * 3 // 4, height * 3 // 4),
    }
    rgb = image.convert("RGB")
    return {position: _nearest(rgb.getpixel(spot)) for position, spot in spots.items()}


def off_by(pixel: Sequence[int], colour: Sequence[int]) -> int:
    """The largest difference of any channel."""
    return max(abs(int(a) - int(b)) for a, b in zip(pixel, colour, strict=True))


def _nearest(pixel: Any) -> str:
    position, colour = min(CORNERS.items(), key=lambda item: off_by(pixel, item[1]))
    assert off_by(pixel, colour) <= 12, f"{pixel} is none of the four colours"
    return position


def _quartered(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = plane.shape
    even = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
    result: NDArray[np.float64] = (
        even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    ) / 4
    return result


def _fill(plane: Any, values: Pixels) -> None:
    rows = np.zeros((plane.height, plane.line_size), np.uint8)
    rows[:, : values.shape[1]] = values
    plane.update(rows.tobytes())


def numbered(number: int, width: int = 160, height: int = 96) -> Pixels:
    """A picture that says its number in eight columns, black for 0 and white for 1."""
    bits = [number >> (7 - bit) & 1 for bit in range(8)]
    row = np.repeat(np.array(bits, np.uint8) * 255, width // 8)
    return np.broadcast_to(row[None, :, None], (height, width, 3)).copy()


def read_number(pixels: Any) -> int:
    """The number of a `numbered` picture, at whatever size it is shown without padding."""
    picture = np.asarray(pixels)
    height, width = picture.shape[:2]
    spots = [picture[height // 2, int((bit + 0.5) * width / 8), 0] for bit in range(8)]
    assert all(spot < 60 or spot > 195 for spot in spots), spots
    return int("".join("1" if spot > 128 else "0" for spot in spots), 2)


def numbered_video(path: Path, count: int = 60, *, rate: int = 30, gop: int = 12) -> Path:
    """H.264 with B-frames: `count` numbered frames of 160 × 96."""
    frames = [yuv_frame(numbered(number), matrix="smpte170m") for number in range(count)]
    options = {"crf": "12", "g": str(gop), "bf": "2", "sc_threshold": "0", "preset": "veryfast"}
    return write(path, frames, codec="libx264", rate=rate, options=options)
