"""Transparency, from files of every codec that has it, into every format."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from snapshots.video.extract import Picture, Request, extract
from snapshots.video.probe import probe
from snapshots.video.render.renderer import RenderSpec

from ..made import painted
from .test_encode import decoded

WIDTH, HEIGHT = 160, 120
CODECS = {
    "vp8.webm": ("libvpx", "yuva420p", {"b": "4M", "auto-alt-ref": "0"}),
    "vp9.webm": ("libvpx-vp9", "yuva420p", {"crf": "4", "b": "0", "cpu-used": "8"}),
    "prores.mov": ("prores_ks", "yuva444p10le", {"profile": "4", "alpha_bits": "16"}),
    "png.mov": ("png", "rgba", {}),
    "animation.mov": ("qtrle", "argb", {}),
    "ffv1.mkv": ("ffv1", "yuva420p", {}),
}


@pytest.fixture(scope="module", params=list(CODECS))
def video(request, tmp_path_factory):
    """Four quarters: two red and opaque, blue at half, and white at nothing."""
    codec, layout, options = CODECS[request.param]
    path = tmp_path_factory.mktemp("alpha") / request.param
    pixels = painted.see_through(WIDTH, HEIGHT)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, layout
        stream.codec_context.thread_count = 1
        if request.param.endswith("webm"):
            stream.metadata["alpha_mode"] = "1"
        for number in range(4):
            frame = painted.rgb_frame(pixels).reformat(format=layout)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def taken(path, **spec):
    (picture,) = extract(path, [Request("a", "0.2s", RenderSpec(**spec))])
    assert isinstance(picture, Picture), picture
    return decoded(picture.data)


def quarters(image):
    """The middles of: red left, red right, half blue, and what cannot be seen."""
    width, height = image.size
    return [
        image.getpixel((int(width * x), int(height * y)))
        for y, x in ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75))
    ]


def test_probing_tells_of_it(video):
    info = probe(video).info
    assert info.has_alpha
    assert any("transparency" in str(note) for note in info.notes)


@pytest.mark.parametrize("format", ["png", "webp", "avif"])
@pytest.mark.parametrize("width", [0, 320])
def test_it_is_kept_where_the_format_can(video, format, width):
    image = taken(video, format=format, width=width, quality=95)
    assert image.mode == "RGBA"
    left, right, half, none = quarters(image)
    assert [pixel[3] for pixel in (left, right, half, none)] == pytest.approx(
        [255, 255, 128, 0], abs=3
    )
    for pixel in (left, right):
        assert painted.off_by(pixel[:3], painted.RED) <= 8
    assert painted.off_by(half[:3], painted.BLUE) <= 10


@pytest.mark.parametrize(
    ("fill", "ground"), [("white", 255), ("black", 0), ("stretch", 0), ("gauss", 0)]
)
def test_a_jpeg_lays_it_on_white_or_black(video, fill, ground):
    image = taken(video, format="jpg", fill=fill, quality=95)
    assert image.mode == "RGB"
    left, _, half, none = quarters(image)
    assert painted.off_by(left, painted.RED) <= 8
    assert painted.off_by(half, (ground // 2, ground // 2, 128 + ground // 2)) <= 10
    assert painted.off_by(none, (ground,) * 3) <= 4


def test_transparent_padding_beside_it(video):
    image = taken(video, format="png", width=256, height=256, adaptive=False, fill="transparent")
    pixels = np.asarray(image)
    assert pixels.shape == (256, 256, 4)
    assert pixels[:32, :, 3].max() == 0  # 256 × 192 in the middle
    assert pixels[224:, :, 3].max() == 0
    assert pixels[40:120, 8:-8, 3].min() >= 252
