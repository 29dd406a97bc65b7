from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from av.video.frame import VideoFrame

from snapshots.video.demux.source import open_source
from snapshots.video.errors import VideoError
from snapshots.video.info import Color
from snapshots.video.probe import survey
from snapshots.video.render.filter_graph import FrameFilter, carries_alpha
from snapshots.video.render.geometry import Size
from snapshots.video.render.renderer import to_image

from ..made import painted

COLOURS = [
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0),
    (128, 64, 200), (200, 180, 40), (30, 30, 30),
]  # fmt: skip
NO_TAGS = Color(None, None, None, None)


def tags(matrix=None, color_range=None):
    return Color(matrix, color_range, None, None)


def first_frame(path):
    with open_source(path) as source:
        info = survey(source)
        source.rewind()
        for packet in source.packets():
            for frame in source.decoder.decode(packet):
                return info, frame
        (frame, *_) = source.decoder.decode(None)
        return info, frame


def shown(info, frame, size=None, *, alpha=False):
    wanted = Size(*(size or (info.width, info.height)))
    return to_image(FrameFilter(info).picture(frame, wanted, alpha=alpha))


def centre(image):
    return image.getpixel((image.width // 2, image.height // 2))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    ("matrix", "full", "layout"),
    list(product(["bt709", "smpte170m"], [False, True], ["yuv420p", "yuv444p"])),
)
def test_colours_are_those_that_were_tagged(matrix, full, layout, colour):
    frame = painted.yuv_frame(painted.flat(64, 48, colour), matrix=matrix, full=full, layout=layout)
    info = painted.facts(64, 48, color=tags(matrix, "pc" if full else "tv"))
    for size in [(64, 48), (32, 24), (100, 75), (128, 24)]:
        image = shown(info, frame, size)
        assert image.size == size
        assert painted.off_by(centre(image), colour) <= 2


@pytest.mark.parametrize(
    ("lines", "matrix"), [(480, "smpte170m"), (576, "smpte170m"), (720, "bt709"), (1080, "bt709")]
)
def test_the_untagged_are_judged_by_their_stored_lines(lines, matrix):
    colour = (200, 40, 90)
    frame = painted.yuv_frame(painted.flat(96, lines, colour), matrix=matrix)
    image = shown(painted.facts(96, lines), frame, (48, lines // 2))
    assert painted.off_by(centre(image), colour) <= 2
    # a turned phone video: what counts is how it is stored, not how it is shown
    turned = painted.facts(lines, 96, stored_width=96, stored_height=lines, rotation=90)
    assert painted.off_by(centre(shown(turned, frame)), colour) <= 2


@pytest.mark.parametrize(("name", "options"), [("h264.mp4", {"crf": "1"}), ("ffv1.mkv", {})])
@pytest.mark.parametrize(
    ("matrix", "full", "lines"),
    [
        ("bt709", False, 240),
        ("bt709", True, 240),
        ("smpte170m", False, 720),
        ("smpte170m", True, 720),
        (None, None, 720),
        (None, None, 240),
    ],
)
def test_files_show_the_colours_they_were_made_of(tmp_path, matrix, full, lines, name, options):
    colour = (180, 60, 120)
    assumed = matrix or ("bt709" if lines >= 720 else "smpte170m")
    frame = painted.yuv_frame(painted.flat(320, lines, colour), matrix=assumed, full=bool(full))
    codec = "libx264" if name.startswith("h264") else "ffv1"
    path = painted.write(
        tmp_path / name, [frame], codec=codec, matrix=matrix, full=full, options=options
    )
    info, decoded = first_frame(path)
    assert painted.off_by(centre(shown(info, decoded)), colour) <= 3
    assert painted.off_by(centre(shown(info, decoded, (160, 90))), colour) <= 3


def test_yuvj_is_full_range_whatever_the_tags_leave_open():
    colour = (250, 200, 16)
    frame = painted.yuv_frame(painted.flat(64, 64, colour), matrix="smpte170m", full=True)
    old = VideoFrame(64, 64, "yuvj420p")
    for target, plane in zip(old.planes, frame.planes, strict=True):
        target.update(bytes(plane))
    assert painted.off_by(centre(shown(painted.facts(64, 64), old)), colour) <= 2


def test_a_frame_may_know_its_range_when_the_file_does_not():
    colour = (250, 200, 16)
    frame = painted.yuv_frame(painted.flat(64, 64, colour), matrix="smpte170m", full=True)
    frame.color_range = 2
    assert painted.off_by(centre(shown(painted.facts(64, 64), frame)), colour) <= 2


@pytest.mark.parametrize("first", [("bt709", "pc"), ("smpte170m", "tv"), (None, None)])
@pytest.mark.parametrize(("matrix", "full"), list(product(["bt709", "smpte170m"], [False, True])))
def test_a_frames_own_tags_count_before_those_of_the_first_frame(matrix, full, first):
    colour = (250, 100, 16)
    frame = painted.yuv_frame(painted.flat(64, 64, colour), matrix=matrix, full=full)
    frame.colorspace = painted.NUMBERS[matrix]
    frame.color_range = painted.RANGES[full]
    image = shown(painted.facts(64, 64, color=tags(*first)), frame)
    assert painted.off_by(centre(image), colour) <= 2


@pytest.mark.parametrize("layout", ["rgb24", "bgr24", "gbrp", "rgba", "bgr0", "rgb48le"])
@pytest.mark.parametrize("size", [(64, 48), (32, 24), (150, 90)])
def test_rgb_stays_as_it_is(layout, size):
    colour = (3, 130, 252)
    frame = painted.rgb_frame(painted.flat(64, 48, colour)).reformat(format=layout)
    image = shown(painted.facts(64, 48, color=tags("gbr", "tv")), frame, size)
    assert painted.off_by(centre(image), colour) <= 1


def test_ten_bits_come_out_as_eight():
    for full, top in ((False, 940), (True, 1023)):
        frame = VideoFrame(64, 64, "yuv420p10le")
        for plane, value in zip(frame.planes, (top, 512, 512), strict=True):
            plane.update(np.full(plane.buffer_size // 2, value, "<u2").tobytes())
        info = painted.facts(64, 64, color=tags("bt709", "pc" if full else "tv"))
        assert painted.off_by(centre(shown(info, frame)), painted.WHITE) <= 2


# Where the quarters red, green / blue, white come to lie: top left, top right, bottom left,
# bottom right; for each clockwise turn, without and with the mirror before it.
QUARTERS = list(painted.CORNERS)
TURNS = {
    (0, False): [0, 1, 2, 3],
    (90, False): [2, 0, 3, 1],
    (180, False): [3, 2, 1, 0],
    (270, False): [1, 3, 0, 2],
    (0, True): [1, 0, 3, 2],
    (90, True): [3, 1, 2, 0],
    (180, True): [2, 3, 0, 1],
    (270, True): [0, 2, 1, 3],
}


@pytest.mark.parametrize(("turn", "order"), list(TURNS.items()))
@pytest.mark.parametrize("scale", [1, 2])
def test_pictures_stand_upright(turn, order, scale):
    rotation, mirrored = turn
    size = (96, 64) if rotation % 180 == 0 else (64, 96)
    info = painted.facts(
        *size, stored_width=96, stored_height=64, rotation=rotation, mirrored=mirrored
    )
    frame = painted.yuv_frame(painted.corners(96, 64), matrix="smpte170m")
    image = shown(info, frame, (size[0] * scale, size[1] * scale))
    assert image.size == (size[0] * scale, size[1] * scale)
    expected = dict(zip(QUARTERS, [QUARTERS[number] for number in order], strict=True))
    assert painted.seen_corners(image) == expected


def test_alpha_turns_with_its_picture():
    info = painted.facts(64, 96, stored_width=96, stored_height=64, rotation=90)
    image = shown(info, painted.rgb_frame(painted.see_through(96, 64)), alpha=True)
    assert image.mode == "RGBA"
    assert [image.getpixel(spot)[3] for spot in ((48, 20), (48, 70), (10, 70))] == [255, 255, 0]
    assert image.getpixel((10, 20)) == (*painted.BLUE, 128)


def test_wide_pixels_are_stretched(tmp_path):
    frame = painted.yuv_frame(painted.corners(120, 90), matrix="smpte170m")
    path = painted.write(tmp_path / "wide.mp4", [frame], codec="libx264", sar=Fraction(4, 3))
    info, decoded = first_frame(path)
    assert (info.width, info.height) == (160, 90)
    image = shown(info, decoded)
    assert image.size == (160, 90)
    assert painted.seen_corners(image) == dict(zip(QUARTERS, QUARTERS, strict=True))
    edge = [image.getpixel((x, 20)) for x in (76, 83)]
    assert painted.off_by(edge[0], painted.RED) < 60
    assert painted.off_by(edge[1], painted.GREEN) < 60


def test_odd_sizes_lose_no_line():
    pixels = painted.flat(101, 75, painted.WHITE)
    pixels[:, -1] = painted.RED
    pixels[-1] = painted.BLUE
    frame = painted.yuv_frame(pixels, layout="yuv444p")
    image = shown(painted.facts(101, 75, color=tags("bt709")), frame)
    assert painted.off_by(image.getpixel((100, 30)), painted.RED) <= 2
    assert painted.off_by(image.getpixel((30, 74)), painted.BLUE) <= 2
    assert painted.off_by(image.getpixel((99, 73)), painted.WHITE) <= 2


@pytest.mark.parametrize("layout", ["yuv420p", "nv12", "yuv420p10le", "yuva420p"])
def test_colours_of_odd_sizes_stay_in_their_place(layout):
    """The same as the left and upper part of a picture that is larger by a line and a column."""
    pixels = painted.flat(104, 76, painted.WHITE)
    pixels[:, 84:] = painted.RED
    pixels[60:, :] = painted.BLUE
    even = painted.yuv_frame(pixels).reformat(format=layout)
    odd = painted.yuv_frame(pixels[:75, :103]).reformat(format=layout)
    info = painted.facts(104, 76, color=tags("bt709", "tv"))
    expected = np.asarray(shown(info, even)).astype(int)[:70, :98]
    info = painted.facts(103, 75, color=tags("bt709", "tv"))
    assert abs(np.asarray(shown(info, odd)).astype(int)[:70, :98] - expected).max() <= 3


def test_one_graph_serves_every_frame_with_the_same_key():
    frames = FrameFilter(painted.facts(64, 64))
    red, blue = (painted.yuv_frame(painted.flat(64, 64, c)) for c in (painted.RED, painted.BLUE))
    for frame in (red, blue, red):
        frames.picture(frame, Size(32, 32), alpha=False)
    assert len(frames._graphs) == 1
    pixel = centre(to_image(frames.picture(blue, Size(32, 32), alpha=False)))
    assert pixel[2] > 200


def test_graphs_are_not_collected_without_end():
    frames = FrameFilter(painted.facts(64, 64))
    frame = painted.yuv_frame(painted.flat(64, 64, painted.RED))
    for width in range(128, 168):
        assert frames.picture(frame, Size(width, 90), alpha=False).width == width
    assert len(frames._graphs) == 16
    frames.picture(frame, Size(3840, 2160), alpha=False)
    assert len(frames._graphs) <= 16  # 4K is cached, with some of the small ones
    assert frames.picture(frame, Size(4096, 4096), alpha=False).height == 4096
    assert not frames._graphs  # and what is larger only used


@pytest.mark.parametrize(
    ("layout", "expected"),
    [("yuv420p", False), ("yuva420p", True), ("rgba", True), ("bgr0", False), ("pal8", True)],
)
def test_which_frames_carry_alpha(layout, expected):
    assert carries_alpha(VideoFrame(32, 32, layout)) is expected


def test_what_cannot_be_converted_is_a_coded_error():
    frame = VideoFrame(64, 64, "xv30be")  # FFmpeg's scaler cannot read it
    with pytest.raises(VideoError) as refused:
        shown(painted.facts(64, 64), frame)
    assert refused.value.code == "frame_unavailable"
    assert refused.value.__cause__ is not None
