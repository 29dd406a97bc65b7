from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.video.errors import VideoError
from snapshots.video.render.geometry import Placement, Size, canvas_size, cover_box, fit, scaled

HD, PHONE, SQUARE = Size(1920, 1080), Size(1080, 1920), Size(800, 800)

sides = st.integers(1, 6000)
sizes = st.builds(Size, sides, sides)
given_sides = st.one_of(st.just(0), st.integers(128, 4096))


@pytest.mark.parametrize(
    ("source", "width", "height", "adaptive", "expected"),
    [
        (HD, 0, 0, True, HD),
        (PHONE, 0, 0, True, PHONE),
        (HD, 1280, 720, True, (1280, 720)),
        (PHONE, 1280, 720, True, (720, 1280)),
        (PHONE, 1280, 720, False, (1280, 720)),
        # of two given sides the larger is the long one
        (HD, 720, 1280, True, (1280, 720)),
        (PHONE, 720, 1280, True, (720, 1280)),
        (HD, 720, 1280, False, (720, 1280)),
        # one given side: width the long side, height the short one
        (HD, 640, 0, True, (640, 360)),
        (PHONE, 640, 0, True, (360, 640)),
        (HD, 0, 640, True, (1138, 640)),
        (PHONE, 0, 640, True, (640, 1138)),
        (PHONE, 640, 0, False, (640, 1138)),
        (PHONE, 0, 640, False, (360, 640)),
        (HD, 640, 0, False, (640, 360)),
        # square counts as landscape
        (SQUARE, 1280, 720, True, (1280, 720)),
        (SQUARE, 640, 0, True, (640, 640)),
        (SQUARE, 0, 480, True, (480, 480)),
        # the smallest and the largest template
        (HD, 128, 0, True, (128, 72)),
        (HD, 4096, 0, True, (4096, 2304)),
        (Size(854, 480), 640, 0, True, (640, 360)),
        (Size(853, 480), 128, 0, True, (128, 72)),
        (Size(4, 3), 0, 129, True, (172, 129)),
        (Size(5000, 2), 128, 0, True, (128, 1)),
    ],
)
def test_canvas_size(source, width, height, adaptive, expected):
    assert canvas_size(source, width=width, height=height, adaptive=adaptive) == expected


def test_rounding_is_to_nearest_and_halves_go_up():
    assert scaled(3, 1, 2) == 2
    assert scaled(5, 1, 2) == 3
    assert scaled(149, 1, 100) == 1
    assert scaled(1, 1, 1000) == 1


@pytest.mark.parametrize(
    ("source", "width", "height"),
    [
        (Size(3000, 128), 0, 4096),  # a side of 96000
        (Size(2001, 1000), 0, 4096),  # a side of 8196
        (Size(8000, 5000), 0, 0),  # 40 megapixels as they are
        (Size(1000, 2100), 4096, 0),
    ],
)
def test_what_gets_too_large_is_refused(source, width, height):
    with pytest.raises(VideoError) as refused:
        canvas_size(source, width=width, height=height, adaptive=False)
    assert refused.value.code == "too_large"


def test_the_largest_allowed_are_allowed():
    assert canvas_size(Size(2000, 1000), width=0, height=4096, adaptive=False) == (8192, 4096)
    assert canvas_size(Size(9000, 400), width=0, height=0, adaptive=True) == (9000, 400)
    assert canvas_size(Size(6000, 6000), width=0, height=0, adaptive=True) == (6000, 6000)


@pytest.mark.parametrize("fill", ["black", "white", "transparent", "gauss"])
@pytest.mark.parametrize(
    ("source", "canvas", "picture", "x", "y"),
    [
        (HD, Size(1000, 1000), (1000, 563), 0, 218),
        (PHONE, Size(1280, 720), (405, 720), 437, 0),
        (SQUARE, Size(1280, 720), (720, 720), 280, 0),
        (HD, Size(1280, 720), (1280, 720), 0, 0),
        (Size(854, 480), Size(1280, 720), (1280, 720), 0, 0),  # 719.4: rounding, no bar
        (Size(855, 480), Size(1280, 720), (1280, 720), 0, 0),  # 718.6: one pixel, no bar
        (Size(857, 480), Size(1280, 720), (1280, 717), 0, 1),  # another ratio
        (Size(320, 180), Size(4096, 4096), (4096, 2304), 0, 896),
    ],
)
def test_what_keeps_its_ratio_is_centred(source, canvas, picture, x, y, fill):
    assert fit(source, canvas, fill) == Placement(canvas, Size(*picture), x, y)


def test_stretch_fills_the_canvas():
    placed = fit(HD, Size(500, 500), "stretch")
    assert placed == Placement(Size(500, 500), Size(500, 500), 0, 0)
    assert placed.covers


@given(source=sizes, width=given_sides, height=given_sides, adaptive=st.booleans())
def test_canvas_size_keeps_what_was_given(source, width, height, adaptive):
    try:
        canvas = canvas_size(source, width=width, height=height, adaptive=adaptive)
    except VideoError:
        return
    assert max(canvas) <= 8192 or not (width or height)
    assert canvas.width * canvas.height <= 36_000_000
    if width and height:
        assert sorted(canvas) == sorted((width, height))
    elif width or height:
        assert (width or height) in canvas
        other = canvas.height if canvas.width == (width or height) else canvas.width
        assert other >= 1
    else:
        assert canvas == source
    if adaptive and width and height:
        assert (canvas.width >= canvas.height) == (source.width >= source.height) or (
            width == height
        )


@given(source=sizes, width=given_sides)
def test_an_adaptive_canvas_turns_with_its_source(source, width):
    try:
        upright = canvas_size(source, width=width, height=0, adaptive=True)
        turned = canvas_size(Size(source[1], source[0]), width=width, height=0, adaptive=True)
    except VideoError:
        return
    assert upright == Size(turned.height, turned.width)


@given(source=sizes, canvas=sizes, fill=st.sampled_from(["black", "white", "gauss"]))
def test_a_picture_is_centred_and_as_large_as_can_be(source, canvas, fill):
    placed = fit(source, canvas, fill)
    left, top = placed.x, placed.y
    right = canvas.width - placed.picture.width - left
    bottom = canvas.height - placed.picture.height - top
    assert min(left, top, right, bottom) >= 0
    assert right - left in (0, 1)
    assert bottom - top in (0, 1)
    assert placed.picture.width == canvas.width or placed.picture.height == canvas.height
    ratio = min(canvas.width / source.width, canvas.height / source.height)
    assert abs(placed.picture.width - max(1, source.width * ratio)) <= 1.5
    assert abs(placed.picture.height - max(1, source.height * ratio)) <= 1.5


@given(source=sizes, canvas=sizes)
def test_the_cover_box_lies_inside_and_has_the_canvas_ratio(source, canvas):
    left, top, right, bottom = cover_box(source, canvas)
    assert -1e-6 <= left < right <= source.width + 1e-6
    assert -1e-6 <= top < bottom <= source.height + 1e-6
    assert (right - left) * canvas.height == pytest.approx((bottom - top) * canvas.width, rel=1e-6)
