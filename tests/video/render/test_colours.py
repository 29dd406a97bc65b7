"""Known patches in every layout, matrix, range and depth: within three levels of the truth.

The frames are made by the formulas of ITU-R BT.601, BT.709 and BT.2020, without FFmpeg.
"""

from __future__ import annotations

from itertools import product

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from snapshots.video.extract import Picture, extract
from snapshots.video.info import Color
from snapshots.video.probe import probe
from snapshots.video.render.filter_graph import FrameFilter
from snapshots.video.render.geometry import Size
from snapshots.video.render.renderer import RenderSpec, to_image

from ..made import painted
from ..made.writing import written
from ..requests import request
from .test_encode import decoded as opened
from .test_filter_graph import first_frame

PATCHES = [
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255),
    (255, 255, 255), (0, 0, 0), (128, 128, 128), (16, 16, 16), (240, 240, 240),
    (200, 120, 80), (90, 60, 40), (30, 90, 160), (180, 200, 60), (128, 64, 200),
]  # fmt: skip
WEIGHTS = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
NUMBERS = {"bt709": 1, "smpte170m": 6, "bt470bg": 5, "bt2020nc": 9}
SIDE = 32  # of a patch
WIDTH, HEIGHT = SIDE * 4, SIDE * 4


def signals(matrix, full, bits):
    """Y', Cb, Cr of each patch as whole numbers of that depth."""
    kr, kb = WEIGHTS[matrix]
    red, green, blue = np.array(PATCHES).T / 255
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    unit, top = 1 << (bits - 8), (1 << bits) - 1
    if full:
        planes = top * luma, *(top * value + 128 * unit for value in chroma)
    else:
        planes = unit * (16 + 219 * luma), *(unit * (128 + 224 * value) for value in chroma)
    return [np.clip(np.rint(plane), 0, top).astype(int) for plane in planes]


