from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from snapshots.video.errors import VideoError
from snapshots.video.render.encode import FORMATS, encode

from ..made import painted

PILLOW = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}


def gradient(width=160, height=120):
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    return Image.fromarray(np.dstack([across, down, 255 - across]))


def decoded(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_file_is_what_its_name_says(name):
    data = encode(gradient(), name, 90)
    image = decoded(data)
    assert image.format == PILLOW[name]
    assert (image.mode, image.size) == ("RGB", (160, 120))
    for spot in ((10, 10), (80, 60), (150, 110)):
        assert painted.off_by(image.getpixel(spot), gradient().getpixel(spot)) <= 6


@pytest.mark.parametrize("name", ["png", "webp", "avif"])
def test_alpha_is_preserved_where_the_format_has_it(name):
    image = Image.fromarray(painted.see_through(96, 64))
    assert FORMATS[name].has_alpha
    encoded = decoded(encode(image, name, 90))
    assert encoded.mode == "RGBA"
    alphas = [encoded.getpixel(spot)[3] for spot in ((48, 15), (20, 50), (75, 50))]
    assert np.allclose(alphas, [255, 128, 0], atol=2)


def test_png_loses_nothing():
    image = Image.fromarray(np.random.default_rng(7).integers(0, 256, (64, 64, 3), np.uint8))
    assert decoded(encode(image, "png", 1)).tobytes() == image.tobytes()
    assert not FORMATS["png"].has_quality


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].has_quality])
def test_quality_costs_bytes(name):
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (128, 128, 3), np.uint8))
    small, middle, large = (len(encode(noise, name, quality)) for quality in (1, 60, 100))
    assert small < middle < large


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_same_picture_gives_the_same_bytes(name):
    assert encode(gradient(), name, 80) == encode(gradient(), name, 80)


@pytest.mark.parametrize("name", list(FORMATS))
def test_nothing_about_the_source_goes_along(name):
    image = gradient()
    image.info.update({"exif": b"Exif\0\0secret", "comment": b"secret", "dpi": (300, 300)})
    assert b"secret" not in encode(image, name, 90)
    assert image.info["comment"] == b"secret"


@pytest.mark.parametrize("quality", [95, 100])
def test_from_95_on_jpeg_keeps_the_edges_of_colours(quality):
    stripes = painted.flat(64, 64, painted.RED)
    stripes[:, ::2] = painted.BLUE
    image = decoded(encode(Image.fromarray(stripes), "jpg", quality))
    assert painted.off_by(image.getpixel((30, 30)), painted.BLUE) < 40
    assert painted.off_by(image.getpixel((31, 30)), painted.RED) < 40


def test_a_side_that_a_format_cannot_hold_is_too_large():
    with pytest.raises(VideoError) as refused:
        encode(Image.new("RGB", (16_384, 1)), "webp", 90)
    assert refused.value.code == "too_large"
    assert decoded(encode(Image.new("RGB", (16_383, 1)), "webp", 90)).size == (16_383, 1)


@pytest.mark.parametrize(
    ("name", "extension", "mime"),
    [
        ("jpg", "jpg", "image/jpeg"),
        ("png", "png", "image/png"),
        ("webp", "webp", "image/webp"),
        ("avif", "avif", "image/avif"),
    ],
)
def test_the_table_of_formats(name, extension, mime):
    assert (FORMATS[name].extension, FORMATS[name].mime) == (extension, mime)
    assert list(FORMATS) == ["jpg", "png", "webp", "avif"]
