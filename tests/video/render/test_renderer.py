from __future__ import annotations

import io
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from PIL import Image

from snapshots.video.errors import VideoError
from snapshots.video.info import Color
from snapshots.video.render.encode import FORMATS, encode
from snapshots.video.render.renderer import Fill, Renderer, RenderSpec

from ..made import painted

SHAPES = {"landscape": (320, 180), "portrait": (180, 320), "square": (240, 240)}
PADDING = {"black": painted.BLACK, "white": painted.WHITE}


def render(spec, pixels, **changes):
    height, width = pixels.shape[:2]
    info = painted.facts(width, height, **changes)
    return Renderer(info).render(painted.rgb_frame(pixels), spec)


def through_file(image, spec):
    decoded = Image.open(io.BytesIO(encode(image, spec.format, spec.quality)))
    decoded.load()
    return decoded


def grid(width, height):
    """Fine black and white squares: what is sharp keeps both, what is blurred turns grey."""
    ys, xs = np.mgrid[:height, :width]
    return (((xs // 8 + ys // 8) % 2) * 255).astype(np.uint8)[:, :, None].repeat(3, 2)


@pytest.mark.parametrize(
    ("shape", "format", "fill"),
    [
        (shape, format, fill)
        for shape, format, fill in product(SHAPES, FORMATS, Fill)
        if fill != "transparent" or FORMATS[format].has_alpha
    ],
)
def test_every_fill_of_every_shape_in_every_format(shape, format, fill):
    width, height = SHAPES[shape]
    spec = RenderSpec(format, 256, 256, adaptive=True, fill=fill, quality=95)
    image = through_file(render(spec, painted.corners(width, height)), spec)
    assert image.size == (256, 256)
    padded = fill != "stretch" and shape != "square"
    assert image.mode == ("RGBA" if fill == "transparent" and padded else "RGB")
    box = picture_box(width, height) if padded else (0, 0, 256, 256)
    assert painted.seen_corners(image.crop(box)) == {corner: corner for corner in painted.CORNERS}
    if padded:
        check_padding(image, box, fill)


def picture_box(width, height):
    """Where a picture of that ratio lies on 256 × 256: 256 × 144 or 144 × 256, centred."""
    return (0, 56, 256, 200) if width > height else (56, 0, 200, 256)


def check_padding(image, box, fill):
    left, top, right, bottom = box
    wide = left == 0
    outside = [(128, 0), (128, top - 4)] if wide else [(0, 128), (left - 4, 128)]
    outside += [(128, bottom + 3), (128, 255)] if wide else [(right + 3, 128), (255, 128)]
    for spot in outside:
        pixel = image.getpixel(spot)
        if fill == "transparent":
            assert pixel[3] <= 1
        elif fill in PADDING:
            assert painted.off_by(pixel, PADDING[fill]) <= 3
        else:
            assert max(pixel) > 20


@pytest.mark.parametrize("fill", ["black", "white", "transparent"])
@pytest.mark.parametrize(("shape", "size"), list(SHAPES.items()))
def test_padding_begins_where_the_picture_ends(shape, size, fill):
    spec = RenderSpec("png", 256, 256, fill=fill)
    image = render(spec, painted.flat(size[0], size[1], (200, 30, 60))).convert("RGBA")
    pixels = np.asarray(image)
    inside = np.abs(pixels[:, :, :3].astype(int) - (200, 30, 60)).max(axis=2) <= 1
    inside &= pixels[:, :, 3] == 255
    left, top, right, bottom = (0, 0, 256, 256) if shape == "square" else picture_box(*size)
    expected = np.zeros((256, 256), bool)
    expected[top:bottom, left:right] = True
    assert np.array_equal(inside, expected)
    outside = pixels[~expected]
    colour = (*PADDING[fill], 255) if fill in PADDING else (0, 0, 0, 0)
    assert (outside == colour).all()


@pytest.mark.parametrize(("shape", "size"), list(SHAPES.items())[:2])
def test_gauss_pads_with_a_blur_of_the_picture(shape, size):
    spec = RenderSpec("png", 256, 256, fill="gauss")
    image = np.asarray(render(spec, grid(*size))).astype(int)
    left, top, right, bottom = picture_box(*size)
    inside, first, last = image[top:bottom, left:right], image[: top or 256], image[bottom:]
    if not top:
        first, last = image[:, :left], image[:, right:]
    assert inside.min() < 10
    assert inside.max() > 245
    for padding in (first, last):
        assert 90 < padding.mean() < 165  # neither black nor white
        assert padding.std() < 25  # nor sharp: the picture itself has a deviation of 127


def test_gauss_takes_its_colours_from_what_lies_beside():
    image = render(RenderSpec("png", 256, 256, fill="gauss"), painted.corners(320, 180))
    red, green = image.getpixel((40, 10)), image.getpixel((215, 10))
    assert red[0] > 200
    assert red[2] < 60
    assert green[1] > 200
    assert green[0] < 60
    smooth = np.asarray(image.crop((0, 0, 256, 56))).astype(int)
    assert np.abs(np.diff(smooth, axis=1)).max() < 16


def test_gauss_is_the_same_each_time():
    spec = RenderSpec("png", 256, 256, fill="gauss")
    once, again = (render(spec, grid(320, 180)).tobytes() for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("shape", "width", "height", "adaptive", "expected"),
    [
        ("landscape", 0, 0, True, (320, 180)),
        ("landscape", 128, 0, True, (128, 72)),
        ("landscape", 0, 128, True, (228, 128)),
        ("landscape", 4096, 0, True, (4096, 2304)),
        ("portrait", 128, 0, True, (72, 128)),
        ("portrait", 0, 128, True, (128, 228)),
        ("portrait", 128, 0, False, (128, 228)),
        ("portrait", 4096, 0, True, (2304, 4096)),
        ("portrait", 640, 360, True, (360, 640)),
        ("square", 4096, 0, True, (4096, 4096)),
        ("square", 0, 128, False, (128, 128)),
    ],
)
def test_sizes_down_to_128_and_up_to_4096(shape, width, height, adaptive, expected):
    spec = RenderSpec("jpg", width, height, adaptive)
    image = render(spec, painted.corners(*SHAPES[shape]))
    assert image.size == expected
    assert painted.seen_corners(image) == {corner: corner for corner in painted.CORNERS}


def test_a_ratio_that_differs_by_rounding_gets_no_bar():
    image = render(RenderSpec("png", 1280, 720, fill="white"), painted.flat(854, 480, (9, 9, 9)))
    assert np.asarray(image).max() < 16


def test_stretch_distorts():
    image = render(RenderSpec("png", 300, 200, False, "stretch"), painted.corners(180, 320))
    assert image.size == (300, 200)
    assert painted.off_by(image.getpixel((140, 10)), painted.RED) <= 2
    assert painted.off_by(image.getpixel((160, 10)), painted.GREEN) <= 2


# --- alpha -----------------------------------------------------------------------------------


def alphas(image):
    """Of the four: opaque red left and right, half blue, and what could not be seen."""
    width, height = image.size
    spots = [(width // 4, height // 4), (width * 3 // 4, height // 4)]
    spots += [(width // 4, height * 3 // 4), (width * 3 // 4, height * 3 // 4)]
    return [image.getpixel(spot) for spot in spots]


@pytest.mark.parametrize("format", ["png", "webp", "avif"])
@pytest.mark.parametrize("fill", list(Fill))
def test_alpha_of_the_picture_is_preserved(format, fill):
    spec = RenderSpec(format, fill=fill, quality=100)
    image = through_file(render(spec, painted.see_through(160, 120)), spec)
    assert image.mode == "RGBA"
    assert [pixel[3] for pixel in alphas(image)] == pytest.approx([255, 255, 128, 0], abs=2)
    assert painted.off_by(alphas(image)[0], (*painted.RED, 255)) <= 6


@pytest.mark.parametrize(
    ("fill", "ground"),
    [("black", 0), ("white", 255), ("stretch", 0), ("gauss", 0)],
)
def test_jpeg_lays_the_picture_on_white_or_black(fill, ground):
    image = render(RenderSpec("jpg", fill=fill), painted.see_through(160, 120))
    assert image.mode == "RGB"
    red, _, half, none = alphas(image)
    assert painted.off_by(red, painted.RED) <= 1
    assert painted.off_by(half, (ground // 2, ground // 2, 128 + ground // 2)) <= 2
    assert none == (ground,) * 3


@pytest.mark.parametrize("fill", ["black", "white"])
def test_padding_is_opaque_around_a_picture_with_alpha(fill):
    image = render(RenderSpec("png", 256, 256, fill=fill), painted.see_through(320, 180))
    assert image.getpixel((128, 20)) == (*PADDING[fill], 255)
    assert image.getpixel((128, 240)) == (*PADDING[fill], 255)
    inside = image.crop(picture_box(320, 180))
    assert [pixel[3] for pixel in alphas(inside)] == pytest.approx([255, 255, 128, 0], abs=1)


def test_transparent_padding_has_alpha_0_and_so_may_the_picture():
    spec = RenderSpec("png", 256, 256, fill="transparent")
    image = render(spec, painted.see_through(320, 180))
    assert image.getpixel((128, 20))[3] == 0
    inside = image.crop(picture_box(320, 180))
    assert [pixel[3] for pixel in alphas(inside)] == pytest.approx([255, 255, 128, 0], abs=1)


def test_gauss_blurs_no_colour_out_of_what_cannot_be_seen():
    pixels = painted.flat(320, 180, (*painted.GREEN, 0))
    pixels[:90] = (*painted.RED, 255)
    image = render(RenderSpec("png", 256, 256, fill="gauss"), pixels)
    edge = image.getpixel((128, 50))
    assert edge[3] > 200
    assert edge[1] < 30


def test_alpha_that_hides_nothing_is_left_out():
    image = render(RenderSpec("png"), painted.flat(64, 64, (1, 2, 3, 255)))
    assert (image.mode, image.getpixel((5, 5))) == ("RGB", (1, 2, 3))


# --- turned and stretched sources -------------------------------------------------------------


@pytest.mark.parametrize("fill", ["black", "gauss"])
def test_a_turned_source_is_placed_as_it_is_displayed(fill):
    info = painted.facts(180, 320, stored_width=320, stored_height=180, rotation=90)
    frame = painted.rgb_frame(painted.corners(320, 180))
    image = Renderer(info).render(frame, RenderSpec("png", 1280, 720, True, fill))
    assert image.size == (720, 1280)
    assert painted.seen_corners(image) == {
        "top left": "bottom left",
        "top right": "top left",
        "bottom left": "bottom right",
        "bottom right": "top right",
    }


def test_a_source_with_wide_pixels_is_placed_as_it_is_displayed():
    info = painted.facts(320, 180, stored_width=240, stored_height=180, sar=Fraction(4, 3))
    frame = painted.rgb_frame(painted.flat(240, 180, (80, 90, 100)))
    image = Renderer(info).render(frame, RenderSpec("png", 640, 360, fill="white"))
    assert image.size == (640, 360)
    assert np.asarray(image).max() <= 101  # no white bar


def test_video_levels_do_not_leak_into_the_picture():
    info = painted.facts(128, 128, color=Color("bt709", "tv", None, None))
    frame = painted.yuv_frame(painted.flat(128, 128, painted.WHITE))
    image = Renderer(info).render(frame, RenderSpec("png", 256, 128, fill="black"))
    assert image.getpixel((128, 64)) == (255, 255, 255)
    assert image.getpixel((10, 64)) == (0, 0, 0)


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"format": "gif"}, "format"),
        ({"format": "jpeg"}, "format"),
        ({"fill": "crop"}, "fill"),
        ({"width": 127}, "width"),
        ({"width": 4097}, "width"),
        ({"width": -1}, "width"),
        ({"height": 1}, "height"),
        ({"height": 5000}, "height"),
        ({"quality": 0}, "quality"),
        ({"quality": 101}, "quality"),
        ({"format": "jpg", "fill": "transparent"}, "transparent"),
    ],
)
def test_specs_that_cannot_be(fields, word):
    with pytest.raises(VideoError, match=word) as refused:
        RenderSpec(**fields)
    assert refused.value.code == "invalid"


def test_the_defaults_and_the_limits_are_allowed():
    spec = RenderSpec()
    assert (spec.format, spec.width, spec.height, spec.adaptive) == ("jpg", 0, 0, True)
    assert (spec.fill, spec.quality) == ("black", 90)
    RenderSpec("avif", 128, 4096, False, "transparent", 1)
    RenderSpec("webp", 4096, 128, True, Fill.GAUSS, 100)


def test_a_canvas_that_follows_too_large_is_refused():
    with pytest.raises(VideoError) as refused:
        render(RenderSpec("png", 0, 4096, False), painted.corners(640, 180))
    assert refused.value.code == "too_large"