def patches(layout, matrix, *, full=False):
    """A frame of 4 × 4 patches in a planar layout; alpha, where there is one, is opaque."""
    described = av.VideoFormat(layout)
    bits = described.components[0].bits
    frame = VideoFrame(WIDTH, HEIGHT, layout)
    opaque = np.full(len(PATCHES), (1 << bits) - 1)
    for plane, values in zip(frame.planes, [*signals(matrix, full, bits), opaque], strict=False):
        grid = values.reshape(4, 4).repeat(plane.height // 4, 0).repeat(plane.width // 4, 1)
        dtype = "<u2" if bits > 8 else "u1"
        rows = np.zeros((plane.height, plane.line_size // np.dtype(dtype).itemsize), dtype)
        rows[:, : plane.width] = grid
        plane.update(rows.tobytes())
    return frame


def off(image):
    """The largest difference in the middle of any patch."""
    pixels = np.asarray(image.convert("RGB")).astype(int)
    height, width = pixels.shape[:2]
    spots = [
        pixels[int((row + 0.5) * height / 4), int((column + 0.5) * width / 4)]
        for row, column in product(range(4), range(4))
    ]
    return abs(np.array(spots) - PATCHES).max()


def shown(frame, color, size=(WIDTH, HEIGHT), **changes):
    info = painted.facts(WIDTH, HEIGHT, color=color, **changes)
    return to_image(FrameFilter(info).picture(frame, Size(*size), alpha=False))


PLANAR = [
    f"yuv{share}p{depth}" for share in ("420", "422", "444") for depth in ("", "10le", "12le")
]
ELSE = ["yuv411p", "yuv440p", "yuv420p14le", "yuv444p16le", "yuva420p", "yuva444p10le"]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", list(WEIGHTS))
@pytest.mark.parametrize("layout", [*PLANAR, *ELSE])
def test_every_layout_shows_its_patches(layout, matrix, full):
    color = Color(matrix, "pc" if full else "tv", None, None)
    frame = patches(layout, matrix, full=full)
    for size in ((WIDTH, HEIGHT), (64, 48), (200, 300)):
        assert off(shown(frame, color, size)) <= 2
    frame.colorspace, frame.color_range = NUMBERS[matrix], 2 if full else 1
    assert off(shown(frame, Color(None, None, None, None))) <= 2


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("layout", "planar"),
    [
        ("nv12", "yuv420p"),
        ("nv21", "yuv420p"),
        ("nv16", "yuv422p"),
        ("yuyv422", "yuv422p"),
        ("uyvy422", "yuv422p"),
        ("p010le", "yuv420p10le"),
        ("y210le", "yuv422p10le"),
        ("yuv420p10be", "yuv420p10le"),
    ],
)
def test_other_layouts_of_the_same_samples(layout, planar, full):
    color = Color("bt709", "pc" if full else "tv", None, None)
    frame = patches(planar, "bt709", full=full).reformat(format=layout)
    assert off(shown(frame, color)) <= 2
    assert off(shown(frame, color, (48, 48))) <= 2


@pytest.mark.parametrize("layout", ["yuvj420p", "yuvj422p", "yuvj444p"])
def test_the_old_names_of_full_range(layout):
    frame = VideoFrame(WIDTH, HEIGHT, layout)
    source = patches(layout.replace("j", ""), "smpte170m", full=True)
    for target, plane in zip(frame.planes, source.planes, strict=True):
        target.update(bytes(plane))
    for tagged in (None, "tv", "pc"):
        assert off(shown(frame, Color(None, tagged, None, None))) <= 2


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("layout", "top"), [("gray", 255), ("gray10le", 1023), ("gray12le", 4095)])
def test_grey_stays_grey(layout, top, full):
    frame = VideoFrame(64, 64, layout)
    low, high = (0, top) if full else ((top + 1) // 16, (top + 1) * 235 // 256)
    for share in (0, 0.25, 0.5, 1):
        plane = frame.planes[0]
        dtype = "u1" if top == 255 else "<u2"
        count = plane.buffer_size // np.dtype(dtype).itemsize
        plane.update(np.full(count, round(low + share * (high - low)), dtype).tobytes())
        color = Color(None, "pc" if full else "tv", None, None)
        info = painted.facts(64, 64, color=color)
        pixel = to_image(FrameFilter(info).picture(frame, Size(32, 32), alpha=False)).getpixel(
            (9, 9)
        )
        assert painted.off_by(pixel, (round(255 * share),) * 3) <= 1


# --- where a sample of colour lies ------------------------------------------------------------


def rising(layout, size, *, axis, middle):
    """A frame whose Cr rises by 2 a pixel from 60 on, sampled where that layout has its samples."""
    described = av.VideoFormat(layout)
    frame = VideoFrame(size[0], size[1], layout)
    for number, plane in enumerate(frame.planes):
        across, down = (
            (16 // described.chroma_width(16), 16 // described.chroma_height(16))
            if number
            else (1, 1)
        )
        xs = np.arange(plane.width) * across + (across - 1) * (0.5 if middle else 0)
        ys = np.arange(plane.height) * down + (down - 1) * 0.5
        slope = np.broadcast_to(xs if axis == 0 else ys[:, None], (plane.height, plane.width))
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        rows[:, : plane.width] = (125, 128, np.rint(60 + 2 * slope))[number]
        plane.update(rows.tobytes())
    return frame


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("codec", "middle"), [("h264", False), ("vp9", False), ("mjpeg", True)])
@pytest.mark.parametrize("layout", ["yuv420p", "yuv422p", "yuv411p", "yuv440p", "yuv444p"])
@pytest.mark.parametrize("stored", [(64, 48), (63, 47)])
def test_colours_are_not_moved(layout, stored, codec, middle, axis):
    info = painted.facts(*stored, codec=codec, color=Color("bt709", "tv", None, None))
    frame = rising(layout, stored, axis=axis, middle=middle)
    for size in (stored, (48, 32), (192, 128), (40, 30)):
        picture = FrameFilter(info).picture(frame, Size(*size), alpha=False)
        red = np.asarray(to_image(picture))[:, :, 0].astype(float).mean(axis=axis)
        cr = (red - 255 / 219 * (125 - 16)) / (255 / 224 * 1.5748) + 128
        positions = (np.arange(size[axis]) + 0.5) * stored[axis] / size[axis] - 0.5
        edge = len(cr) // 6
        moved = ((cr - 60) / 2 - positions)[edge:-edge]
        assert abs(moved.mean()) < 0.06


# --- through encoders, files and the whole of extract -----------------------------------------

X265 = "log-level=none:pools=none:crf=4"
FILES = {
    "x264.mp4": ("libx264", ["yuv420p", "yuv422p", "yuv444p"], {"crf": "2"}),
    "x264-10.mkv": ("libx264", ["yuv420p10le", "yuv422p10le", "yuv444p10le"], {"crf": "2"}),
    "x265.mkv": ("libx265", ["yuv420p", "yuv422p10le", "yuv444p10le"], {"x265-params": X265}),
    "x265-deep.mkv": ("libx265", ["yuv420p10le", "yuv420p12le"], {"x265-params": X265}),
    "vp9.webm": ("libvpx-vp9", ["yuv420p", "yuv422p", "yuv444p"], {"lossless": "1"}),
    "av1.mkv": ("libsvtav1", ["yuv420p", "yuv420p10le"], {"crf": "4", "preset": "9"}),
    "prores.mov": ("prores_ks", ["yuv422p10le"], {"profile": "3", "qscale": "2"}),
    "prores-4444.mov": ("prores_ks", ["yuv444p10le", "yuva444p10le"], {"profile": "4"}),
    "ffv1.mkv": ("ffv1", ["yuv420p", "yuv422p10le", "yuv444p12le", "yuv444p16le"], {}),
    "raw.avi": ("rawvideo", ["yuv420p", "nv12", "yuyv422"], {}),
}
ROWS = [
    (name, codec, layout, matrix, options)
    for name, (codec, layouts, options) in FILES.items()
    for layout, matrix in product(layouts, WEIGHTS)
]


@pytest.mark.parametrize(("name", "codec", "layout", "matrix", "options"), ROWS)
def test_files_of_every_kind_show_their_patches(tmp_path, name, codec, layout, matrix, options):
    planar = {"nv12": "yuv420p", "yuyv422": "yuv422p"}.get(layout, layout)
    if codec == "rawvideo":  # AVI stores no tags: untagged and of few lines it is BT.601
        matrix = "smpte170m"
    frames = [patches(planar, matrix).reformat(format=layout) for _ in range(3)]
    path = write(tmp_path / name, frames, codec, matrix, options)
    tagged = probe(path).info.color.matrix
    assert tagged in (None, matrix) if codec == "rawvideo" else tagged == matrix
    for spec in (RenderSpec("png"), RenderSpec("jpg", 0, 0, quality=95)):
        (picture,) = extract(path, [request("34ms", spec)])
        assert isinstance(picture, Picture), picture
        assert off(opened(picture.data)) <= 3


@pytest.mark.parametrize(
    ("name", "codec", "layout", "options"),
    [
        ("x264.mp4", "libx264", "yuv420p", {"crf": "2"}),
        ("x264-10.mkv", "libx264", "yuv420p10le", {"crf": "2"}),
        ("x265-10.mkv", "libx265", "yuv420p10le", {"x265-params": f"{X265}:range=full"}),
        ("av1.mkv", "libsvtav1", "yuv420p10le", {"crf": "4", "preset": "9"}),
        ("ffv1.mkv", "ffv1", "yuv444p12le", {}),
        ("mjpeg.mov", "mjpeg", "yuvj422p", {"qmin": "1", "q": "1"}),
    ],
)
def test_full_range_files_show_their_patches(tmp_path, name, codec, layout, options):
    matrix = "smpte170m" if codec == "mjpeg" else "bt709"
    frames = [patches(layout.replace("j", ""), matrix, full=True) for _ in range(3)]
    if codec == "mjpeg":
        frames = [frame.reformat(format=layout, src_color_range=2) for frame in frames]
    path = write(tmp_path / name, frames, codec, matrix, options, full=True)
    info, frame = first_frame(path)
    assert info.color.range == "pc"
    picture = FrameFilter(info).picture(frame, Size(WIDTH, HEIGHT), alpha=False)
    assert off(to_image(picture)) <= 3


def write(path, frames, codec, matrix, options, *, full=False):
    """As `painted.write`, with tags of BT.2020 too."""
    with written(path) as container:
        stream = container.add_stream(codec, rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, frames[0].format.name
        context = stream.codec_context
        context.thread_count = 1
        context.colorspace, context.color_range = NUMBERS[matrix], 2 if full else 1
        for number, frame in enumerate(frames):
            frame.colorspace, frame.color_range = NUMBERS[matrix], 2 if full else 1
            frame.pts, frame.time_base = number, 1 / stream.codec_context.framerate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
